#include "scan/advisory/import.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>
#include <system_error>

#include "core/base/file.h"
#include "core/codec/archive.h"
#include "scan/advisory/environment.h"
#include "scan/advisory/feed.h"
#include "scan/advisory/feed_content.h"
#include "scan/advisory/feed_writer.h"
#include "scan/advisory/fingerprint.h"
#include "scan/advisory/records.h"

namespace seaworthy {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 9> kArchiveSuffixes{".tar", ".tgz", ".zip", ".gz", ".zst",
                                                           ".xz",  ".bz2", ".tbz", ".txz"};
constexpr std::array<std::string_view, 9> kDocumentSuffixes{
    ".json", ".jsonl", ".ndjson", ".yaml", ".yml", ".csv", ".txt", ".md", ".xml"};
constexpr std::size_t kMaxFeedName = 100;
constexpr std::uint64_t kProgressEvery = 500;

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

Status check_feed_name(const std::string& name) {
  const bool plain =
      !name.empty() && name.size() <= kMaxFeedName &&
      std::none_of(name.begin(), name.end(), [](char c) { return c >= 0 && c <= ' '; });
  if (plain) return ok_status();
  return Error{ErrorCode::kUsage, "'" + name + "' cannot be a feed's name; give one with --name"};
}

struct Input {
  std::string path, feed;
};

// A directory that holds an archive stands for its entries; every other path stands for itself.
Result<std::vector<Input>> inputs_of(const std::vector<std::string>& paths,
                                     const std::string& feed_name) {
  std::vector<Input> inputs;
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
    for (const fs::path& entry : entries) inputs.push_back(Input{entry, feed_name_of(entry)});
  }
  if (!feed_name.empty()) {
    if (inputs.size() != 1) {
      return Error{ErrorCode::kUsage,
                   "one name was given for " + std::to_string(inputs.size()) + " inputs"};
    }
    inputs[0].feed = feed_name;
  }
  for (const Input& input : inputs) RETURN_IF_ERROR(check_feed_name(input.feed));
  return inputs;
}

class Importer {
 public:
  Importer(const std::string& directory, const ImportOptions& options)
      : directory_(directory), options_(options), now_(options.now != 0 ? options.now : now()) {}

  Result<FeedImport> import(const Input& input);

 private:
  Result<bool> is_unchanged(const Input& input, const std::string& fingerprint);
  Status read(const Input& input, FeedContent& content, FeedImport& out,
              std::set<std::string>& formats);
  Status write(FeedContent& content, FeedRecord record, FeedImport& out);
  void add_problem(FeedImport& out, const std::string& path, const std::string& code,
                   const std::string& message);

  const std::string directory_;
  const ImportOptions& options_;
  const UnixSeconds now_;
};

Result<bool> Importer::is_unchanged(const Input& input, const std::string& fingerprint) {
  auto environment = open_environment(directory_, false);
  if (!environment) {
    if (environment.error().code == ErrorCode::kNotFound) return false;
    return std::move(environment).error();
  }
  ASSIGN_OR_RETURN(const Transaction transaction, Transaction::begin(**environment, false));
  const std::string_view bytes = transaction.get(Table::kFeeds, input.feed);
  if (bytes.data() == nullptr) return false;
  const auto record = unpack_feed(input.feed, bytes);
  return record && record->info.fingerprint == fingerprint;
}

Status Importer::read(const Input& input, FeedContent& content, FeedImport& out,
                      std::set<std::string>& formats) {
  const auto visit = [&](const ArchiveMember& member) -> Status {
    ++out.documents;
    if (options_.progress && out.documents % kProgressEvery == 0) {
      options_.progress(out.name, out.documents);
    }
    const FeedDocument document{member.path, member.bytes};
    const Feed* feed = feed_for(document);
    if (feed == nullptr) {
      content.skipped("a form that is not read");
      return ok_status();
    }
    const std::uint64_t before = content.records();
    auto status = feed->parse(document, options_.limits, content);
    if (content.records() != before) formats.emplace(feed->name);
    if (!status) {
      content.problem(Problem{member.path, -1, "read " + std::string(feed->name),
                              status.error().code == ErrorCode::kLimitExceeded
                                  ? problem::kLimit
                                  : problem::kUnreadableRecord,
                              status.error().message});
    }
    return ok_status();
  };
  const auto on_problem = [&](const std::string& member, const Error& error) {
    content.problem(Problem{
        member, -1, "read archive",
        error.code == ErrorCode::kLimitExceeded ? problem::kLimit : problem::kUnreadableRecord,
        error.message});
  };
  return for_each_document(input.path, options_.limits, visit, on_problem);
}

