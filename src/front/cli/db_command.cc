#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <string>

#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/codec/json.h"
#include "front/cli/command.h"
#include "front/cli/db_file.h"
#include "front/cli/output.h"
#include "scan/advisory/database.h"
#include "scan/report/text.h"
#include "scan/update/update.h"

namespace seaworthy {
namespace {

// "almalinux 8, 9", "alpine, 17 releases", "npm".
std::string scopes_of(const FeedInfo& feed) {
  constexpr std::size_t kShown = 3;
  std::map<std::string, std::vector<std::string>> releases;
  for (const FeedScope& scope : feed.scopes) {
    releases[scope.ecosystem].push_back(scope.release);
  }
  std::string text;
  for (const auto& [ecosystem, names] : releases) {
    text += (text.empty() ? "" : "; ") + ecosystem;
    if (names.size() > kShown) {
      text += ", " + counted(names.size(), "release");
      continue;
    }
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (!names[i].empty()) text += (i == 0 ? " " : ", ") + names[i];
    }
  }
  return text;
}

std::string age_of(const FeedInfo& feed) {
  if (feed.data_as_of == 0) return {};
  return std::to_string(std::max<UnixSeconds>(0, now() - feed.data_as_of) / 86400) + " d";
}

std::string date_or_unknown(UnixSeconds time) {
  return time == 0 ? "unknown" : iso_date(time);
}

std::string time_or_none(UnixSeconds time) {
  return time == 0 ? "" : rfc3339(time);
}

// What the last updates met with, for the sources that were ever asked.
void write_sources(JsonWriter& out, const Options& options) {
  out.key("sources");
  out.begin_array();
  for (const auto& [name, standing] : source_standings(options.database_directory)) {
    out.begin_object();
    out.member("name", name);
    out.member("checked_at", time_or_none(standing.checked_at));
    out.member("failed_at", time_or_none(standing.failed_at));
    out.member("error", standing.error);
    out.end_object();
  }
  out.end_array();
}

// Sources whose last try failed: their feeds above are the last good copies.
std::string failures_text(const Options& options) {
  TextTable table({{.title = "FAILED SOURCE"},
                   {.title = "FAILED AT"},
                   {.title = "LAST GOOD"},
                   {.title = "ERROR", .shrinks = true}});
  bool any = false;
  for (const auto& [name, standing] : source_standings(options.database_directory)) {
    if (standing.error.empty()) continue;
    any = true;
    table.add({{name},
               {time_or_none(standing.failed_at)},
               {standing.checked_at == 0 ? "never" : rfc3339(standing.checked_at)},
               {standing.error}});
  }
  return any ? "\n" + table.lay_out(kTextWidth, Paint(false)) : "";
}

std::string status_json(const Options& options, const AdvisoryDatabase& database) {
  JsonWriter out;
  out.begin_object();
  out.member("directory", options.database_directory);
  out.member("built_at", time_or_none(database.built_at()));
  out.key("published");
  if (const auto publication = database.publication()) {
    out.begin_object();
    out.member("sequence", publication->sequence);
    out.member("built_at", rfc3339(publication->built_at));
    out.member("imported_at", rfc3339(publication->imported_at));
    out.member("key", publication->key);
    out.end_object();
  } else {
    out.null();
  }
  out.key("feeds");
  out.begin_array();
  for (const FeedInfo& feed : database.feeds()) {
    out.begin_object();
    out.member("name", feed.name);
    out.member("format", feed.format);
    out.member("records", feed.records);
    out.member("problems", feed.problems);
    out.member("fetched_at", rfc3339(feed.fetched_at));
    out.member("data_as_of", feed.data_as_of == 0 ? "" : rfc3339(feed.data_as_of));
    out.member("dated_by", name_of(feed.dated_by));
    out.key("speaks_for");
    out.begin_array();
    for (const FeedScope& scope : feed.scopes) {
      out.begin_object();
      out.member("ecosystem", scope.ecosystem);
      out.member("release", scope.release);
      out.member("packages", scope.packages);
      out.member("data_as_of", time_or_none(scope.data_as_of));
      out.member("dated_by", name_of(scope.dated_by));
      out.end_object();
    }
    out.end_array();
    out.key("has_parts_of");
    out.begin_array();
    for (const PartialScope& part : feed.partial) {
      out.begin_object();
      out.member("ecosystem", part.scope.ecosystem);
      out.member("release", part.scope.release);
      out.member("packages", part.scope.packages);
      out.member("data_as_of", time_or_none(part.scope.data_as_of));
      out.member("dated_by", name_of(part.scope.dated_by));
      out.member("why", part.why);
      out.end_object();
    }
    out.end_array();
    out.end_object();
  }
  out.end_array();
  write_sources(out, options);
  out.end_object();
  return out.take();
}

// How old each release is, and of which there are only parts.
std::string releases_text(const AdvisoryDatabase& database) {
  TextTable table({{.title = "RELEASE"},
                   {.title = "FEED"},
                   {.title = "DATA AS OF"},
                   {.title = "DATED BY"},
                   {.title = "NOT TAKEN FOR ALL", .shrinks = true}});
  bool any = false;
  const auto add = [&](const FeedInfo& feed, const FeedScope& scope, const std::string& why) {
    any = true;
    table.add({{scope.ecosystem + (scope.release.empty() ? "" : " " + scope.release)},
               {feed.name},
               {date_or_unknown(scope.data_as_of)},
               {std::string(name_of(scope.dated_by))},
               {why}});
  };
  for (const FeedInfo& feed : database.feeds()) {
    for (const FeedScope& scope : feed.scopes) add(feed, scope, "");
    for (const PartialScope& part : feed.partial) add(feed, part.scope, part.why);
  }
  return any ? "\n" + table.lay_out(kTextWidth, Paint(false)) : "";
}

Result<int> run_status(const Options& options) {
  ASSIGN_OR_RETURN(const bool json, wants_json(options));
  ASSIGN_OR_RETURN(const AdvisoryDatabase database,
                   AdvisoryDatabase::open(options.database_directory));
  if (json) {
    RETURN_IF_ERROR(write_all(STDOUT_FILENO, status_json(options, database)));
    return kExitDone;
  }
  TextTable table({{.title = "FEED"},
                   {.title = "RECORDS", .right = true},
                   {.title = "DATA AS OF"},
                   {.title = "AGE", .right = true},
                   {.title = "DATED BY"},
                   {.title = "FETCHED"},
                   {.title = "SPEAKS FOR", .shrinks = true, .shrinks_first = true}});
  for (const FeedInfo& feed : database.feeds()) {
    table.add({{feed.name},
               {std::to_string(feed.records)},
               {date_or_unknown(feed.data_as_of)},
               {age_of(feed)},
               {std::string(name_of(feed.dated_by))},
               {date_or_unknown(feed.fetched_at)},
               {scopes_of(feed)}});
  }
  const UnixSeconds built_at = database.built_at();
  std::printf(
      "%s, %s\n", printable(options.database_directory).c_str(),
      built_at == 0 ? "empty: nothing was imported yet" : ("built " + rfc3339(built_at)).c_str());
  if (const auto publication = database.publication()) {
    print_publication(*publication, options.verbose);
  }
  std::printf("\n%s%s", table.lay_out(kTextWidth, Paint(false)).c_str(),
              failures_text(options).c_str());
  if (options.verbose) std::printf("%s", releases_text(database).c_str());
  return kExitDone;
}

constexpr std::array<std::string_view, 3> kStatusFlags{"db", "format", "verbose"};

}  // namespace

extern const Command kDbStatus;
const Command kDbStatus{.name = "db status",
                        .arguments = "",
                        .summary = "which feeds and parts there are, and how old",
                        .description = "",
                        .flags = kStatusFlags,
                        .examples = {},
                        .min_arguments = 0,
                        .max_arguments = 0,
                        .run = run_status};

}  // namespace seaworthy
