#include "scan/advisory/import.h"

#include <sys/stat.h>

#include <algorithm>
#include <optional>
#include <set>

#include "core/codec/archive.h"
#include "core/codec/digest.h"
#include "core/codec/json.h"
#include "core/codec/yaml.h"
#include "scan/advisory/environment.h"
#include "scan/advisory/feed.h"
#include "scan/advisory/feed_content.h"
#include "scan/advisory/feed_text.h"
#include "scan/advisory/feed_writer.h"
#include "scan/advisory/fingerprint.h"
#include "scan/advisory/import_inputs.h"
#include "scan/advisory/records.h"

namespace seaworthy {
namespace {

constexpr std::uint64_t kProgressEvery = 500;
std::set<std::string> ecosystems_of(const FeedInfo& feed) {
  std::set<std::string> out;
  for (const FeedScope& scope : feed.scopes) out.insert(scope.ecosystem);
  for (const auto& partial : feed.partial) out.insert(partial.scope.ecosystem);
  return out;
}

constexpr const char* kForce = " (--allow-loss takes it over)";

// 0 for what is no regular file.
UnixSeconds file_time(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) ? info.st_mtim.tv_sec : 0;
}

// A document of no known form is left out. One that is not even the JSON or YAML that it claims to
// be may have been an advisory: an Error.
Status check_claimed_form(const FeedDocument& document, const Limits& limits) {
  const auto ends = [&](std::initializer_list<std::string_view> suffixes) {
    return std::any_of(suffixes.begin(), suffixes.end(),
                       [&](std::string_view suffix) { return document.path.ends_with(suffix); });
  };
  const bool json = ends({".json", ".jsonl", ".ndjson"});
  const bool yaml = ends({".yaml", ".yml"});
  if ((json || yaml || ends({".csv", ".xml"})) && trim(document.bytes).empty()) {
    return Error{ErrorCode::kInvalidInput, "the document is empty"};
  }
  if (json && !is_json_lines(document.bytes)) {
    JsonDocument parsed;
    return parsed.parse(document.bytes, limits);
  }
  if (yaml) {
    if (auto parsed = yaml_to_json(document.bytes, limits); !parsed) {
      return std::move(parsed).error();
    }
  }
  return ok_status();
}

const char* code_of(const Error& error) {
  return error.code == ErrorCode::kLimitExceeded ? problem::kLimit : problem::kUnreadableRecord;
}

class Importer {
 public:
  Importer(const FeedSource& source, const std::string& directory, const ImportOptions& options)
      : source_(source),
        directory_(directory),
        options_(options),
        now_(options.now != 0 ? options.now : now()),
        content_(now_) {}

  // An Error: the database cannot be read or written. What is wrong with the input is a problem.
  Result<FeedImport> import();

 private:
  Result<std::string> fingerprint() const;
  Result<std::optional<FeedInfo>> stored() const;
  bool is_unchanged(const std::optional<FeedInfo>& before, const std::string& fingerprint) const;
  void read_document(const ArchiveMember& member);
  bool is_replaced(std::string_view path) const;
  Status read(const std::string& path, bool overlay);
  Status read_once();
  Status read_all();
  Status read_content();
  bool is_empty(const std::optional<FeedInfo>& before);
  bool is_of_others(const std::optional<FeedInfo>& before, const FeedInfo& now);
  bool has_shrunk(const std::optional<FeedInfo>& before);
  bool lacks_documents();
  void unreadable(const std::string& path, const std::string& step, const Error& error);
  FeedRecord feed_record(const std::string& fingerprint) const;
  Status write(FeedRecord record);
  void add_problem(const std::string& path, const std::string& message);
  void name_problems();