Status Importer::write(FeedContent& content, FeedRecord record, FeedImport& out) {
  ASSIGN_OR_RETURN(const std::shared_ptr<DatabaseEnvironment> environment,
                   open_environment(directory_, true));
  if (!environment->writable()) {
    return Error{ErrorCode::kPermissionDenied, "'" + directory_ + "' cannot be written"};
  }
  ASSIGN_OR_RETURN(Transaction transaction, Transaction::begin(*environment, true));
  RETURN_IF_ERROR(write_feed(transaction, content, std::move(record), now_, out));
  return transaction.commit();
}

void Importer::add_problem(FeedImport& out, const std::string& path, const std::string& code,
                           const std::string& message) {
  ++out.problem_count;
  out.problems.push_back(Problem{path, -1, "import", code, message});
}

// An Error: the database cannot be read or written. What is wrong with the input is a problem.
Result<FeedImport> Importer::import(const Input& input) {
  FeedImport out;
  out.name = input.feed;
  const auto fingerprint = fingerprint_of(input.path, options_.limits);
  if (!fingerprint) {
    add_problem(out, input.path, problem::kDocument, fingerprint.error().message);
    return out;
  }
  ASSIGN_OR_RETURN(out.unchanged, is_unchanged(input, *fingerprint));
  if (out.unchanged) return out;
  FeedContent content(now_);
  std::set<std::string> formats;
  auto status = read(input, content, out, formats);
  content.settle_scopes(input.feed);
  content.report(out);
  for (const std::string& format : formats) out.format += (out.format.empty() ? "" : "+") + format;
  if (!status) {
    // Half an archive would look like a feed that withdrew half of its advisories.
    add_problem(out, input.path, problem::kDocument,
                status.error().message + "; the feed was left as it was");
    out.records = 0;
    return out;
  }
  if (content.records() == 0) {
    if (out.skipped == 0) {
      add_problem(out, input.path, problem::kDocument, "nothing in it could be read");
    }
    return out;
  }
  FeedRecord record = content.record_of();
  record.info.name = input.feed;
  record.info.format = out.format;
  record.info.fingerprint = *fingerprint;
  record.info.fetched_at = now_;
  RETURN_IF_ERROR(write(content, std::move(record), out));
  if (options_.progress) options_.progress(out.name, out.documents);
  return out;
}

}  // namespace

Result<ImportReport> import_feeds(const std::vector<std::string>& paths,
                                  const std::string& directory, const ImportOptions& options) {
  ASSIGN_OR_RETURN(const std::vector<Input> inputs, inputs_of(paths, options.feed_name));
  ASSIGN_OR_RETURN(const Fd lock, lock_for_writing(directory));
  Importer importer(directory, options);
  ImportReport report;
  std::set<std::string> names;
  bool any = false;
  std::string first_reason = "there is no input";
  for (const Input& input : inputs) {
    if (!names.insert(input.feed).second) {
      FeedImport twice;
      twice.name = input.feed;
      twice.problem_count = 1;
      twice.problems.push_back(Problem{input.path, -1, "import", problem::kDocument,
                                       "a second input for this feed; it was not read"});
      report.feeds.push_back(std::move(twice));
      continue;
    }
    auto imported = importer.import(input);
    if (!imported) return std::move(imported).error().during("import " + input.feed);
    if (!any && !imported->problems.empty()) first_reason = imported->problems[0].message;
    if (!any && !imported->skip_reasons.empty())
      first_reason = imported->skip_reasons.begin()->first;
    any = any || imported->unchanged || imported->records != 0;
    report.feeds.push_back(*std::move(imported));
  }
  if (!any) {
    return Error{ErrorCode::kInvalidInput, "no input could be read: " + first_reason};
  }
  return report;
}

}  // namespace seaworthy
