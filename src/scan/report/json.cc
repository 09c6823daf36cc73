// The report as JSON, schema "seaworthy.report/1": the contract that pipelines read. Its JSON
// Schema is docs/reference/report.schema.json and a test holds every produced report against it.
//
// Members only ever get added under one schema number. Beyond the contract's members the document
// carries what `parse_report` needs to rebuild the Report (architecture, source package, rule,
// document) and what a reader needs to trust it (`selection`: what the user's filters hid).
// Absence is written, never left out: an unknown text is "", an unknown object, date or layer null.
// `packages` alone depends on an option.
#include "core/codec/json.h"

#include "scan/report/format.h"
#include "scan/report/introduced_by.h"
#include "scan/report/package_type.h"
#include "scan/sbom/report_values.h"

namespace seaworthy {
namespace {

void text_or_null(JsonWriter& out, std::string_view name, const std::string& text) {
  out.key(name);
  if (text.empty()) {
    out.null();
  } else {
    out.value(text);
  }
}

void write_target(JsonWriter& out, const ReportTarget& target) {
  out.key("target");
  out.begin_object();
  out.member("reference", target.reference);
  out.member("digest", target.digest);
  out.member("platform", target.platform);
  out.member("created", target.created);
  out.key("layers");
  out.begin_array();
  for (const ReportLayer& layer : target.layers) write_value(out, layer);
  out.end_array();
  out.end_object();
}

void write_distro(JsonWriter& out, const Report& report) {
  out.key("distro");
  if (!report.inventory.distro) {
    out.null();
    return;
  }
  const Distro& distro = *report.inventory.distro;
  out.begin_object();
  out.member("id", distro.id);
  out.member("version", distro.version);
  out.member("name", distro.name);
  text_or_null(out, "end_of_life", report.end_of_life.date);
  out.member("past_end_of_life", report.end_of_life.past);
  out.member("codename", distro.codename);
  out.texts("like", distro.like);
  out.member("variant", distro.variant);
  out.member("repository_branch", distro.repository_branch);
  if (!distro.other_repositories.empty()) {
    out.member("other_repositories", distro.other_repositories);
  }
  if (!distro.content_sets.empty()) out.texts("content_sets", distro.content_sets);
  if (!distro.cpes.empty()) out.texts("cpes", distro.cpes);
  out.member("path", distro.path);
  write_layer(out, distro.layer);
  out.end_object();
}

void write_database(JsonWriter& out, const Report& report) {
  out.key("database");
  if (!report.has_database) {
    out.null();
    return;
  }
  out.begin_object();
  out.member("built_at", report.database_built_at);
  out.key("feeds");
  out.begin_array();
  for (const ReportFeed& feed : report.feeds) {
    out.begin_object();
    out.member("name", feed.name);
    out.member("fetched_at", feed.fetched_at);
    out.member("data_as_of", feed.data_as_of);
    out.member("dated_by", feed.dated_by);
    out.member("records", feed.records);
    out.end_object();
  }
  out.end_array();
  out.end_object();
}

void write_source(JsonWriter& out, const Package& package) {
  out.key("source");
  if (package.source_name.empty() && package.source_version.empty()) {
    out.null();
    return;
  }
  out.begin_object();
  out.member("name", package.source_name);
  // A package manager leaves it out where both have the same one.
  out.member("version", package.source_version.empty() ? package.version : package.source_version);
  out.end_object();
}

// What a package and a finding's package have in common; the object stays open.
void begin_package(JsonWriter& out, const Report& report, const Package& package) {
  const auto& distro = report.inventory.distro;
  out.begin_object();
  out.member("purl", purl_of(package, distro ? &*distro : nullptr));
  out.member("name", package.name);
  out.member("version", package.version);
  out.member("type", type_text(package));
  out.member("arch", package.arch);
  write_source(out, package);
  out.member("path", package.path);
  write_layer(out, package.layer);
}

void write_packages(JsonWriter& out, const Report& report) {
  out.key("packages");
  out.begin_array();
  for (std::size_t i = 0; i < report.inventory.packages.size(); ++i) {
    const Package& package = report.inventory.packages[i];
    // Without matching there is no coverage to tell of; that is never "clean".
    static const PackageCoverage not_matched{CoverageState::kUnassessed, "nothing was matched"};
    const PackageCoverage& coverage =
        i < report.package_coverage.size() ? report.package_coverage[i] : not_matched;
    begin_package(out, report, package);
    out.texts("licenses", package.licenses);
    out.member("coverage", name_of(coverage.state));
    out.member("reason", coverage.reason);
    out.member("files", static_cast<std::uint64_t>(package.files));
    out.key("properties");
    out.begin_object();
    for (const auto& [key, value] : package.properties) out.member(key, value);
    out.end_object();
    out.end_object();
  }
  out.end_array();
}

void write_risk(JsonWriter& out, const Finding& finding) {
  out.key("cvss");
  out.begin_array();
  for (const Cvss& cvss : finding.cvss) {
    out.begin_object();
    out.member("version", cvss.version);
    out.member("vector", cvss.vector);
    out.member("score", cvss.score);
    out.member("source", cvss.source);
    out.end_object();
  }
  out.end_array();
  out.key("epss");
  if (finding.epss) {
    out.begin_object();
    out.member("score", finding.epss->score);
    out.member("percentile", finding.epss->percentile);
    out.member("date", finding.epss->date);
    out.end_object();
  } else {
    out.null();
  }
  out.key("kev");
  if (finding.kev) {
    out.begin_object();
    out.member("added", finding.kev->added);
    text_or_null(out, "due", finding.kev->due);
    out.member("ransomware", finding.kev->ransomware);
    out.end_object();
  } else {
    out.null();
  }
  out.key("exploit");
  if (finding.exploit) {
    out.begin_object();
    out.member("known", finding.exploit->known);
    text_or_null(out, "first_seen", finding.exploit->first_seen);
    out.member("reference", finding.exploit->reference);
    out.end_object();
  } else {
    out.null();
  }
}

void write_fix_and_advisory(JsonWriter& out, const Finding& finding) {
  out.key("fix");
  out.begin_object();
  out.member("state", name_of(finding.fix_state));
  out.texts("versions", finding.fix_versions);
  out.end_object();
  out.member("remediation", finding.remediation);
  out.key("advisory");
  out.begin_object();
  out.member("feed", finding.feed);
  out.member("id", finding.advisory_id);
  out.member("url", finding.advisory_url);
  out.member("state", name_of(finding.advisory_state));
  out.member("document", finding.document);
  out.end_object();
}

void write_finding(JsonWriter& out, const Report& report, const Finding& finding) {
  const Package& package = report.inventory.packages.at(finding.package);
  out.begin_object();
  out.member("id", finding.id);
  out.texts("aliases", finding.aliases);
  out.member("kind", name_of(finding.kind));
  out.key("package");
  begin_package(out, report, package);
  out.end_object();
  out.member("status", name_of(finding.status));
  out.member("status_reason", finding.status_reason);
  text_or_null(out, "justification", finding.justification);
  out.member("severity", name_of(finding.severity));
  out.member("severity_source", finding.severity_source);
  write_risk(out, finding);
  write_fix_and_advisory(out, finding);
  out.member("rule", finding.rule);
  out.member("summary", finding.summary);
  // A package that stands in the image's package database is there; whether its code is reached or
  // loaded only a running container could tell.
  out.member("evidence", package.path.empty() ? "unknown" : "present");
  out.member("introduced_by", introduced_by(report, package));
  out.member("score", finding.score);
  out.key("score_parts");
  out.begin_array();
  for (const ScorePart& part : finding.score_parts) {
    out.begin_object();
    out.member("name", part.name);
    out.member("points", part.points);
    out.end_object();
  }
  out.end_array();
  out.key("triage");
  out.null();
  out.end_object();
}

void write_coverage(JsonWriter& out, const Report& report) {
  const CoverageSummary& coverage = report.coverage;
  out.key("coverage");
  out.begin_object();
  out.member("packages", coverage.packages);
  out.member("matched", coverage.matched);
  out.member("clean", coverage.clean);
  out.member("unassessed", coverage.unassessed);
  out.member("suppressed", coverage.suppressed);
  out.key("reasons");
  out.begin_array();
  for (const CoverageSummary::Reason& reason : coverage.reasons) write_value(out, reason);
  out.end_array();
  out.key("package_databases");
  out.begin_array();
  for (const Inventory::Database& database : report.inventory.databases) {
    write_value(out, database);
  }
  out.end_array();
  out.end_object();
}

void write_problems(JsonWriter& out, const std::vector<Problem>& problems) {
  out.key("problems");
  out.begin_array();
  for (const Problem& problem : problems) write_value(out, problem);
  out.end_array();
}

void write_verdict(JsonWriter& out, const Verdict& verdict) {
  out.key("verdict");
  out.begin_object();
  out.member("result", name_of(verdict.result));
  out.texts("reasons", verdict.reasons);
  out.member("thresholds_given", verdict.thresholds_given);
  out.end_object();
}

// What the user asked to leave out, so that a filtered report is never taken for a whole one.
void write_selection(JsonWriter& out, const Report& report, const FormatOptions& options) {
  out.key("selection");
  out.begin_object();
  out.key("severities");
  out.begin_array();
  for (const Severity severity : options.severities) out.value(name_of(severity));
  out.end_array();
  out.member("only_fixed", options.only_fixed);
  out.member("show_suppressed", options.show_suppressed);
  out.member("filtered", static_cast<std::uint64_t>(filtered_findings(report, options)));
  out.end_object();
}

std::string write_json(const Report& report, const FormatOptions& options) {
  JsonWriter out;
  out.begin_object();
  out.member("schema", kReportSchema);
  out.member("tool_version", report.tool_version);
  write_target(out, report.target);
  write_distro(out, report);
  write_database(out, report);
  if (options.show_packages) write_packages(out, report);
  out.key("findings");
  out.begin_array();
  for (const Finding* finding : selected_findings(report, options)) {
    write_finding(out, report, *finding);
  }
  out.end_array();
  write_selection(out, report, options);
  write_coverage(out, report);
  write_problems(out, report.problems);
  write_verdict(out, report.verdict);
  out.end_object();
  return out.take();
}

}  // namespace

extern const Format kJson;
const Format kJson{.name = "json",
                   .description = "The whole report, schema seaworthy.report/1",
                   .media_type = "application/json",
                   .write = write_json,
                   .several = Several::kArray};

}  // namespace seaworthy
