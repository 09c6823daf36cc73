// Reads the JSON form of a report back. A report may come from anybody (an attachment of a
// ticket, an artifact of a pipeline), so it is read like any foreign document: the parser's own
// limits on size and depth, enumerations checked by name, indexes checked against the lists they
// point into. A member that is missing is empty; a member that contradicts the schema is an error
// that names it.
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <tuple>

#include "core/codec/json.h"
#include "scan/report/format.h"
#include "scan/report/package_type.h"
#include "scan/sbom/report_values.h"

namespace seaworthy {
namespace {

constexpr std::size_t kMostProperties = 1000;  // of one package; the list is kept sorted

std::string text_of(const JsonValue& value) {
  return std::string(value.text());
}

std::vector<std::string> texts_of(const JsonValue& value) {
  std::vector<std::string> texts;
  for (const JsonValue& element : value.elements()) texts.push_back(text_of(element));
  return texts;
}

std::uint64_t count_of(const JsonValue& value) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(value.integer(), 0));
}

Error invalid(std::string_view where, std::string_view what) {
  return {ErrorCode::kInvalidInput, "report: " + std::string(where) + ": " + std::string(what)};
}

std::string indexed(std::string_view list, std::size_t index) {
  return std::string(list) + "[" + std::to_string(index) + "]";
}

// A number of [0, most]; absent is 0.
Result<double> number_of(const JsonValue& value, double most, std::string_view where) {
  const double number = value.real();
  if (!(number >= 0 && number <= most)) return invalid(where, "the number is out of its range");
  return number + 0.0;  // -0.0 becomes 0
}

int small_of(const JsonValue& value) {
  return static_cast<int>(std::clamp<std::int64_t>(value.integer(), std::numeric_limits<int>::min(),
                                                   std::numeric_limits<int>::max()));
}

// The enumerator of that name, which must be below `end`. Absent text is the first one.
template <class Enum>
Result<Enum> choice_of(const JsonValue& value, Enum end, std::string_view where) {
  if (!value.exists()) return Enum{};
  for (int i = 0; i < static_cast<int>(end); ++i) {
    if (name_of(static_cast<Enum>(i)) == value.text()) return static_cast<Enum>(i);
  }
  return invalid(where, "unknown word '" + std::string(value.text().substr(0, 100)) + "'");
}

class ReportReader {
 public:
  explicit ReportReader(const JsonValue& root) : root_(root) {}

  Result<Report> read() {
    report_.tool_version = text_of(root_["tool_version"]);
    read_target();
    RETURN_IF_ERROR(read_distro());
    read_database();
    RETURN_IF_ERROR(read_packages());
    RETURN_IF_ERROR(read_findings());
    RETURN_IF_ERROR(read_coverage());
    RETURN_IF_ERROR(read_problems());
    RETURN_IF_ERROR(read_verdict());
    return std::move(report_);
  }

 private:
  // Null is "unknown"; any other value must be an index into target.layers.
  Result<int> layer_of(const JsonValue& owner, std::string_view where) const {
    const JsonValue layer = owner["layer"];
    if (!layer.exists() || layer.is_null()) return -1;
    const std::int64_t index = layer.integer();
    const auto layers = static_cast<std::int64_t>(report_.target.layers.size());
    // Reports of an SBOM name layers of an image whose layer list they do not carry.
    constexpr std::int64_t kMostLayers = 1 << 20;
    if (!layer.is_number() || index < 0 || index >= (layers == 0 ? kMostLayers : layers)) {
      return invalid(where, "layer is no index into target.layers");
    }
    return static_cast<int>(index);
  }

  void read_target() {
    const JsonValue target = root_["target"];
    report_.target.reference = text_of(target["reference"]);
    report_.target.digest = text_of(target["digest"]);
    report_.target.platform = text_of(target["platform"]);
    report_.target.created = text_of(target["created"]);
    for (const JsonValue& layer : target["layers"].elements()) {
      report_.target.layers.push_back(read_layer_value(layer));
    }
  }

