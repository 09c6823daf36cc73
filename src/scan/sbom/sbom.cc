// Which form a document has is told by its first bytes and members, never by a file's name: an
// attestation may carry any of them, and files of all of them end in .json.
#include "scan/sbom/sbom.h"

#include "core/codec/digest.h"
#include "scan/sbom/sbom_parsers.h"

namespace seaworthy {
namespace {

constexpr std::string_view kForms =
    "CycloneDX 1.2 to 1.6 (JSON, XML) and SPDX 2.2 and 2.3 (JSON, tag-value) are read";

Error not_read(ErrorCode code, std::string what) {
  return {code, std::move(what) + "; " + std::string(kForms)};
}

// Says what a document is instead, where that can be told.
Error unknown_json(const JsonValue& root) {
  if (root["@graph"].exists() || root["@context"].exists()) {
    return not_read(ErrorCode::kUnsupported, "SPDX 3 or another JSON-LD document");
  }
  if (root["artifacts"].exists() && root["descriptor"]["name"].text() == "syft") {
    return not_read(ErrorCode::kUnsupported, "Syft's own JSON");
  }
  if (root["SchemaVersion"].exists() && root["Results"].exists()) {
    return not_read(ErrorCode::kUnsupported, "a report of Trivy");
  }
  if (root["schema"].text().starts_with("seaworthy.report/")) {
    return not_read(ErrorCode::kUnsupported, "a report of Seaworthy");
  }
  return not_read(ErrorCode::kInvalidInput,
                  "no bill of materials: it has neither bomFormat nor spdxVersion");
}

Result<Report> parse(std::string_view bytes, const Limits& limits, bool may_be_attestation);

Result<Report> parse_attestation(const JsonValue& root, const Limits& limits) {
  ASSIGN_OR_RETURN(const Attested attested, unwrap_attestation(root, limits));
  auto report = parse(attested.document, limits, false);
  if (!report) return std::move(report).error().during("attestation");
  if (report->target.digest.empty() && is_digest(attested.subject_digest)) {
    report->target.digest = attested.subject_digest;
  }
  report->inventory.problems.push_back({"", -1, "read SBOM", problem::kDocument,
                                        attested.is_signed
                                            ? "an attestation, whose signature was not verified"
                                            : "an attestation without a signature"});
  sort_problems(report->inventory.problems);
  report->problems = report->inventory.problems;
  return report;
}

Result<Report> parse_json(std::string_view bytes, const Limits& limits, bool may_be_attestation) {
  JsonDocument document;
  RETURN_IF_ERROR(document.parse(bytes, limits));
  const JsonValue root = document.root();
  if (root["bomFormat"].text() == "CycloneDX") return read_cyclonedx_json(root, limits);
  if (root["spdxVersion"].exists()) return read_spdx_json(root, limits);
  if (!is_attestation(root)) return unknown_json(root);
  if (may_be_attestation) return parse_attestation(root, limits);
  return Error{ErrorCode::kUnsupported, "an attestation inside an attestation"};
}

Result<Report> parse(std::string_view bytes, const Limits& limits, bool may_be_attestation) {
  if (bytes.size() > limits.document_bytes) {
    return over_limit(limits, &Limits::document_bytes, "bill of materials");
  }
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (bytes.starts_with(kByteOrderMark)) bytes.remove_prefix(kByteOrderMark.size());
  const std::size_t begin = bytes.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return Error{ErrorCode::kInvalidInput, "it is empty"};
  const std::string_view text = bytes.substr(begin);
  if (text.front() == '<') return read_cyclonedx_xml(text, limits);
  // A comment may stand before the first tag.
  if (text.substr(0, 64 * kKiB).find("SPDXVersion:") != std::string_view::npos &&
      text.front() != '{') {
    return read_spdx_tag(text, limits);
  }
  return parse_json(text, limits, may_be_attestation);
}

}  // namespace

Result<Report> parse_sbom(std::string_view bytes, const Limits& limits) {
  return parse(bytes, limits, true);
}

}  // namespace seaworthy
