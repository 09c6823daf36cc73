// OVAL 5 (Open Vulnerability and Assessment Language, MITRE, later CIS), as Oracle, Microsoft
// (Azure Linux, CBL-Mariner) and SUSE publish it: definitions with metadata and criteria, and the
// tests that the criteria name (oval_tests.h, oval_criteria.h). The document is walked twice, tests
// first, so that definitions can be turned into rows one at a time.
//
//   class "patch"          an erratum: its id, and the CVE ids that it fixes
//   class "vulnerability"  one CVE and every product that has or had it; SUSE's "affected" files
//   and
//                          Microsoft's are of this class
//   others                 inventory, compliance: no vulnerability
//
// Which distribution a definition is about stands in its criteria (Oracle, SUSE) or, at Microsoft,
// in the dist tag of every version (.azl3, .cm2). Microsoft's `patchable` says "false" where there
// is no fix (the version is then the last known to be affected) and "Not Applicable" where the
// weakness never was in the package.
#include <algorithm>
#include <set>

#include "core/codec/xml.h"
#include "scan/advisory/advisory_id.h"
#include "scan/advisory/cvss.h"
#include "scan/advisory/feed_text.h"
#include "scan/advisory/oval_criteria.h"
#include "scan/advisory/state_mark.h"

namespace seaworthy {
namespace {

constexpr std::size_t kMaxCves = 5'000;       // of one definition
constexpr std::size_t kMaxRows = 12'000'000;  // of one document; Oracle's whole history has a tenth
constexpr const char* kStep = "read oval";

bool recognizes_oval(const FeedDocument& document) {
  const std::string_view front = front_of(document);
  return first_char(front) == '<' && front.find("oval_definitions") < 4 * kKiB;
}

struct Definition {
  std::string id, advisory_id, document;
  std::vector<std::string> cves;
  std::vector<Cvss> cvss;  // one for each of `cves`; no vector where there is none
  Severity severity = Severity::kUnknown;
  bool has_fix = true, applicable = true;
};

// "ELSA-2023-1234:  openssl security update (IMPORTANT)", "SUSE-SU-2023:1234-1: Security ...".
std::string title_id(std::string_view title) {
  const std::string_view word = title.substr(0, title.find_first_of(" \t\n"));
  return std::string(word.ends_with(':') ? word.substr(0, word.size() - 1) : word);
}

void add_cve(Definition& definition, const std::string& cve, Cvss cvss) {
  const auto known = std::find(definition.cves.begin(), definition.cves.end(), cve);
  if (known != definition.cves.end()) {
    Cvss& kept = definition.cvss[static_cast<std::size_t>(known - definition.cves.begin())];
    if (kept.vector.empty()) kept = std::move(cvss);
  } else if (definition.cves.size() < kMaxCves) {
    definition.cves.push_back(cve);
    definition.cvss.push_back(std::move(cvss));
  }
}

// `cvss3="7.5/CVSS:3.1/AV:N/..."`.
Cvss score_of(const XmlElement& cve) {
  const std::string_view text = cve.attribute("cvss3");
  const std::size_t slash = text.find("/CVSS:");
  if (slash == text.npos || text.size() > 300) return {};
  const std::string_view vector = text.substr(slash + 1);
  const auto base = cvss_base_score(vector);
  if (!base) return {};
  return {std::string(cvss_version(vector)), std::string(vector), *base, ""};
}

void read_dates(const XmlElement& metadata, FeedSink& sink) {
  const XmlElement& advisory = metadata["advisory"];
  for (const std::string_view text :
       {metadata["advisory_date"].trimmed(), advisory["issued"].attribute("date"),
        advisory["updated"].attribute("date")}) {
    if (const auto time = parse_time(text)) sink.data_as_of(*time);
  }
}

Definition read_metadata(const XmlElement& element) {
  const XmlElement& metadata = element["metadata"];
  const XmlElement& advisory = metadata["advisory"];
  Definition definition;
  definition.id = element.attribute("id");
  const bool patch = element.attribute("class") == "patch";
  for (const XmlElement& reference : metadata.children) {
    if (reference.name != "reference") continue;
    const std::string_view id = reference.attribute("ref_id");
    for (const std::string& cve : cve_ids_in(id)) add_cve(definition, cve, {});
    if (patch && definition.advisory_id.empty() && is_advisory_id(id)) definition.advisory_id = id;
  }
  for (const XmlElement& cve : advisory.children) {
    if (cve.name != "cve") continue;
    for (const std::string& id : cve_ids_in(cve.text)) add_cve(definition, id, score_of(cve));
  }
  const std::string title = title_id(metadata["title"].trimmed());
  if (definition.cves.empty() && is_cve(title)) add_cve(definition, title, {});
  if (patch && definition.advisory_id.empty()) definition.advisory_id = title;
  const std::string_view own = metadata["severity"].trimmed();
  definition.severity = parse_severity(own.empty() ? advisory["severity"].trimmed() : own)
                            .value_or(Severity::kUnknown);
  const std::string_view patchable = metadata["patchable"].trimmed();
  definition.has_fix = patchable != "false";
  definition.applicable = patchable != "Not Applicable";
  return definition;
}

// Microsoft's dist tags.
OvalPlace place_of_version(std::string_view version) {
  const auto number_behind = [&](std::string_view tag) -> std::string_view {
    const std::size_t at = version.rfind(tag);
    if (at == version.npos) return {};
    const std::string_view digits = version.substr(at + tag.size());
    return digits.size() == 1 && digits[0] >= '1' && digits[0] <= '9' ? digits : "";
  };
  if (const auto number = number_behind(".azl"); !number.empty()) {
    return {"azurelinux", std::string(number) + ".0", ""};
  }
  if (const auto number = number_behind(".cm"); !number.empty()) {
    return {"mariner", std::string(number) + ".0", ""};
  }
  return {};
}

class Reader {
 public:
  Reader(const FeedDocument& document, const OvalTests& tests, FeedSink& sink)
      : document_(document), tests_(tests), sink_(sink) {}

