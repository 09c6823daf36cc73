#include "scan/advisory/import_inputs.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>
#include <span>
#include <string_view>
#include <system_error>

#include "core/base/file.h"
#include "scan/advisory/document_lists.h"

namespace seaworthy {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 5> kTarSuffixes{".tar", ".tgz", ".zip", ".tbz", ".txz"};
constexpr std::array<std::string_view, 4> kCompressedSuffixes{".gz", ".zst", ".xz", ".bz2"};
constexpr std::array<std::string_view, 9> kDocumentSuffixes{
    ".json", ".jsonl", ".ndjson", ".yaml", ".yml", ".csv", ".txt", ".md", ".xml"};
constexpr std::size_t kMaxFeedName = 100;
constexpr std::size_t kNamedInputs = 3;  // in the message about too many

bool has_suffix(std::string_view name, std::span<const std::string_view> suffixes) {
  return std::any_of(suffixes.begin(), suffixes.end(), [&](std::string_view suffix) {
    return name.size() > suffix.size() && name.ends_with(suffix);
  });
}

// By its name, which is all that is looked at: "a.tar.gz", "a.zip", and "a.gz", in which anything
// may be. "a.json.gz" is a document.
bool is_archive(std::string_view name) {
  if (!has_suffix(name, kCompressedSuffixes)) return has_suffix(name, kTarSuffixes);
  name = name.substr(0, name.rfind('.'));
  return !has_suffix(name, kDocumentSuffixes);
}

// Names that publishers give to the one file of many directories: osv.dev's all.zip, the archive of
// a repository's branch.
constexpr std::array<std::string_view, 4> kNamelessStems{"all", "main", "master", "data"};

// "alpine-secdb.tar.zst" is the feed "alpine-secdb", "Debian/all.zip" is "Debian-all".
std::string feed_name_of(const fs::path& path) {
  std::error_code failure;
  fs::path normal = fs::absolute(path, failure).lexically_normal();
  if (!normal.has_filename()) normal = normal.parent_path();
  std::string name = normal.filename();
  if (fs::is_directory(path, failure)) return name;
  while (has_suffix(name, kTarSuffixes) || has_suffix(name, kCompressedSuffixes) ||
         has_suffix(name, kDocumentSuffixes)) {
    name.resize(name.rfind('.'));
  }
  if (std::find(kNamelessStems.begin(), kNamelessStems.end(), name) != kNamelessStems.end()) {
    name = normal.parent_path().filename().string() + "-" + name;
    std::replace(name.begin(), name.end(), ' ', '-');
  }
  return name;
}

// Lists of changed and removed documents are no feeds of their own where what they speak of, an
// archive or a directory beside them, is imported with them.
void keep_lists_with_documents(std::vector<FeedSource>& inputs) {
  const auto first_list =
      std::stable_partition(inputs.begin(), inputs.end(),
                            [](const FeedSource& input) { return !is_document_list(input.path); });
  if (first_list == inputs.begin()) return;
  const auto directory = [](const FeedSource& input) {
    const fs::path path = fs::path(input.path).lexically_normal();
    return input.files.empty() ? path.parent_path() : path;
  };
  std::vector<FeedSource> kept(inputs.begin(), first_list);
  for (auto list = first_list; list != inputs.end(); ++list) {
    bool used = false;
    for (auto input = inputs.begin(); input != first_list; ++input) {
      if (directory(*input) != directory(*list)) continue;
      kept[static_cast<std::size_t>(input - inputs.begin())].lists.push_back(list->path);
      used = true;
    }
    if (!used) kept.push_back(*list);
  }
  inputs = std::move(kept);
}

// Whether archives lie in the directory or a few levels below, as in a copy of osv.dev's bucket.
bool holds_archives(const fs::path& directory) {
  constexpr int kLevels = 3;
  std::error_code failure;
  fs::recursive_directory_iterator at(directory, failure);
  for (; !failure && at != fs::recursive_directory_iterator(); at.increment(failure)) {
    const std::string name = at->path().filename();
    std::error_code unknown;
    if (name.starts_with('.') || at.depth() + 1 >= kLevels) at.disable_recursion_pending();
    if (!name.starts_with('.') && is_archive(name) && at->is_regular_file(unknown)) return true;
  }
  return false;
}

// What a directory stands for: itself; or, where archives are in it or below, its archives and
// directories each, and the documents beside them together, which are the feed that they would be
// without them.
Result<std::vector<FeedSource>> sources_of_directory(const std::string& path) {
  std::vector<FeedSource> inputs;
  fs::path directory = fs::path(path).lexically_normal();
  if (!directory.has_filename()) directory = directory.parent_path();
  if (directory.empty()) directory = ".";
  FeedSource documents{feed_name_of(directory), directory, {}};
  if (!holds_archives(directory)) {
    return std::vector{FeedSource{feed_name_of(path), directory, {}}};
  }
  std::error_code failure;
  for (const auto& entry : fs::directory_iterator(directory, failure)) {
    const std::string name = entry.path().filename();
    if (name.starts_with('.')) continue;
    std::error_code unknown;
    const bool file = entry.is_regular_file(unknown);
    if (entry.is_directory(unknown) && !entry.is_symlink(unknown)) {
      ASSIGN_OR_RETURN(std::vector<FeedSource> below, sources_of_directory(entry.path()));
      std::move(below.begin(), below.end(), std::back_inserter(inputs));
    } else if (file && !is_archive(name) && !is_document_list(name)) {
      documents.files.push_back(entry.path());
    } else {
      inputs.push_back(FeedSource{feed_name_of(entry.path()), entry.path(), {}});
    }
  }
  if (failure) return errno_error(failure.value(), "read directory", path);
  std::sort(documents.files.begin(), documents.files.end());
  if (!documents.files.empty()) inputs.push_back(std::move(documents));
  std::sort(inputs.begin(), inputs.end(),
            [](const FeedSource& a, const FeedSource& b) { return a.path < b.path; });
  return inputs;
}

}  // namespace

