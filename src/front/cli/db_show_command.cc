#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <set>
#include <tuple>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/codec/json.h"
#include "front/cli/advisory_text.h"
#include "front/cli/command.h"
#include "front/cli/output.h"
#include "scan/report/table.h"
#include "scan/report/text.h"

namespace seaworthy {
namespace {

constexpr std::size_t kMostRows = 5000;
constexpr std::size_t kMostPackages = 200;
constexpr std::size_t kMostReferring = 200;
constexpr std::size_t kLabel = 13;

// Everything that the database knows of one id.
struct Known {
  std::string id;
  std::vector<std::string> aliases;
  std::vector<VulnerabilityDetails> details;
  std::optional<Epss> epss;
  std::optional<Kev> kev;
  std::optional<Exploit> exploit;
  RowSearch search;
  std::vector<VexStatement> statements;
  std::vector<std::string> referred_by;  // looked for only where there is nothing else

  bool nothing() const {
    return details.empty() && !epss && !kev && !exploit && search.rows.empty() && aliases.empty() &&
           statements.empty();
  }
};

Known what_is_known(const AdvisoryDatabase& database, std::string id) {
  if (lower_case(id.substr(0, 4)) == "cve-") id.replace(0, 4, "CVE-");
  Known known;
  known.id = id;
  known.aliases = database.aliases(id);
  known.details = database.details(id);
  std::vector<std::string> ids{id};
  ids.insert(ids.end(), known.aliases.begin(), known.aliases.end());
  for (const std::string& each : ids) {
    if (!known.epss) known.epss = database.epss(each);
    if (!known.kev) known.kev = database.kev(each);
    if (!known.exploit) known.exploit = database.exploit(each);
    for (VexStatement& statement : database.vex(each)) {
      known.statements.push_back(std::move(statement));
    }
  }
  known.search = database.rows_about({ids.begin(), ids.end()}, kMostRows);
  if (known.nothing()) known.referred_by = database.referring_to(id, kMostReferring);
  return known;
}

void add_line(std::string& out, std::string_view label, const std::string& text) {
  if (text.empty()) return;
  std::string first = "  " + std::string(label);
  first.resize(std::max(first.size() + 1, kLabel), ' ');
  out += paragraph(first, printable(text), kTextWidth);
}

std::string number_text(double number, int digits) {
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%.*f", digits, std::clamp(number, -1e9, 1e9));
  return text.data();
}

std::string facts_text(const Known& known) {
  std::string out = printable(known.id) + "\n";
  std::string aliases;
  for (const std::string& alias : known.aliases) aliases += (aliases.empty() ? "" : ", ") + alias;
  add_line(out, "aliases", aliases);
  if (known.epss) {
    add_line(out, "epss",
             number_text(known.epss->score, 5) + ", percentile " +
                 number_text(known.epss->percentile, 5) +
                 (known.epss->date.empty() ? "" : ", of " + known.epss->date));
  }
  if (known.kev) {
    add_line(out, "kev",
             "known to be exploited, listed " + known.kev->added +
                 (known.kev->due.empty() ? "" : ", to be fixed by " + known.kev->due) +
                 (known.kev->ransomware ? ", used by ransomware" : ""));
  }
  if (known.exploit && known.exploit->known) {
    add_line(
        out, "exploit",
        known.exploit->reference +
            (known.exploit->first_seen.empty() ? "" : ", first seen " + known.exploit->first_seen));
  }
  return out;
}

std::string details_text(const VulnerabilityDetails& details) {
  std::string out = printable(details.feed) + "\n";
  add_line(out, "summary", details.summary);
  add_line(out, "severity",
           details.severity == Severity::kUnknown ? "" : std::string(name_of(details.severity)));
  for (const Cvss& cvss : details.cvss) {
    add_line(out, "cvss " + printable(cvss.version),
             number_text(cvss.score, 1) + "  " + cvss.vector +
                 (cvss.source.empty() ? "" : "  (" + cvss.source + ")"));
  }
  add_line(out, "published", details.published);
  add_line(out, "modified", details.modified);
  add_line(out, "state",
           details.state == AdvisoryState::kActive ? "" : std::string(name_of(details.state)));
  for (const std::string& reference : details.references) add_line(out, "see", reference);
  add_line(out, "document", details.document);
  return out;
}

std::string statement_text(const VexStatement& statement) {
  std::string out = printable(statement.feed) + ", VEX\n";
  add_line(out, "product", statement.product);
  for (const std::string& part : statement.parts) add_line(out, "part", part);
  add_line(out, "status",
           std::string(name_of(statement.status)) +
               (statement.justification.empty() ? "" : ", " + statement.justification));
  add_line(out, "impact", statement.impact);
  add_line(out, "action", statement.action);
  add_line(out, "author",
           statement.author + (statement.timestamp.empty() ? "" : ", " + statement.timestamp));
  add_line(out, "document", statement.document);
  return out;
}

std::string known_text(const Known& known) {
  std::string out = facts_text(known);
  if (!known.referred_by.empty()) {
    std::string ids;
    for (const std::string& id : known.referred_by) ids += (ids.empty() ? "" : ", ") + id;
    add_line(out, "see", ids);
    return out + "\nNo feed has it itself; these refer to it.\n";
  }
  for (const VulnerabilityDetails& details : known.details) out += "\n" + details_text(details);
  for (const VexStatement& statement : known.statements) out += "\n" + statement_text(statement);
  if (known.search.rows.empty()) return out + "\nNo feed names a package for it.\n";
  out += "\nPackages\n\n" + rows_text(known.search.rows, known.id);
  if (known.search.left_out > 0) {
    out += "\nand " + std::to_string(known.search.left_out) + " more rows\n";
  }
  return out;
}

void write_details(JsonWriter& out, const VulnerabilityDetails& details) {
  out.begin_object();
  out.member("feed", details.feed);
  out.member("summary", details.summary);
  out.member("severity", name_of(details.severity));
  out.key("cvss");
  out.begin_array();
  for (const Cvss& cvss : details.cvss) {
    out.begin_object();
    out.member("version", cvss.version);
    out.member("vector", cvss.vector);
    out.member("score", cvss.score);
    out.member("source", cvss.source);
    out.end_object();
  }
  out.end_array();
  out.member("published", details.published);
  out.member("modified", details.modified);
  out.member("state", name_of(details.state));
  out.texts("references", details.references);
  out.member("document", details.document);
  out.end_object();
}

void write_statement(JsonWriter& out, const VexStatement& statement) {
  out.begin_object();
  out.member("feed", statement.feed);
  out.member("product", statement.product);
  out.texts("parts", statement.parts);
  out.member("status", name_of(statement.status));
  out.member("justification", statement.justification);
  out.member("impact", statement.impact);
  out.member("action", statement.action);
  out.member("author", statement.author);
  out.member("timestamp", statement.timestamp);
  out.member("document", statement.document);
  out.end_object();
}

void write_facts(JsonWriter& out, const Known& known) {
  out.key("epss");
  if (known.epss) {
    out.begin_object();
    out.member("score", known.epss->score);
    out.member("percentile", known.epss->percentile);
    out.member("date", known.epss->date);
    out.end_object();
  } else {
    out.null();
  }
  out.key("kev");
  if (known.kev) {
    out.begin_object();
    out.member("added", known.kev->added);
    out.member("due", known.kev->due);
    out.member("ransomware", known.kev->ransomware);
    out.end_object();
  } else {
    out.null();
  }
  out.key("exploit");
  if (known.exploit) {
    out.begin_object();
    out.member("known", known.exploit->known);
    out.member("first_seen", known.exploit->first_seen);
    out.member("reference", known.exploit->reference);
    out.end_object();
  } else {
    out.null();
  }
}

std::string known_json(const Known& known) {
  JsonWriter out;
  out.begin_object();
  out.member("id", known.id);
  out.texts("aliases", known.aliases);
  out.texts("referred_by", known.referred_by);
  write_facts(out, known);
  out.key("details");
  out.begin_array();
  for (const VulnerabilityDetails& details : known.details) write_details(out, details);
  out.end_array();
  out.key("vex");
  out.begin_array();
  for (const VexStatement& statement : known.statements) write_statement(out, statement);
  out.end_array();
  out.key("packages");
  write_rows(out, known.search.rows);
  out.member("packages_left_out", known.search.left_out);
  out.end_object();
  return out.take();
}

Result<int> run_show(const Options& options) {
  ASSIGN_OR_RETURN(const bool json, wants_json(options));
  ASSIGN_OR_RETURN(const AdvisoryDatabase database,
                   AdvisoryDatabase::open(options.database_directory));
  const Known known = what_is_known(database, options.arguments.front());
  if (known.nothing() && known.referred_by.empty()) {
    return Error{ErrorCode::kNotFound,
                 "no feed knows " + printable(known.id) +
                     "; vulnerabilities and advisories are known by the ids that feeds give them "
                     "(CVE-, GHSA-, DSA-, ALSA-), and by those that they refer to"};
  }
  RETURN_IF_ERROR(write_all(STDOUT_FILENO, json ? known_json(known) : known_text(known)));
  return kExitDone;
}

// Rows of one package name in every ecosystem and release, by feed.
std::vector<KeyedRow> rows_of(const AdvisoryDatabase& database, const std::vector<PackageKey>& keys,
                              const std::string& name) {
  std::vector<KeyedRow> rows;
  for (const PackageKey& key : keys) {
    if (lower_case(key.package) != lower_case(name)) continue;
    for (AdvisoryRow& row : database.rows(key)) rows.push_back(KeyedRow{key, std::move(row)});
  }
  std::stable_sort(rows.begin(), rows.end(), [](const KeyedRow& a, const KeyedRow& b) {
    return std::tie(a.row.feed, a.row.vulnerability, a.key) <
           std::tie(b.row.feed, b.row.vulnerability, b.key);
  });
  return rows;
}

std::string counts_text(const AdvisoryDatabase& database, const std::vector<PackageKey>& keys) {
  TextTable table({{.title = "ECOSYSTEM"},
                   {.title = "RELEASE"},
                   {.title = "PACKAGE", .shrinks = true},
                   {.title = "STATEMENTS", .right = true},
                   {.title = "FEEDS", .shrinks = true}});
  for (const PackageKey& key : keys) {
    const std::vector<AdvisoryRow> rows = database.rows(key);
    std::set<std::string> feeds;
    for (const AdvisoryRow& row : rows) feeds.insert(row.feed);
    std::string names;
    for (const std::string& feed : feeds) names += (names.empty() ? "" : ", ") + feed;
    table.add(
        {{key.ecosystem}, {key.release}, {key.package}, {std::to_string(rows.size())}, {names}});
  }
  return table.lay_out(kTextWidth, Paint(false));
}

void write_search_json(const std::vector<PackageKey>& keys, const std::vector<KeyedRow>& rows,
                       JsonWriter& out) {
  out.begin_object();
  out.key("packages");
  out.begin_array();
  for (const PackageKey& key : keys) {
    out.begin_object();
    out.member("ecosystem", key.ecosystem);
    out.member("release", key.release);
    out.member("package", key.package);
    out.end_object();
  }
  out.end_array();
  out.key("statements");
  write_rows(out, rows);
  out.end_object();
}

Result<int> run_search(const Options& options) {
  ASSIGN_OR_RETURN(const bool json, wants_json(options));
  ASSIGN_OR_RETURN(const AdvisoryDatabase database,
                   AdvisoryDatabase::open(options.database_directory));
  const std::string& name = options.arguments.front();
  const auto keys = database.search_packages(name, kMostPackages);
  if (keys.empty()) {
    return Error{ErrorCode::kNotFound,
                 "no feed names a package like " + printable(name) +
                     "; advisories of Debian, Ubuntu and Alpine go by source package, which "
                     "`seaworthy sbom IMAGE` names for each installed one"};
  }
  const std::vector<KeyedRow> rows = rows_of(database, keys, name);
  JsonWriter out;
  if (json) write_search_json(keys, rows, out);
  std::string text = json ? out.take() : counts_text(database, keys);
  if (!json && keys.size() == kMostPackages) {
    text += "only the first " + std::to_string(kMostPackages) + " are listed\n";
  }
  if (!json && !rows.empty() && options.verbose) {
    text += "\n" + printable(name) + "\n\n" + rows_text(rows, {});
  } else if (!json && !rows.empty()) {
    text += "\n--verbose shows the " + counted(rows.size(), "statement") + " about " +
            printable(name) + "\n";
  }
  RETURN_IF_ERROR(write_all(STDOUT_FILENO, text));
  return kExitDone;
}

constexpr std::array<std::string_view, 3> kSearchFlags{"db", "format", "verbose"};
constexpr std::array<std::string_view, 2> kShowFlags{"db", "format"};
constexpr std::array<Example, 2> kSearchExamples{
    Example{"seaworthy db search openssl",
            "packages with this in their name, and who speaks of them"},
    Example{"seaworthy db search openssl --verbose", "everything that is said of openssl itself"}};
constexpr std::array<Example, 1> kShowExamples{
    Example{"seaworthy db show CVE-2022-0778 --format json", "for a program"}};

}  // namespace

extern const Command kDbSearch;
const Command kDbSearch{
    .name = "db search",
    .arguments = "NAME",
    .summary = "packages that advisories name, and what is said of them",
    .description =
        "Packages whose name contains NAME, in any case, with the number of statements about "
        "each.\n"
        "--verbose adds every statement about the packages that are called NAME; JSON always has\n"
        "them. Advisories of Debian, Ubuntu and Alpine go by source package: openssl, not libssl3.",
    .flags = kSearchFlags,
    .examples = kSearchExamples,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run_search};

extern const Command kDbShow;
const Command kDbShow{
    .name = "db show",
    .arguments = "ID",
    .summary = "what every feed says about one vulnerability or advisory",
    .description =
        "Aliases, scores, exploitation, details by feed, and every package that a feed\n"
        "names for it or for an alias, with versions, fix, severity and document. An id that "
        "feeds\n"
        "only refer to (a USN) leads to the vulnerabilities that do.",
    .flags = kShowFlags,
    .examples = kShowExamples,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run_show};

}  // namespace seaworthy