  Status read(const XmlElement& element);

 private:
  Status write(const Definition& definition, std::vector<OvalStatement>& statements);
  AdvisoryRow row_of(const Definition& definition, const OvalStatement& statement) const;
  void add_details(const Definition& definition, const XmlElement& metadata);
  void complain(const Definition& definition, std::string what) {
    sink_.problem(unreadable_record(definition.document, kStep, definition.id + ": " + what));
  }

  const FeedDocument& document_;
  const OvalTests& tests_;
  FeedSink& sink_;
  std::set<OvalPlace> places_;
  std::size_t rows_ = 0;
};

// Architectures of otherwise equal statements become one row.
void join_architectures(std::vector<OvalStatement>& statements) {
  const auto same = [](const OvalStatement& a, const OvalStatement& b) {
    return a.place == b.place && a.package == b.package && a.module == b.module &&
           a.range == b.range && a.version == b.version && a.not_affected == b.not_affected &&
           a.understood == b.understood;
  };
  const auto before = [](const OvalStatement& a, const OvalStatement& b) {
    return std::tie(a.place, a.package, a.module, a.range.fixed, a.range.introduced,
                    a.range.last_affected, a.version, a.not_affected, a.understood) <
           std::tie(b.place, b.package, b.module, b.range.fixed, b.range.introduced,
                    b.range.last_affected, b.version, b.not_affected, b.understood);
  };
  std::stable_sort(statements.begin(), statements.end(), before);
  std::vector<OvalStatement> joined;
  for (OvalStatement& statement : statements) {
    if (joined.empty() || !same(joined.back(), statement)) {
      joined.push_back(std::move(statement));
      continue;
    }
    std::vector<std::string>& archs = joined.back().archs;
    if (archs.empty() || statement.archs.empty()) {
      archs.clear();
      continue;
    }
    for (std::string& arch : statement.archs) {
      if (std::find(archs.begin(), archs.end(), arch) == archs.end()) archs.push_back(arch);
    }
  }
  statements = std::move(joined);
}

AdvisoryRow Reader::row_of(const Definition& definition, const OvalStatement& statement) const {
  AdvisoryRow row;
  row.advisory_id = definition.advisory_id;
  row.severity = definition.severity;
  row.module = statement.module;
  row.channel = statement.place.channel;
  row.document = definition.document;
  for (const std::string& arch : statement.archs) row.arch += (row.arch.empty() ? "" : "|") + arch;
  if (!statement.understood) {
    row.status = AdvisoryStatus::kUndetermined;
    row.note = "the advisory's criteria are not understood";
    return row;
  }
  if (statement.not_affected || !definition.applicable) row.status = AdvisoryStatus::kNotAffected;
  if (!statement.version.empty()) {
    row.versions = {statement.version};
  } else if (statement.range != VersionRange{}) {
    row.ranges = {statement.range};
    if (row.ranges[0].introduced.empty()) row.ranges[0].introduced = "0";
  }
  if (row.status == AdvisoryStatus::kAffected) {
    row.fix_state = statement.range.fixed.empty() ? FixState::kNotFixed : FixState::kFixed;
  }
  return row;
}

Status Reader::write(const Definition& definition, std::vector<OvalStatement>& statements) {
  join_architectures(statements);
  bool homeless = false;
  for (OvalStatement& statement : statements) {
    if (statement.place.ecosystem.empty()) {
      statement.place = place_of_version(
          statement.range.fixed.empty() ? statement.range.last_affected : statement.range.fixed);
    }
    const OvalPlace& place = statement.place;
    homeless = homeless || place.ecosystem.empty();
    if (place.ecosystem.empty()) continue;
    if (places_.insert(place).second) sink_.scope(place.ecosystem, place.release);
    AdvisoryRow row = row_of(definition, statement);
    for (const std::string& weakness : definition.cves) {
      if (++rows_ > kMaxRows) {
        return Error{ErrorCode::kLimitExceeded,
                     definition.id + ": more rows than any advisory source has"};
      }
      row.vulnerability = weakness;
      sink_.row({place.ecosystem, place.release, statement.package}, row);
    }
  }
  if (homeless) complain(definition, "neither criteria nor versions name a distribution's release");
  return ok_status();
}

void Reader::add_details(const Definition& definition, const XmlElement& metadata) {
  const bool described = definition.cves.size() == 1 && definition.advisory_id.empty() &&
                         title_id(metadata["title"].trimmed()) == metadata["title"].trimmed();
  for (std::size_t i = 0; i < definition.cves.size(); ++i) {
    if (!is_cve(definition.cves[i]) || (definition.cvss[i].vector.empty() && !described)) continue;
    VulnerabilityDetails details;
    details.id = definition.cves[i];
    details.document = definition.document;
    if (!definition.cvss[i].vector.empty()) details.cvss.push_back(definition.cvss[i]);
    if (described) details.summary = one_line(metadata["description"].text);
    details.state = state_marked_in(details.summary);
    sink_.details(std::move(details));
  }
}

Status Reader::read(const XmlElement& element) {
  const std::string_view kind = element.attribute("class");
  if (kind != "patch" && kind != "vulnerability") {
    sink_.skipped("OVAL: a definition that is about no vulnerability");
    return ok_status();
  }
  Definition definition = read_metadata(element);
  definition.document = at_line(document_.path, element.line);
  if (is_maintenance_advisory(definition.advisory_id)) {
    sink_.skipped("bug-fix or enhancement advisory");
    return ok_status();
  }
  if (definition.cves.empty()) {
    if (!is_advisory_id(definition.advisory_id)) {
      complain(definition, "names neither a CVE nor an advisory");
      return ok_status();
    }
    definition.cves = {definition.advisory_id};
    definition.cvss.resize(1);
  }
  ASSIGN_OR_RETURN(OvalAnswer answer, evaluate_criteria(element["criteria"], tests_));
  for (const std::string& why : answer.skipped) sink_.skipped(why);
  for (const std::string& what : answer.not_understood) {
    complain(definition, "criteria that are not understood: " + what);
  }
  if (answer.statements.empty()) {
    if (answer.skipped.empty()) complain(definition, "no package in its criteria");
    return ok_status();
  }
  sink_.record();
  read_dates(element["metadata"], sink_);
  add_details(definition, element["metadata"]);
  return write(definition, answer.statements);
}

Status parse_oval(const FeedDocument& document, const Limits& limits, FeedSink& sink) {
  ASSIGN_OR_RETURN(const OvalTests tests, OvalTests::read(document.bytes, limits));
  if (const auto time = parse_time(tests.timestamp())) sink.data_as_of(*time);
  ASSIGN_OR_RETURN(XmlReader reader, XmlReader::open(document.bytes, limits));
  Reader definitions(document, tests, sink);
  for (;;) {
    ASSIGN_OR_RETURN(const bool more, reader.next());
    if (!more) return ok_status();
    if (reader.name() != "definition") continue;
    ASSIGN_OR_RETURN(const XmlElement element, reader.element());
    RETURN_IF_ERROR(definitions.read(element));
  }
}

}  // namespace

extern const Feed kOval;
const Feed kOval{
    .name = "oval",
    .description = "OVAL definitions of Oracle Linux, Azure Linux, CBL-Mariner, SUSE and openSUSE",
    .source = "https://linux.oracle.com/security/oval/com.oracle.elsa-all.xml.bz2",
    .recognizes = recognizes_oval,
    .parse = parse_oval,
};

}  // namespace seaworthy