  Status read_distro() {
    const JsonValue value = root_["distro"];
    if (!value.is_object()) return ok_status();
    Distro distro;
    distro.id = text_of(value["id"]);
    distro.version = text_of(value["version"]);
    distro.codename = text_of(value["codename"]);
    distro.name = text_of(value["name"]);
    distro.like = texts_of(value["like"]);
    distro.variant = text_of(value["variant"]);
    distro.repository_branch = text_of(value["repository_branch"]);
    distro.other_repositories = text_of(value["other_repositories"]);
    distro.content_sets = texts_of(value["content_sets"]);
    distro.cpes = texts_of(value["cpes"]);
    distro.path = text_of(value["path"]);
    ASSIGN_OR_RETURN(distro.layer, layer_of(value, "distro"));
    report_.inventory.distro = std::move(distro);
    report_.end_of_life.date = text_of(value["end_of_life"]);
    report_.end_of_life.past = value["past_end_of_life"].boolean();
    return ok_status();
  }

  void read_database() {
    const JsonValue database = root_["database"];
    report_.has_database = database.is_object();
    report_.database_built_at = text_of(database["built_at"]);
    for (const JsonValue& feed : database["feeds"].elements()) {
      report_.feeds.push_back({text_of(feed["name"]), text_of(feed["fetched_at"]),
                               text_of(feed["data_as_of"]), count_of(feed["records"]),
                               text_of(feed["dated_by"])});
    }
  }

  Result<Package> package_of(const JsonValue& value, const std::string& where) const {
    Package package;
    package.set_property("purl", text_of(value["purl"]));
    if (value["type"].text() != type_text(package)) {  // else kOther, with its purl's type
      package.set_property("purl", "");
      ASSIGN_OR_RETURN(package.type, choice_of(value["type"], PackageType::kEnd, where + ".type"));
    }
    package.name = text_of(value["name"]);
    if (package.name.empty()) return invalid(where, "a package without a name");
    package.version = text_of(value["version"]);
    package.arch = text_of(value["arch"]);
    package.source_name = text_of(value["source"]["name"]);
    package.source_version = text_of(value["source"]["version"]);
    if (package.source_version == package.version) package.source_version.clear();  // the same
    package.path = text_of(value["path"]);
    ASSIGN_OR_RETURN(package.layer, layer_of(value, where));
    package.licenses = texts_of(value["licenses"]);
    package.files = static_cast<std::uint32_t>(count_of(value["files"]));
    return package;
  }

  // A finding's package carries no property list; the purl tells the two that its own text is
  // made from, so that it comes out the same again.
  static void properties_from_purl(Package& package, std::string_view text) {
    const auto purl = parse_purl(text);
    if (!purl || package.type != PackageType::kRpm) return;
    package.set_property(kModularity, std::string(purl->qualifier("rpmmod")));
    package.set_property(kSourceRpm, std::string(purl->qualifier("upstream")));
  }

  using PackageIdentity =
      std::tuple<PackageType, std::string, std::string, std::string, std::string>;
  static PackageIdentity identity_of(const Package& package) {
    return {package.type, package.name, package.version, package.arch, package.path};
  }

  Status read_packages() {
    const auto elements = root_["packages"].elements();
    has_package_list_ = root_["packages"].exists();
    for (std::size_t i = 0; i < elements.size(); ++i) {
      const std::string where = indexed("packages", i);
      ASSIGN_OR_RETURN(Package package, package_of(elements[i], where));
      const auto properties = elements[i]["properties"].members();
      if (properties.size() > kMostProperties) return invalid(where, "too many properties");
      for (const auto& [key, value] : properties) {
        package.set_property(key, text_of(value));
      }
      PackageCoverage coverage;
      ASSIGN_OR_RETURN(coverage.state, choice_of(elements[i]["coverage"], CoverageState::kEnd,
                                                 where + ".coverage"));
      if (!elements[i]["coverage"].exists()) coverage.state = CoverageState::kUnassessed;
      coverage.reason = text_of(elements[i]["reason"]);
      package_index_.emplace(identity_of(package), report_.inventory.packages.size());
      report_.inventory.packages.push_back(std::move(package));
      report_.package_coverage.push_back(std::move(coverage));
    }
    return ok_status();
  }

