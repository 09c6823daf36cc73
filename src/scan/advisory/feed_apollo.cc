// Rocky Linux's errata, as its Apollo service gives them: pages of advisories in JSON, in two
// forms.
//
//   v3   {"advisories": [{"name": "RLSA-2024:1", "kind": "Security", "severity": "Moderate",
//          "cves": [{"cve": "CVE-2024-1", ...}], "packages": [{"nevra":
//          "bash-0:5.1-1.el9.x86_64.rpm", "module_name": "", "module_stream": "", "product_name":
//          "Rocky Linux 9 x86_64"}]}]}
//   v2   {"advisories": [{"name": "RLSA-2024:1", "type": "TYPE_SECURITY", "severity":
//          "SEVERITY_MODERATE", "cves": [{"name": "CVE-2024-1"}],
//          "rpms": {"Rocky Linux 9": {"nvras": ["bash-0:5.1-1.el9.x86_64.rpm"]}}}]}
//
// Both list binary builds, so a row is a fix of one binary package. The module stream stands in v3
// only; in v2 a modular build has none, and a match of one is undetermined (matching rule 23).
#include <map>
#include <set>
#include <tuple>

#include "core/codec/json.h"
#include "scan/advisory/advisory_id.h"
#include "scan/advisory/feed_text.h"
#include "scan/advisory/osv_affected.h"

namespace seaworthy {
namespace {

constexpr std::string_view kProduct = "Rocky Linux ";

bool recognizes_apollo(const FeedDocument& document) {
  const std::string_view front = front_of(document);
  return first_char(front) == '{' && has_keys(front, {"advisories"}) &&
         (has_keys(front, {"cves"}) || has_keys(front, {"affected_products"}) ||
          has_keys(front, {"shortCode"}));
}

struct Build {
  std::string name, version, arch;
};

// "python3-libs-0:3.9.18-3.el9.x86_64.rpm"; an empty name where it is nothing of the kind.
Build build_of(std::string_view nevra) {
  if (nevra.ends_with(".rpm")) nevra.remove_suffix(4);
  const auto dot = nevra.rfind('.');
  if (dot == nevra.npos) return {};
  const std::string_view rest = nevra.substr(0, dot);
  const auto release = rest.rfind('-');
  if (release == rest.npos || release == 0) return {};
  const auto version = rest.rfind('-', release - 1);
  if (version == rest.npos || version == 0) return {};
  std::string_view evr = rest.substr(version + 1);
  if (evr.starts_with("0:")) evr.remove_prefix(2);
  return {std::string(rest.substr(0, version)), std::string(evr),
          std::string(nevra.substr(dot + 1))};
}

// "9" of "Rocky Linux 9 x86_64" and "Rocky Linux 9"; "" of another product.
std::string release_of(std::string_view product) {
  if (!product.starts_with(kProduct)) return {};
  product.remove_prefix(kProduct.size());
  const auto end = std::min(product.find_first_not_of("0123456789"), product.size());
  return std::string(product.substr(0, end));
}

class Reader {
 public:
  Reader(const JsonValue& advisory, const FeedDocument& document, FeedSink& sink)
      : advisory_(advisory), document_(document), sink_(sink), id_(advisory["name"].text()) {}

  void read();

 private:
  // Release, package, version, module.
  using Fix = std::tuple<std::string, std::string, std::string, std::string>;
  void add(std::string_view product, std::string_view nevra, const std::string& module);
  void read_packages();
  void give_details(const std::vector<std::string>& cves);

