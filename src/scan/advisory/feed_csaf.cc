// CSAF 2.0 (OASIS Common Security Advisory Framework, 2022): VEX documents, one for a CVE, and
// advisories, one for an erratum. Both have one form: a product tree, and for every vulnerability
// lists of product ids by status, with remediations, impacts and justifications that name the same
// ids. Red Hat's and SUSE's whole product lines are published so (csaf_vendor.cc); other vendors'
// documents are read where a purl places a package on a distribution.
//
// What a status list means:
//   fixed, first_fixed, recommended   affected below the build that is named
//   known_affected                    affected in every version; remediations say why there is no
//   fix known_not_affected                of a build: that build; of a name: every version
//   under_investigation               nobody knows yet, which is not the same as clean
//
// A document about the kernel names ten thousand products and has megabytes, so ids are looked up
// in tables that are made once. The document is parsed as a whole (simdjson's DOM): lists refer to
// each other in any order, and a reader that sees every value once would have to keep most of them.
#include <algorithm>

#include "core/codec/json.h"
#include "scan/advisory/advisory_id.h"
#include "scan/advisory/csaf_products.h"
#include "scan/advisory/csaf_statements.h"
#include "scan/advisory/csaf_vendor.h"
#include "scan/advisory/cvss.h"
#include "scan/advisory/feed_text.h"
#include "scan/advisory/state_mark.h"

namespace seaworthy {
namespace {

constexpr std::uint64_t kMaxDocumentBytes = 128 * kMiB;  // the largest that are known have 60
constexpr std::size_t kMaxReferences = 12;
constexpr std::size_t kMaxScores = 8;

bool recognizes_csaf(const FeedDocument& document) {
  const std::string_view front = front_of(document);
  return first_char(front) == '{' && has_keys(front, {"document", "csaf_version"});
}

// Text of the note of a category; "" where there is none.
std::string_view note_of(const JsonValue& vulnerability, std::string_view category) {
  for (const JsonValue& note : vulnerability["notes"].elements()) {
    if (note["category"].text() == category) return note["text"].text();
  }
  return {};
}

void read_scores(const JsonValue& vulnerability, std::vector<Cvss>& scores) {
  for (const JsonValue& entry : vulnerability["scores"].elements()) {
    for (const char* key : {"cvss_v4", "cvss_v3", "cvss_v2"}) {
      const JsonValue cvss = entry[key];
      const std::string_view vector = cvss["vectorString"].text();
      if (vector.empty() || vector.size() > 300 || scores.size() == kMaxScores) continue;
      const bool known = std::any_of(scores.begin(), scores.end(),
                                     [&](const Cvss& other) { return other.vector == vector; });
      if (known) continue;
      const double base = cvss["baseScore"].real();
      scores.push_back({std::string(cvss_version(vector)), std::string(vector),
                        base >= 0 && base <= 10 ? base : 0, ""});
    }
  }
}

class Reader {
 public:
  Reader(const JsonValue& root, const FeedDocument& document, FeedSink& sink)
      : root_(root), document_(document), sink_(sink), header_(root["document"]) {}

  void read();

 private:
  void read_vulnerability(const JsonValue& vulnerability);
  VulnerabilityDetails details_of(const JsonValue& vulnerability, std::string id) const;

  const JsonValue root_;
  const FeedDocument& document_;
  FeedSink& sink_;
  const JsonValue header_;
  CsafProducts products_;
  const CsafVendor* vendor_ = nullptr;
};

void Reader::read() {
  const JsonValue tracking = header_["tracking"];
  if (tracking["status"].text() == "deleted") {
    sink_.skipped("CSAF: a document that its publisher has withdrawn");
    return;
  }
  const auto time = parse_time(tracking["current_release_date"].text());
  if (sink_.is_removed(document_.path, time.value_or(0))) {
    sink_.skipped("CSAF: a document that its publisher removed after its last change");
    return;
  }
  if (time) sink_.data_as_of(*time);
  sink_.record();
  vendor_ = csaf_vendor(header_["publisher"]["namespace"].text());
  products_ = CsafProducts::read(root_["product_tree"]);
  for (const JsonValue& vulnerability : root_["vulnerabilities"].elements()) {
    read_vulnerability(vulnerability);
  }
}

VulnerabilityDetails Reader::details_of(const JsonValue& vulnerability, std::string id) const {
  VulnerabilityDetails details;
  details.id = std::move(id);
  for (const std::string_view text :
       {vulnerability["title"].text(), note_of(vulnerability, "summary"),
        note_of(vulnerability, "description"), header_["title"].text()}) {
    if (details.summary.empty()) details.summary = one_line(text);
    if (details.state == AdvisoryState::kActive) details.state = state_marked_in(text);
  }
  details.severity =
      parse_severity(header_["aggregate_severity"]["text"].text()).value_or(Severity::kUnknown);
  read_scores(vulnerability, details.cvss);
  details.published = vulnerability["release_date"].text();
  if (details.published.empty()) {
    details.published = header_["tracking"]["initial_release_date"].text();
  }
  details.modified = header_["tracking"]["current_release_date"].text();
  for (const JsonValue& reference : vulnerability["references"].elements()) {
    if (details.references.size() == kMaxReferences) break;
    add_reference(details, reference["url"].text());
  }
  details.document = document_.path;
  return details;
}

void Reader::read_vulnerability(const JsonValue& vulnerability) {
  const std::string_view own_id = header_["tracking"]["id"].text();
  std::string id(vulnerability["cve"].text());
  if (id.empty()) id = own_id;
  if (id.empty()) {
    sink_.problem(unreadable_record(document_.path, "read csaf", "a vulnerability without an id"));
    return;
  }
  VulnerabilityDetails details = details_of(vulnerability, id);
  CsafSubject subject;
  subject.vulnerability = id;
  subject.advisory = is_advisory_id(own_id) ? own_id : std::string_view();
  subject.document = document_.path;
  subject.severity = details.severity;
  subject.state = details.state;
  sink_.details(std::move(details));
  read_csaf_statements(vulnerability, products_, *vendor_, subject, sink_);
}

Status parse_csaf(const FeedDocument& document, const Limits& limits, FeedSink& sink) {
  Limits own = limits;
  own.document_bytes = std::min(limits.document_bytes, kMaxDocumentBytes);
  JsonDocument json;
  RETURN_IF_ERROR(json.parse(document.bytes, own));
  Reader(json.root(), document, sink).read();
  return ok_status();
}

}  // namespace

extern const Feed kCsaf;
const Feed kCsaf{
    .name = "csaf",
    .description = "CSAF 2.0 VEX documents and advisories: Red Hat, SUSE, others by purl",
    .source = "https://security.access.redhat.com/data/csaf/v2/vex/",
    .recognizes = recognizes_csaf,
    .parse = parse_csaf,
};

}  // namespace seaworthy