Status check_feed_name(const std::string& name) {
  const bool plain =
      !name.empty() && name.size() <= kMaxFeedName &&
      std::none_of(name.begin(), name.end(), [](char c) { return c >= 0 && c <= ' '; });
  if (plain) return ok_status();
  return Error{ErrorCode::kUsage, "'" + name + "' cannot be a feed's name; give one with --feed"};
}

Result<std::vector<FeedSource>> sources_of(const std::vector<std::string>& paths,
                                           const std::string& feed_name) {
  std::vector<FeedSource> inputs;
  for (const std::string& path : paths) {
    std::error_code failure;
    const fs::file_status status = fs::status(path, failure);
    if (!fs::exists(status)) {
      return Error{ErrorCode::kNotFound, "'" + path + "' does not exist"};
    }
    if (!fs::is_directory(status)) {
      inputs.push_back(FeedSource{feed_name_of(path), path, {}});
      continue;
    }
    ASSIGN_OR_RETURN(std::vector<FeedSource> found, sources_of_directory(path));
    std::move(found.begin(), found.end(), std::back_inserter(inputs));
  }
  keep_lists_with_documents(inputs);
  if (!feed_name.empty()) {
    if (inputs.size() != 1) {
      std::string names;
      for (std::size_t i = 0; i < std::min(inputs.size(), kNamedInputs); ++i) {
        names += (i == 0 ? ": " : ", ") + inputs[i].path;
      }
      if (inputs.size() > kNamedInputs) names += ", ...";
      return Error{ErrorCode::kUsage,
                   "one name was given for " + std::to_string(inputs.size()) + " inputs" + names};
    }
    inputs[0].feed = feed_name;
  }
  for (const FeedSource& input : inputs) RETURN_IF_ERROR(check_feed_name(input.feed));
  return inputs;
}

}  // namespace seaworthy