  // The finding's package in the list, which grows where the document has no package list.
  Result<std::size_t> package_index_of(const JsonValue& value, const std::string& where) {
    ASSIGN_OR_RETURN(Package package, package_of(value, where));
    const auto [place, is_new] =
        package_index_.try_emplace(identity_of(package), report_.inventory.packages.size());
    if (is_new) {
      if (has_package_list_) return invalid(where, "the package is not in `packages`");
      properties_from_purl(package, value["purl"].text());
      report_.inventory.packages.push_back(std::move(package));
      report_.package_coverage.push_back({CoverageState::kMatched, ""});
    }
    return place->second;
  }

  static Status read_risk(const JsonValue& value, const std::string& where, Finding& finding) {
    for (const JsonValue& element : value["cvss"].elements()) {
      Cvss cvss{text_of(element["version"]), text_of(element["vector"]), 0,
                text_of(element["source"])};
      ASSIGN_OR_RETURN(cvss.score, number_of(element["score"], 10, where + ".cvss.score"));
      finding.cvss.push_back(std::move(cvss));
    }
    if (const JsonValue element = value["epss"]; element.is_object()) {
      Epss epss{0, 0, text_of(element["date"])};
      ASSIGN_OR_RETURN(epss.score, number_of(element["score"], 1, where + ".epss.score"));
      ASSIGN_OR_RETURN(epss.percentile,
                       number_of(element["percentile"], 1, where + ".epss.percentile"));
      finding.epss = std::move(epss);
    }
    ASSIGN_OR_RETURN(const double score, number_of(value["score"], 100, where + ".score"));
    finding.score = static_cast<int>(score);
    if (const JsonValue kev = value["kev"]; kev.is_object()) {
      finding.kev = Kev{text_of(kev["added"]), text_of(kev["due"]), kev["ransomware"].boolean()};
    }
    if (const JsonValue exploit = value["exploit"]; exploit.is_object()) {
      finding.exploit = Exploit{exploit["known"].boolean(), text_of(exploit["first_seen"]),
                                text_of(exploit["reference"])};
    }
    return ok_status();
  }

  static Status read_states(const JsonValue& value, const std::string& where, Finding& finding) {
    ASSIGN_OR_RETURN(finding.kind, choice_of(value["kind"], FindingKind::kEnd, where + ".kind"));
    ASSIGN_OR_RETURN(finding.status,
                     choice_of(value["status"], FindingStatus::kEnd, where + ".status"));
    ASSIGN_OR_RETURN(finding.severity,
                     choice_of(value["severity"], Severity::kEnd, where + ".severity"));
    ASSIGN_OR_RETURN(finding.fix_state,
                     choice_of(value["fix"]["state"], FixState::kEnd, where + ".fix.state"));
    ASSIGN_OR_RETURN(
        finding.advisory_state,
        choice_of(value["advisory"]["state"], AdvisoryState::kEnd, where + ".advisory.state"));
    return ok_status();
  }

  Result<Finding> finding_of(const JsonValue& value, const std::string& where) {
    Finding finding;
    finding.id = text_of(value["id"]);
    if (finding.id.empty()) return invalid(where, "a finding without an id");
    finding.aliases = texts_of(value["aliases"]);
    ASSIGN_OR_RETURN(finding.package, package_index_of(value["package"], where + ".package"));
    RETURN_IF_ERROR(read_states(value, where, finding));
    finding.status_reason = text_of(value["status_reason"]);
    finding.justification = text_of(value["justification"]);
    finding.severity_source = text_of(value["severity_source"]);
    RETURN_IF_ERROR(read_risk(value, where, finding));
    finding.fix_versions = texts_of(value["fix"]["versions"]);
    finding.remediation = text_of(value["remediation"]);
    const JsonValue advisory = value["advisory"];
    finding.feed = text_of(advisory["feed"]);
    finding.advisory_id = text_of(advisory["id"]);
    finding.advisory_url = text_of(advisory["url"]);
    finding.document = text_of(advisory["document"]);
    finding.rule = text_of(value["rule"]);
    finding.summary = text_of(value["summary"]);
    for (const JsonValue& part : value["score_parts"].elements()) {
      finding.score_parts.push_back({text_of(part["name"]), small_of(part["points"])});
    }
    return finding;
  }

