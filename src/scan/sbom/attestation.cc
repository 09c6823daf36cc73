// In-toto attestations of a bill of materials, as `docker buildx`, cosign and GitHub store them.
//
//   bundle     Sigstore: {"mediaType": "application/vnd.dev.sigstore.bundle...", "dsseEnvelope"}
//   envelope   DSSE 1.0: {"payloadType": "application/vnd.in-toto+json", "payload": base64,
//              "signatures"}
//   statement  in-toto 0.1 and 1: {"_type", "subject": [{"digest"}], "predicateType", "predicate"}
//   predicate  the document itself; cosign's first releases put it, as text or as an object, into a
//              member "Data"
//
// Signatures are not looked at: that needs keys and a policy, which a scan does not have.
#include "core/codec/digest.h"
#include "scan/sbom/sbom_parsers.h"

namespace seaworthy {
namespace {

Result<Attested> unwrap_statement(const JsonValue& statement, bool is_signed) {
  const std::string_view type = statement["_type"].text();
  if (!type.starts_with("https://in-toto.io/Statement/")) {
    return Error{ErrorCode::kUnsupported, "the attestation is no in-toto statement but '" +
                                              std::string(type.substr(0, 100)) + "'"};
  }
  const std::string_view predicate_type = statement["predicateType"].text();
  if (predicate_type.find("cyclonedx") == std::string_view::npos &&
      predicate_type.find("spdx") == std::string_view::npos) {
    return Error{ErrorCode::kUnsupported, "the attestation is about '" +
                                              std::string(predicate_type.substr(0, 200)) +
                                              "', no bill of materials"};
  }
  Attested attested;
  attested.is_signed = is_signed;
  for (const JsonValue& subject : statement["subject"].elements()) {
    const std::string_view hex = subject["digest"]["sha256"].text();
    if (attested.subject_digest.empty() && !hex.empty()) {
      attested.subject_digest = "sha256:" + std::string(hex);
    }
  }
  JsonValue predicate = statement["predicate"];
  if (predicate["Data"].exists()) predicate = predicate["Data"];
  if (!predicate.exists()) {
    return Error{ErrorCode::kInvalidInput, "the attestation has no predicate"};
  }
  attested.document = predicate.is_string() ? std::string(predicate.text()) : predicate.raw();
  return attested;
}

}  // namespace

bool is_attestation(const JsonValue& root) {
  return root["dsseEnvelope"].is_object() || root["payloadType"].exists() ||
         root["predicateType"].exists();
}

Result<Attested> unwrap_attestation(const JsonValue& root, const Limits& limits) {
  if (root["predicateType"].exists()) return unwrap_statement(root, false);
  const JsonValue envelope = root["dsseEnvelope"].is_object() ? root["dsseEnvelope"] : root;
  const std::string_view type = envelope["payloadType"].text();
  if (type != "application/vnd.in-toto+json") {
    return Error{ErrorCode::kUnsupported, "a signed envelope around '" +
                                              std::string(type.substr(0, 100)) +
                                              "', no in-toto statement"};
  }
  auto payload = from_base64(envelope["payload"].text());
  if (!payload) return std::move(payload).error().during("payload of the attestation");
  JsonDocument statement;
  if (Status parsed = statement.parse(*payload, limits); !parsed) {
    return std::move(parsed).error().during("payload of the attestation");
  }
  return unwrap_statement(statement.root(), !envelope["signatures"].elements().empty());
}

}  // namespace seaworthy
