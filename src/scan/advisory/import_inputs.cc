#include "scan/advisory/import_inputs.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <span>
#include <string_view>
#include <system_error>

#include "core/base/file.h"
#include "scan/advisory/document_lists.h"

namespace seaworthy {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 9> kArchiveSuffixes{".tar", ".tgz", ".zip", ".gz", ".zst",
                                                           ".xz",  ".bz2", ".tbz", ".txz"};
constexpr std::array<std::string_view, 9> kDocumentSuffixes{
    ".json", ".jsonl", ".ndjson", ".yaml", ".yml", ".csv", ".txt", ".md", ".xml"};
constexpr std::size_t kMaxFeedName = 100;

bool has_suffix(std::string_view name, std::span<const std::string_view> suffixes) {
  return std::any_of(suffixes.begin(), suffixes.end(), [&](std::string_view suffix) {
    return name.size() > suffix.size() && name.ends_with(suffix);
  });
}

// "alpine-secdb.tar.zst" is the feed "alpine-secdb".
std::string feed_name_of(const fs::path& path) {
  fs::path normal = path.lexically_normal();
  if (!normal.has_filename()) normal = normal.parent_path();
  std::string name = normal.filename();
  std::error_code failure;
  if (fs::is_directory(path, failure)) return name;
  while (has_suffix(name, kArchiveSuffixes) || has_suffix(name, kDocumentSuffixes)) {
    name.resize(name.rfind('.'));
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
    return fs::path(input.path).lexically_normal().parent_path();
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

}  // namespace

Status check_feed_name(const std::string& name) {
  const bool plain =
      !name.empty() && name.size() <= kMaxFeedName &&
      std::none_of(name.begin(), name.end(), [](char c) { return c >= 0 && c <= ' '; });
  if (plain) return ok_status();
  return Error{ErrorCode::kUsage, "'" + name + "' cannot be a feed's name; give one with --name"};
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
    std::vector<fs::path> entries;
    bool archives = false;
    if (fs::is_directory(status)) {
      for (const auto& entry : fs::directory_iterator(path, failure)) {
        const std::string name = entry.path().filename();
        if (name.starts_with('.')) continue;
        entries.push_back(entry.path());
        std::error_code unknown;
        archives =
            archives || (entry.is_regular_file(unknown) && has_suffix(name, kArchiveSuffixes));
      }
      if (failure) return errno_error(failure.value(), "read directory", path);
    }
    if (!archives) entries.assign(1, path);
    std::sort(entries.begin(), entries.end());
    for (const fs::path& entry : entries)
      inputs.push_back(FeedSource{feed_name_of(entry), entry, {}});
  }
  keep_lists_with_documents(inputs);
  if (!feed_name.empty()) {
    if (inputs.size() != 1) {
      return Error{ErrorCode::kUsage,
                   "one name was given for " + std::to_string(inputs.size()) + " inputs"};
    }
    inputs[0].feed = feed_name;
  }
  for (const FeedSource& input : inputs) RETURN_IF_ERROR(check_feed_name(input.feed));
  return inputs;
}

}  // namespace seaworthy