  const JsonValue advisory_;
  const FeedDocument& document_;
  FeedSink& sink_;
  const std::string id_;
  Severity severity_ = Severity::kUnknown;
  std::map<Fix, std::set<std::string>> archs_;
  std::size_t unreadable_ = 0;
};

void Reader::add(std::string_view product, std::string_view nevra, const std::string& module) {
  const std::string release = release_of(product);
  const Build build = build_of(nevra);
  if (release.empty() || build.name.empty()) {
    ++unreadable_;
    return;
  }
  if (build.arch == "src") return;  // its binaries stand beside it
  std::string stream = module;
  if (stream.empty() && is_module_build(build.version)) stream = "?:?";
  archs_[{release, build.name, build.version, std::move(stream)}].insert(build.arch);
}

void Reader::read_packages() {
  for (const JsonValue& package : advisory_["packages"].elements()) {
    std::string module;
    if (const std::string_view name = package["module_name"].text(); !name.empty()) {
      module = std::string(name) + ":" + std::string(package["module_stream"].text());
    }
    add(package["product_name"].text(), package["nevra"].text(), module);
  }
  for (const auto& [product, rpms] : advisory_["rpms"].members()) {
    for (const JsonValue& nevra : rpms["nvras"].elements()) add(product, nevra.text(), "");
  }
}

void Reader::give_details(const std::vector<std::string>& cves) {
  VulnerabilityDetails details;
  details.id = id_;
  details.summary = one_line(advisory_["synopsis"].text());
  details.severity = severity_;
  details.document = document_.path;
  for (const char* key : {"published_at", "publishedAt"}) {
    if (details.published.empty()) details.published = advisory_[key].text();
  }
  for (const std::string& cve : cves) {
    if (details.references.size() < 12) {
      details.references.push_back("https://www.cve.org/CVERecord?id=" + cve);
    }
  }
  sink_.details(std::move(details));
}

void Reader::read() {
  if (id_.empty()) {
    sink_.problem(unreadable_record(document_.path, "read apollo", "an advisory without a name"));
    return;
  }
  if (is_maintenance_advisory(id_)) {
    sink_.skipped("a bug-fix or enhancement advisory");
    return;
  }
  sink_.begin_entry();
  sink_.record();
  for (const char* key : {"published_at", "updated_at", "publishedAt"}) {
    if (const auto time = parse_time(advisory_[key].text())) sink_.data_as_of(*time);
  }
  std::string_view severity = advisory_["severity"].text();
  if (severity.starts_with("SEVERITY_")) severity.remove_prefix(9);
  severity_ = parse_severity(severity).value_or(Severity::kUnknown);
  std::vector<std::string> cves;
  for (const JsonValue& cve : advisory_["cves"].elements()) {
    const std::string_view id = cve["cve"].text().empty() ? cve["name"].text() : cve["cve"].text();
    if (is_cve(id)) cves.emplace_back(id);
  }
  if (cves.empty()) cves.push_back(id_);
  give_details(cves);
  read_packages();
  for (const auto& [fix, archs] : archs_) {
    const auto& [release, name, version, module] = fix;
    sink_.piece_of("rocky", release);
    AdvisoryRow row;
    row.advisory_id = id_;
    row.fix_state = FixState::kFixed;
    row.ranges = {VersionRange{"0", version, ""}};
    row.severity = severity_;
    row.module = module;
    row.document = document_.path;
    for (const std::string& arch : archs) row.arch += (row.arch.empty() ? "" : "|") + arch;
    for (const std::string& cve : cves) {
      row.vulnerability = cve;
      sink_.row({"rocky", release, name}, row);
    }
  }
  if (unreadable_ != 0) {
    sink_.problem(unreadable_record(document_.path, "read apollo",
                                    id_ + ": " + std::to_string(unreadable_) +
                                        " packages whose build or product is not known"));
  }
}

Status parse_apollo(const FeedDocument& document, const Limits& limits, FeedSink& sink) {
  JsonDocument json;
  RETURN_IF_ERROR(json.parse(document.bytes, limits));
  for (const JsonValue& advisory : json.root()["advisories"].elements()) {
    Reader(advisory, document, sink).read();
  }
  return ok_status();
}

}  // namespace

extern const Feed kApollo;
const Feed kApollo{
    .name = "apollo",
    .description = "Rocky Linux errata of the Apollo service",
    .source = "https://apollo.build.resf.org/api/v3/advisories",
    .recognizes = recognizes_apollo,
    .parse = parse_apollo,
};

}  // namespace seaworthy
