#include <array>
#include <map>
#include <optional>

#include "scan/advisory/advisory_id.h"
#include "scan/advisory/debian_urgency.h"
#include "scan/advisory/feed_text.h"
#include "scan/advisory/releases.h"
#include "scan/advisory/state_mark.h"

namespace seaworthy {
namespace {

// The lists of the Debian security tracker's repository. DSA/list, DLA/list and DTSA/list:
//
//   [29 Mar 2023] DSA-5380-1 xorg-server - security update
//           {CVE-2023-1393}
//           [bullseye] - xorg-server 2:1.20.11-1+deb11u6
//
// CVE/list has a CVE id (and a description) where those have date and advisory, and lines without a
// release, "- openssl 3.0.8-1 (bug #1; medium)", which speak of unstable. In place of a version
// stand <not-affected>, <unfixed>, <end-of-life>, <no-dsa>, <postponed>, <ignored>, <undetermined>,
// <removed>, <itp>. A release without a line of its own goes by unstable's line: matching compares
// with it, and what is affected is not fixed in the release (matching rule 9). An urgency is said
// of unstable and holds for the package in every release.

constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                             "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
// The releases that a line about unstable speaks of too: those that Debian or its LTS supports.
constexpr std::array<std::string_view, 5> kInheriting{"10", "11", "12", "13", "14"};

bool recognizes_lists(const FeedDocument& document) {
  if (file_name(document.path) != "list" && !document.path.ends_with(".list")) return false;
  const std::string_view front = front_of(document);
  const std::size_t entry = front.find("\n\t");
  if (entry == std::string_view::npos) return false;
  return front.starts_with("CVE-") || (front.starts_with('[') && front.find("SA-") < 64) ||
         (front.starts_with('[') && front.find("DLA-") < 64);
}

// "29 Mar 2023" and "August 26th, 2005" as an ISO date; "" where it is neither.
std::string iso_of(std::string_view text) {
  std::string day;
  std::string month;
  std::string year;
  std::string word;
  const auto take = [&] {
    if (word.empty()) return;
    for (std::size_t i = 0; i < kMonths.size(); ++i) {
      if (word.starts_with(kMonths[i])) month = std::to_string(i + 1);
    }
    std::string digits;
    for (const char c : word) {
      if (c < '0' || c > '9') break;
      digits += c;
    }
    if (digits.size() == 4) year = digits;
    if (digits.size() == 1 || digits.size() == 2) day = digits;
    word.clear();
  };
  for (const char c : text) {
    if (c == ' ' || c == ',') {
      take();
    } else {
      word += c;
    }
  }
  take();
  if (day.empty() || month.empty() || year.empty()) return {};
  const auto two = [](const std::string& n) { return n.size() == 1 ? "0" + n : n; };
  return year + "-" + two(month) + "-" + two(day);
}

struct Entry {
  std::string id;  // DSA-5380-1 or the CVE
  std::vector<std::string> cves;
  std::string published, summary;
  std::uint64_t line = 0;
  AdvisoryState state = AdvisoryState::kActive;
};

// One "[release] - package version (note)" line.
struct Statement {
  std::string codename;  // "" unstable
  std::string package, version, note, urgency;
};

std::string_view take_word(std::string_view& text) {
  text = trim(text);
  const std::size_t end = std::min(text.find_first_of(" \t"), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end);
  return word;
}

// "bug #1008265; medium": the urgency is one of the words, the note what is left.
void read_remarks(std::string_view text, Statement& out) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(';'), text.size());
    const std::string_view word = trim(text.substr(0, end));
    AdvisoryRow ignored;
    if (set_debian_urgency(word, ignored)) {
      out.urgency = word;
    } else if (!word.empty()) {
      out.note.append(out.note.empty() ? "" : "; ").append(word);
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

std::optional<Statement> statement_of(std::string_view line) {
  Statement out;
  line = trim(line);
  if (line.starts_with('[')) {
    const std::size_t close = line.find(']');
    if (close == std::string_view::npos) return {};
    out.codename = trim(line.substr(1, close - 1));
    line = trim(line.substr(close + 1));
  }
  if (!line.starts_with("- ")) return {};
  line.remove_prefix(2);
  out.package = take_word(line);
  out.version = take_word(line);
  line = trim(line);
  if (line.starts_with('(')) line.remove_prefix(1);
  if (line.ends_with(')')) line.remove_suffix(1);
  read_remarks(line, out);
  if (out.package.empty() || out.version.empty()) return {};
  return out;
}

// False: a line that says nothing about a version (removed, not packaged yet).
bool set_version(const Statement& statement, AdvisoryRow& row) {
  const std::string& version = statement.version;
  row.note = statement.note;
  if (!version.starts_with('<')) {
    row.ranges.push_back(VersionRange{"0", version, ""});
    row.fix_state = FixState::kFixed;
    row.note.clear();
    return true;
  }
  const std::string word = version.substr(1, version.find('>') - 1);
  if (word == "not-affected") {
    row.status = AdvisoryStatus::kNotAffected;
  } else if (word == "undetermined") {
    row.status = AdvisoryStatus::kUndetermined;
  } else if (word == "end-of-life") {
    row.fix_state = FixState::kEndOfLife;
  } else if (word == "ignored") {
    row.fix_state = FixState::kWontFix;
  } else if (word == "postponed") {
    row.fix_state = FixState::kDeferred;
  } else if (word == "unfixed" || word == "no-dsa") {
    row.fix_state = FixState::kNotFixed;
  } else {
    return false;
  }
  if (word != "unfixed") row.note = row.note.empty() ? word : word + ": " + row.note;
  return true;
}

class ListReader {
 public:
  ListReader(std::string_view path, FeedSink& sink) : path_(path), sink_(sink) {}

  void line(std::string_view text, std::uint64_t number);
  void finish();

 private:
  bool begins(std::string_view text, std::uint64_t number);
  void add(const Statement& statement, std::string_view version);

  const std::string_view path_;
  FeedSink& sink_;
  Entry entry_;
  std::vector<Statement> statements_;
};

bool ListReader::begins(std::string_view text, std::uint64_t number) {
  Entry entry;
  entry.line = number;
  if (text.starts_with("CVE-")) {
    entry.id = take_word(text);
    if (!is_cve(entry.id)) return false;
    entry.cves = {entry.id};
    entry.summary = one_line(text);
    entry.state = state_marked_in(text);
  } else if (text.starts_with('[') && text.find(']') != std::string_view::npos) {
    entry.published = iso_of(text.substr(1, text.find(']') - 1));
    text.remove_prefix(text.find(']') + 1);
    entry.id = take_word(text);
    entry.summary = one_line(text);
    if (!is_advisory_id(entry.id)) return false;
  } else {
    return false;
  }
  finish();
  entry_ = std::move(entry);
  return true;
}

void ListReader::line(std::string_view text, std::uint64_t number) {
  if (!text.starts_with(' ') && !text.starts_with('\t')) {
    if (!trim(text).empty() && !begins(text, number)) {
      sink_.problem(unreadable_record(at_line(path_, number), "read debian-lists",
                                      "neither an advisory nor a CVE"));
    }
    return;
  }
  const std::string_view content = trim(text);
  if (content == "REJECTED") entry_.state = AdvisoryState::kRejected;
  if (content.starts_with('{')) {
    for (std::string& cve : cve_ids_in(content)) {
      if (!is_cve(entry_.id)) entry_.cves.push_back(std::move(cve));
    }
  } else if (auto statement = statement_of(content)) {
    statements_.push_back(*std::move(statement));
  }
}

void ListReader::add(const Statement& statement, std::string_view version) {
  AdvisoryRow row;
  if (!set_version(statement, row)) return;
  set_debian_urgency(statement.urgency, row);
  row.state = entry_.state;
  row.advisory_id = is_advisory_id(entry_.id) ? entry_.id : "";
  row.document = at_line(path_, entry_.line);
  sink_.scope("debian", version);
  if (version == "sid") {
    for (const std::string_view release : kInheriting) sink_.scope("debian", release);
  }
  const std::vector<std::string> own{entry_.id};
  for (const std::string& id : entry_.cves.empty() ? own : entry_.cves) {
    AdvisoryRow one = row;
    one.vulnerability = id;
    sink_.row(PackageKey{"debian", std::string(version), statement.package}, std::move(one));
  }
}

void ListReader::finish() {
  if (entry_.id.empty()) return;
  sink_.record();
  sink_.reading(at_line(path_, entry_.line), entry_.id);
  if (const auto time = parse_time(entry_.published)) sink_.data_as_of(*time);
  VulnerabilityDetails details;
  details.id = entry_.id;
  details.summary = entry_.summary;
  details.published = entry_.published;
  details.state = entry_.state;
  details.document = at_line(path_, entry_.line);
  sink_.details(std::move(details));
  std::map<std::string, std::string> urgencies;  // by package
  for (const Statement& statement : statements_) {
    if (statement.codename.empty()) urgencies[statement.package] = statement.urgency;
  }
  for (Statement& statement : statements_) {
    const std::string_view version =
        statement.codename.empty() ? "sid" : debian_version(statement.codename);
    if (version.empty()) {
      sink_.skipped("a Debian release that is not known");
      continue;
    }
    if (statement.urgency.empty()) statement.urgency = urgencies[statement.package];
    add(statement, version);
  }
  statements_.clear();
  entry_ = Entry{};
}

Status parse_lists(const FeedDocument& document, const Limits&, FeedSink& sink) {
  ListReader reader(document.path, sink);
  for_each_line(document.bytes,
                [&](std::string_view line, std::uint64_t number) { reader.line(line, number); });
  reader.finish();
  return ok_status();
}

}  // namespace

extern const Feed kDebianLists;
const Feed kDebianLists{
    .name = "debian-lists",
    .description = "DSA, DLA, DTSA and CVE lists of the Debian security tracker's repository",
    .source = "https://salsa.debian.org/security-tracker-team/security-tracker",
    .recognizes = recognizes_lists,
    .parse = parse_lists,
};

}  // namespace seaworthy