  const FeedSource& source_;
  const std::string& directory_;
  const ImportOptions& options_;
  const UnixSeconds now_;
  FeedContent content_;
  FeedImport out_;
  std::set<std::string> formats_;
  std::set<std::string, std::less<>> replaced_;  // documents that the overlay has
  UnixSeconds newest_member_ = 0;
  std::uint64_t unreadable_documents_ = 0, unknown_documents_ = 0;
  std::string first_unreadable_;
};

Result<std::string> Importer::fingerprint() const {
  std::string fingerprint;
  if (source_.files.empty()) {
    ASSIGN_OR_RETURN(fingerprint, fingerprint_of(source_.path, options_.limits));
  } else {
    for (const std::string& file : source_.files) {
      ASSIGN_OR_RETURN(const std::string one, fingerprint_of(file, options_.limits));
      fingerprint.append(file.substr(file.rfind('/') + 1)).append("\n").append(one).append("\n");
    }
    fingerprint = sha256(fingerprint);
  }
  std::vector<std::string> others = source_.lists;
  if (!source_.overlay.empty()) others.push_back(source_.overlay);
  for (const std::string& path : others) {
    ASSIGN_OR_RETURN(const std::string other, fingerprint_of(path, options_.limits));
    fingerprint.append("+").append(other);
  }
  if (options_.complete) fingerprint += "+complete";
  return fingerprint;
}

// What the database has of this feed.
Result<std::optional<FeedInfo>> Importer::stored() const {
  const std::optional<FeedInfo> none;
  auto environment = open_environment(directory_, false);
  if (!environment) {
    if (environment.error().code == ErrorCode::kNotFound) return none;
    return std::move(environment).error();
  }
  ASSIGN_OR_RETURN(const Transaction transaction, Transaction::begin(**environment, false));
  const std::string_view bytes = transaction.get(Table::kFeeds, source_.feed);
  if (bytes.data() == nullptr) return none;
  auto record = unpack_feed(source_.feed, bytes);
  return record ? std::optional<FeedInfo>(std::move(record->info)) : none;
}

// The same bytes may be known better by a newer file time, or by what the user says of them.
bool Importer::is_unchanged(const std::optional<FeedInfo>& before,
                            const std::string& fingerprint) const {
  if (!before || before->fingerprint != fingerprint) return false;
  const FeedDate date{before->data_as_of, before->dated_by};
  if (options_.as_of != 0 && options_.as_of != date.time) {
    return date.by == DatedBy::kData && options_.as_of < date.time;
  }
  const UnixSeconds file = file_time(source_.path);
  return date.by != DatedBy::kFile || file <= date.time || !is_plausible_copy_time(file, now_);
}

void Importer::read_document(const ArchiveMember& member) {
  ++out_.documents;
  if (options_.progress && out_.documents % kProgressEvery == 0) {
    options_.progress(out_.name, out_.documents);
  }
  if (member.modified > newest_member_ && is_plausible_copy_time(member.modified, now_)) {
    newest_member_ = member.modified;
  }
  const FeedDocument document{member.path, member.bytes};
  const bool dated = is_plausible_copy_time(member.modified, now_);
  content_.begin_document(member.path, dated ? member.modified : 0);
  const Feed* feed = feed_for(document);
  const std::uint64_t before = content_.records();
  const auto status = feed != nullptr ? feed->parse(document, options_.limits, content_)
                                      : check_claimed_form(document, options_.limits);
  if (content_.records() != before) formats_.emplace(feed->name);
  const std::string step = feed != nullptr ? "read " + std::string(feed->name) : "recognize";
  if (!status) {
    unreadable(member.path, step, status.error());
  } else if (feed == nullptr) {
    ++unknown_documents_;
    content_.skipped("a form that is not read");
  }
}

void Importer::unreadable(const std::string& path, const std::string& step, const Error& error) {
  if (unreadable_documents_++ == 0) first_unreadable_ = path + ": " + error.message;
  content_.problem(Problem{path, -1, step, code_of(error), error.message});
}

// An archive may have its documents in a directory that the overlay does not know of.
bool Importer::is_replaced(std::string_view path) const {
  if (replaced_.empty()) return false;
  for (;;) {
    if (replaced_.contains(path)) return true;
    const std::size_t slash = path.find('/');
    if (slash == std::string_view::npos) return false;
    path.remove_prefix(slash + 1);
  }
}

Status Importer::read(const std::string& path, bool overlay) {
  const auto visit = [&](const ArchiveMember& member) -> Status {
    if (overlay) {
      replaced_.insert(member.path);
      if (member.bytes.empty()) return ok_status();  // a document that was taken back
    } else if (is_replaced(member.path)) {
      return ok_status();
    }
    read_document(member);
    return ok_status();
  };
  const auto on_problem = [&](const std::string& member, const Error& error) {
    unreadable(member, "read archive", error);
  };
  return for_each_document(path, options_.limits, visit, on_problem);
}

Status Importer::read_once() {
  for (const std::string& list : source_.lists) RETURN_IF_ERROR(read(list, false));
  if (!source_.overlay.empty()) RETURN_IF_ERROR(read(source_.overlay, true));
  if (source_.files.empty()) return read(source_.path, false);
  for (const std::string& file : source_.files) RETURN_IF_ERROR(read(file, false));
  return ok_status();
}

// An archive may have its lists behind the documents that they take away.
Status Importer::read_all() {
  RETURN_IF_ERROR(read_once());
  if (!content_.lists_came_late()) return ok_status();
  content_ = FeedContent(now_, content_.take_lists());
  formats_.clear();
  out_.documents = 0;
  return read_once();
}

Status Importer::read_content() {
  Status status = read_all();
  content_.settle_scopes(source_.feed, options_.complete);
  content_.report(out_);
  return status;
}

// Where all documents are gone the feed would go too, and nobody would have said so. Permission to
// lose records is none to take a page of the server's, or a broken file, for an empty feed.
bool Importer::is_empty(const std::optional<FeedInfo>& before) {
  if (content_.records() > 0) return false;
  const bool had_some = before && before->records > 0;
  const bool strange = unreadable_documents_ > 0 || unknown_documents_ > 0;
  if (had_some && !strange && !options_.refuse_empty) return false;
  out_.refused = had_some;
  if (had_some && !strange) {
    add_problem(source_.path, "it holds no records, and the database has " +
                                  std::to_string(before->records) +
                                  " of it; the feed was left as it was" + kForce);
  } else if (had_some) {
    const std::string why = first_unreadable_.empty() ? "" : " (" + first_unreadable_ + ")";
    add_problem(source_.path,
                "nothing in it could be read" + why + "; the feed was left as it was");
  } else if (out_.skipped == 0) {
    add_problem(source_.path, "nothing in it could be read");
  }
  return true;
}

// Two files of one name from different publishers, such as osv.dev's all.zip.
bool Importer::is_of_others(const std::optional<FeedInfo>& before, const FeedInfo& now) {
  if (!options_.refuse_empty || !before) return false;
  const std::set<std::string> had = ecosystems_of(*before);
  const std::set<std::string> has = ecosystems_of(now);
  const bool common = std::any_of(has.begin(), has.end(),
                                  [&](const std::string& name) { return had.contains(name); });
  if (had.empty() || has.empty() || common) return false;
  add_problem(source_.path, "it is about " + *has.begin() + ", and the feed " + source_.feed +
                                " in the database is about " + *had.begin() +
                                "; the feed was left as it was (--feed gives it another name" +
                                ", --allow-loss replaces the old one)");
  out_.refused = true;
  return true;
}

// A source that lost most of what it said is a broken source more often than a vendor's decision,
// and what it no longer says would be called clean.
bool Importer::has_shrunk(const std::optional<FeedInfo>& before) {
  if (!options_.refuse_shrinking || !before || content_.records() >= before->records / 2) {
    return false;
  }
  add_problem(source_.path, "it has " + std::to_string(content_.records()) +
                                " records, less than half of the " +
                                std::to_string(before->records) +
                                " in the database; the feed was left as it was" + kForce);
  out_.refused = true;
  return true;
}

bool Importer::lacks_documents() {
  if (!options_.refuse_unreadable || unreadable_documents_ == 0) return false;
  add_problem(source_.path, first_unreadable_ + "; the feed was left as it was" + kForce);
  out_.refused = true;
  return true;
}

Status Importer::write(FeedRecord record) {
  ASSIGN_OR_RETURN(const Fd lock, lock_for_writing(directory_, kWaitForWriter));
  ASSIGN_OR_RETURN(const std::shared_ptr<DatabaseEnvironment> environment,
                   open_environment(directory_, true));
  if (!environment->writable()) {
    return Error{ErrorCode::kPermissionDenied, "'" + directory_ + "' cannot be written"};
  }
  ASSIGN_OR_RETURN(Transaction transaction, Transaction::begin(*environment, true));
  RETURN_IF_ERROR(write_feed(transaction, content_, std::move(record), now_, out_));
  RETURN_IF_ERROR(transaction.commit());
  note_checked(directory_);
  out_.written = true;
  return ok_status();
}

void Importer::add_problem(const std::string& path, const std::string& message) {
  ++out_.problem_count;
  out_.problems.push_back(Problem{path, -1, "import", problem::kDocument, message});
}

FeedRecord Importer::feed_record(const std::string& fingerprint) const {
  DateWitnesses known = content_.witnesses();
  known.given = options_.as_of;
  known.file = file_time(source_.path);
  known.archive = known.file == newest_member_ ? 0 : newest_member_;
  const FeedDate date = date_of_feed(known);
  FeedRecord record = content_.record_of(known);
  record.info.name = source_.feed;
  record.info.format = out_.format;
  record.info.fingerprint = fingerprint;
  record.info.fetched_at = now_;
  record.info.data_as_of = date.time;
  record.info.dated_by = date.by;
  return record;
}

// The database keeps how many there were, not their names; the bytes are the same.
void Importer::name_problems() {
  if (const auto status = read_content(); !status) {
    add_problem(source_.path, status.error().message);
  }
}

Result<FeedImport> Importer::import() {
  out_.name = source_.feed;
  const auto print = fingerprint();
  if (!print) {
    add_problem(source_.path, print.error().message);
    return std::move(out_);
  }
  ASSIGN_OR_RETURN(const std::optional<FeedInfo> before, stored());
  out_.unchanged = is_unchanged(before, *print);
  if (out_.unchanged) {
    // Whoever is writing notes it himself.
    if (const auto lock = lock_for_writing(directory_)) note_checked(directory_);
    out_.problem_count = before->problems;
    if (options_.name_old_problems && before->problems != 0) name_problems();
    return std::move(out_);
  }
  const auto status = read_content();
  for (const std::string& format : formats_) {
    out_.format += (out_.format.empty() ? "" : "+") + format;
  }
  if (!status) {
    // Half an archive would look like a feed that withdrew half of its advisories.
    add_problem(source_.path, status.error().message + "; the feed was left as it was");
    out_.records = 0;
    return std::move(out_);
  }
  if (is_empty(before) || has_shrunk(before) || lacks_documents()) return std::move(out_);
  FeedRecord record = feed_record(*print);
  if (is_of_others(before, record.info)) return std::move(out_);
  RETURN_IF_ERROR(write(std::move(record)));
  if (options_.progress) options_.progress(out_.name, out_.documents);
  return std::move(out_);
}

}  // namespace