  Status read_findings() {
    const auto elements = root_["findings"].elements();
    for (std::size_t i = 0; i < elements.size(); ++i) {
      ASSIGN_OR_RETURN(Finding finding, finding_of(elements[i], indexed("findings", i)));
      report_.findings.push_back(std::move(finding));
    }
    return ok_status();
  }

  Status read_coverage() {
    const JsonValue coverage = root_["coverage"];
    CoverageSummary& summary = report_.coverage;
    summary.packages = count_of(coverage["packages"]);
    summary.matched = count_of(coverage["matched"]);
    summary.clean = count_of(coverage["clean"]);
    summary.unassessed = count_of(coverage["unassessed"]);
    summary.suppressed = count_of(coverage["suppressed"]);
    for (const JsonValue& reason : coverage["reasons"].elements()) {
      summary.reasons.push_back({text_of(reason["reason"]), count_of(reason["count"])});
    }
    const auto databases = coverage["package_databases"].elements();
    for (std::size_t i = 0; i < databases.size(); ++i) {
      Inventory::Database database = read_database_value(databases[i]);
      ASSIGN_OR_RETURN(database.layer,
                       layer_of(databases[i], indexed("coverage.package_databases", i)));
      report_.inventory.databases.push_back(std::move(database));
    }
    return ok_status();
  }

  Status read_problems() {
    const auto elements = root_["problems"].elements();
    for (std::size_t i = 0; i < elements.size(); ++i) {
      Problem problem = read_problem_value(elements[i]);
      ASSIGN_OR_RETURN(problem.layer, layer_of(elements[i], indexed("problems", i)));
      report_.problems.push_back(std::move(problem));
    }
    return ok_status();
  }

  Status read_verdict() {
    const JsonValue verdict = root_["verdict"];
    const std::string_view word = verdict["result"].text();
    bool known = false;
    for (const VerdictResult result :
         {VerdictResult::kSeaworthy, VerdictResult::kUnseaworthy, VerdictResult::kUnknown}) {
      if (name_of(result) != word) continue;
      report_.verdict.result = result;
      known = true;
    }
    if (!known) return invalid("verdict.result", "it is none of seaworthy, unseaworthy, unknown");
    report_.verdict.reasons = texts_of(verdict["reasons"]);
    report_.verdict.thresholds_given = verdict["thresholds_given"].boolean();
    return ok_status();
  }

  const JsonValue root_;
  Report report_;
  bool has_package_list_ = false;
  std::map<PackageIdentity, std::size_t> package_index_;
};

}  // namespace

Result<Report> parse_report(std::string_view json) {
  JsonDocument document;
  if (Status parsed = document.parse(json, Limits{}); !parsed) {
    return std::move(parsed).error().during("report");
  }
  const JsonValue root = document.root();
  const std::string_view schema = root["schema"].text();
  if (schema != kReportSchema) {
    const bool is_ours = schema.starts_with("seaworthy.report/");
    return Error{is_ours ? ErrorCode::kUnsupported : ErrorCode::kInvalidInput,
                 is_ours ? "report: schema '" + std::string(schema.substr(0, 100)) +
                               "' is not read here, only " + std::string(kReportSchema)
                         : "not a Seaworthy report: `schema` is not " + std::string(kReportSchema)};
  }
  return ReportReader(root).read();
}

}  // namespace seaworthy
