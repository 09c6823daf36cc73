#include "front/cli/advisory_text.h"

#include <algorithm>
#include <map>
#include <span>

#include "front/cli/output.h"
#include "scan/report/table.h"
#include "scan/report/text.h"

namespace seaworthy {
namespace {

constexpr std::size_t kShownVersions = 12;

std::string range_text(const VersionRange& range) {
  std::string text;
  const auto add = [&](const char* sign, const std::string& version) {
    text += (text.empty() ? "" : ", ") + std::string(sign) + version;
  };
  if (!range.introduced.empty() && range.introduced != "0") {
    add(range.introduced_excluded ? "> " : ">= ", range.introduced);
  }
  if (!range.fixed.empty()) add("< ", range.fixed);
  if (!range.last_affected.empty()) add("<= ", range.last_affected);
  return text.empty() ? "every version" : text;
}

std::string fix_text(const AdvisoryRow& row) {
  if (row.status != AdvisoryStatus::kAffected || row.fix_state == FixState::kUnknown) return {};
  std::string text(name_of(row.fix_state));
  std::replace(text.begin(), text.end(), '_', ' ');
  return text;
}

// What else there is to know: whatever narrows the statement, and the vendor's words.
std::string note_text(const AdvisoryRow& row) {
  std::string note;
  const auto add = [&](const std::string& text) {
    if (!text.empty()) note += (note.empty() ? "" : "; ") + text;
  };
  if (row.kind == FindingKind::kMalicious) add("malicious");
  if (row.state != AdvisoryState::kActive) add(std::string(name_of(row.state)));
  if (row.unimportant) add("unimportant");
  if (!row.module.empty()) add("module " + row.module);
  if (!row.arch.empty()) add("only " + row.arch);
  if (!row.channel.empty()) add("in " + row.channel);
  add(row.note);
  return note;
}

std::string place_of(const PackageKey& key) {
  return key.release.empty() ? key.ecosystem : key.ecosystem + " " + key.release;
}

// Rows that differ in nothing but the package are one line of a table.
struct Line {
  const KeyedRow* first = nullptr;
  std::string packages;
};

std::vector<Line> lines_of(std::span<const KeyedRow> rows) {
  std::map<std::string, std::size_t> places;  // by all that is shown but the package
  std::vector<Line> lines;
  for (const KeyedRow& one : rows) {
    std::string shown;
    for (const std::string& text :
         {place_of(one.key), one.row.vulnerability, one.row.advisory_id, affected_text(one.row),
          fix_text(one.row), std::string(name_of(one.row.severity)), note_text(one.row),
          one.row.document}) {
      shown.append(text).push_back('\0');
    }
    const auto [at, added] = places.emplace(std::move(shown), lines.size());
    if (added) {
      lines.push_back(Line{&one, one.key.package});
    } else {
      lines[at->second].packages += ", " + one.key.package;
    }
  }
  return lines;
}

// The documents by advisory, where every advisory is one document; else none.
std::map<std::string, std::string> documents_of(std::span<const KeyedRow> rows) {
  std::map<std::string, std::string> documents;
  for (const KeyedRow& one : rows) {
    const std::string& id = one.row.advisory_id;
    if (id.empty() || documents.emplace(id, one.row.document).first->second != one.row.document) {
      return {};
    }
  }
  return documents;
}

std::string feed_text(const std::vector<KeyedRow>& rows, std::size_t from, std::size_t to,
                      std::string_view id) {
  TextTable table({{.title = "RELEASE"},
                   {.title = "PACKAGE", .shrinks = true},
                   {.title = "ID"},
                   {.title = "ADVISORY"},
                   {.title = "AFFECTED", .shrinks = true},
                   {.title = "FIX"},
                   {.title = "SEVERITY"},
                   {.title = "NOTE", .shrinks = true, .shrinks_first = true},
                   {.title = "DOCUMENT", .shrinks = true, .shrinks_first = true}});
  const std::span of_feed(rows.data() + from, to - from);
  const bool one_document = std::all_of(of_feed.begin(), of_feed.end(), [&](const KeyedRow& one) {
    return one.row.document == rows[from].row.document;
  });
  const bool one_id = std::all_of(of_feed.begin(), of_feed.end(),
                                  [&](const KeyedRow& one) { return one.row.vulnerability == id; });
  const auto documents = one_document ? decltype(documents_of(of_feed)){} : documents_of(of_feed);
  for (const Line& line : lines_of(of_feed)) {
    const AdvisoryRow& row = line.first->row;
    table.add({{place_of(line.first->key)},
               {line.packages},
               {one_id ? "" : row.vulnerability},
               {row.advisory_id == row.vulnerability ? "" : row.advisory_id},
               {affected_text(row)},
               {fix_text(row)},
               {row.severity == Severity::kUnknown ? "" : std::string(name_of(row.severity))},
               {note_text(row)},
               {one_document || !documents.empty() ? "" : row.document}});
  }
  std::string text = printable(rows[from].row.feed);
  if (one_document && !rows[from].row.document.empty()) {
    text += ", " + printable(rows[from].row.document);
  }
  text += "\n" + table.lay_out(kTextWidth, Paint(false));
  for (const auto& [advisory, document] : documents) {
    text += paragraph("  " + printable(advisory) + "  ", printable(document), kTextWidth);
  }
  return text;
}

void write_row(JsonWriter& out, const KeyedRow& one) {
  const AdvisoryRow& row = one.row;
  constexpr std::string_view kStatus[]{"affected", "not_affected", "undetermined",
                                       "under_investigation"};
  out.begin_object();
  out.member("feed", row.feed);
  out.member("ecosystem", one.key.ecosystem);
  out.member("release", one.key.release);
  out.member("package", one.key.package);
  out.member("vulnerability", row.vulnerability);
  out.member("advisory", row.advisory_id);
  out.member("status", kStatus[static_cast<std::size_t>(row.status)]);
  out.member("fix_state", name_of(row.fix_state));
  out.key("ranges");
  out.begin_array();
  for (const VersionRange& range : row.ranges) {
    out.begin_object();
    out.member("introduced", range.introduced);
    if (range.introduced_excluded) out.member("introduced_excluded", true);
    out.member("fixed", range.fixed);
    out.member("last_affected", range.last_affected);
    out.end_object();
  }
  out.end_array();
  out.texts("versions", row.versions);
  out.member("severity", name_of(row.severity));
  out.member("unimportant", row.unimportant);
  out.member("kind", name_of(row.kind));
  out.member("state", name_of(row.state));
  out.member("module", row.module);
  out.member("arch", row.arch);
  out.member("channel", row.channel);
  out.member("note", row.note);
  out.member("document", row.document);
  out.end_object();
}

}  // namespace

std::string affected_text(const AdvisoryRow& row) {
  if (row.status == AdvisoryStatus::kNotAffected) return "not affected";
  if (row.status == AdvisoryStatus::kUndetermined) return "undetermined";
  if (row.status != AdvisoryStatus::kAffected) return "under investigation";
  std::string text;
  for (const VersionRange& range : row.ranges) {
    text += (text.empty() ? "" : "; ") + range_text(range);
  }
  const std::size_t shown = std::min(kShownVersions, row.versions.size());
  for (std::size_t i = 0; i < shown; ++i) text += (text.empty() ? "" : ", ") + row.versions[i];
  if (shown < row.versions.size()) {
    text += " and " + std::to_string(row.versions.size() - shown) + " more versions";
  }
  return text.empty() ? "every version" : text;
}

std::string rows_text(const std::vector<KeyedRow>& rows, std::string_view id) {
  std::string text;
  for (std::size_t from = 0; from < rows.size();) {
    std::size_t to = from;
    while (to < rows.size() && rows[to].row.feed == rows[from].row.feed) ++to;
    text += (text.empty() ? "" : "\n") + feed_text(rows, from, to, id);
    from = to;
  }
  return text;
}

void write_rows(JsonWriter& out, const std::vector<KeyedRow>& rows) {
  out.begin_array();
  for (const KeyedRow& row : rows) write_row(out, row);
  out.end_array();
}

}  // namespace seaworthy