Result<FeedImport> import_feed(const FeedSource& source, const std::string& directory,
                               const ImportOptions& options) {
  RETURN_IF_ERROR(check_feed_name(source.feed));
  auto imported = Importer(source, directory, options).import();
  if (!imported) return std::move(imported).error().during("import " + source.feed);
  return imported;
}

Result<ImportReport> import_feeds(const std::vector<std::string>& paths,
                                  const std::string& directory, const ImportOptions& options) {
  ASSIGN_OR_RETURN(const std::vector<FeedSource> sources, sources_of(paths, options.feed_name));
  ImportReport report;
  std::set<std::string> names;
  bool any = false;
  std::string first_reason = "there is no input";
  for (const FeedSource& source : sources) {
    if (!names.insert(source.feed).second) {
      FeedImport twice;
      twice.name = source.feed;
      twice.problem_count = 1;
      twice.problems.push_back(Problem{source.path, -1, "import", problem::kDocument,
                                       "a second input for this feed; it was not read"});
      report.feeds.push_back(std::move(twice));
      continue;
    }
    auto imported = Importer(source, directory, options).import();
    if (!imported) return std::move(imported).error().during("import " + source.feed);
    if (!any && !imported->problems.empty()) {
      // What refused the feed comes last, behind remarks about single documents.
      const Problem& why =
          imported->refused ? imported->problems.back() : imported->problems.front();
      first_reason = why.path + ": " + why.message;
    } else if (!any && !imported->skip_reasons.empty()) {
      first_reason = imported->skip_reasons.begin()->first;
    }
    any = any || imported->is_in_place();
    report.feeds.push_back(*std::move(imported));
  }
  if (!any) {
    return Error{ErrorCode::kInvalidInput, "no input could be read: " + first_reason};
  }
  return report;
}

}  // namespace seaworthy
