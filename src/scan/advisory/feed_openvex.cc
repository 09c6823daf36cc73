// OpenVEX 0.2.0 (https://github.com/openvex/spec): what somebody who knows a product says about
// vulnerabilities of its parts. VEX repositories (https://github.com/aquasecurity/vex-repo-spec)
// hold one or more such documents for each product, under its purl, with an index.
//
//   {"@context": "https://openvex.dev/ns/v0.2.0", "@id", "author", "timestamp", "last_updated",
//    "statements": [{"vulnerability": {"name", "aliases"}, "products": [{"@id", "identifiers":
//      {"purl"}, "subcomponents": [{"@id"}]}], "status", "justification", "impact_statement",
//      "action_statement", "timestamp", "last_updated"}]}
//
// A statement holds for every product in it; what it leaves out (author, time, in 0.1 the products)
// is the document's. Statements are no advisories: nothing is found because of them, and what they
// say of a finding is applied in triage, with their author shown. So they are stored as they are.
#include "core/codec/json.h"
#include "core/model/package.h"
#include "scan/advisory/feed_text.h"

namespace seaworthy {
namespace {

constexpr std::size_t kMaxProducts = 5'000;  // of one statement, and parts of one product
constexpr std::size_t kMaxText = 4 * kKiB;
constexpr const char* kStep = "read openvex";

bool recognizes_openvex(const FeedDocument& document) {
  const std::string_view front = front_of(document);
  return first_char(front) == '{' && front.find("openvex.dev/ns") != front.npos &&
         has_keys(front, {"@context"});
}

// Statements are shown to people as they are: no line ends and no terminal's control characters.
std::string plain_text(std::string_view given) {
  std::string text(given.substr(0, kMaxText));
  for (char& c : text) {
    if ((c >= 0 && c < ' ') || c == 0x7f) c = ' ';
  }
  return text;
}

std::string text_of(const JsonValue& value) {
  return plain_text(value.text());
}

// A product or part: its purl, else its id whatever that is.
std::string identity_of(const JsonValue& product) {
  const std::string_view purl = product["identifiers"]["purl"].text();
  const std::string_view id = product.is_string() ? product.text() : product["@id"].text();
  const std::string_view best = purl.empty() ? id : purl;
  const auto parsed = parse_purl(best);
  return parsed ? to_text(*parsed) : plain_text(best);
}

// 0.1 writes the id as a text, 0.2 as an object with a name.
std::string vulnerability_of(const JsonValue& statement) {
  const JsonValue vulnerability = statement["vulnerability"];
  return text_of(vulnerability.is_string() ? vulnerability : vulnerability["name"]);
}

class Reader {
 public:
  Reader(const JsonValue& root, const FeedDocument& document, FeedSink& sink)
      : root_(root), document_(document), sink_(sink) {}

  void read();

 private:
  void read_statement(const JsonValue& statement);
  void note_date(const JsonValue& object);

  const JsonValue root_;
  const FeedDocument& document_;
  FeedSink& sink_;
};

void Reader::note_date(const JsonValue& object) {
  for (const char* key : {"timestamp", "last_updated"}) {
    if (const auto time = parse_time(object[key].text())) sink_.data_as_of(*time);
  }
}

void Reader::read_statement(const JsonValue& statement) {
  const auto refuse = [&](const std::string& why) {
    sink_.problem(unreadable_record(document_.path, kStep, why));
  };
  VexStatement vex;
  vex.vulnerability = vulnerability_of(statement);
  if (vex.vulnerability.empty()) return refuse("a statement without a vulnerability");
  const auto status = parse_vex_status(statement["status"].text());
  if (!status) {
    return refuse(vex.vulnerability + ": the status '" + text_of(statement["status"]) +
                  "' is none of OpenVEX");
  }
  vex.status = *status;
  for (const JsonValue& alias : statement["vulnerability"]["aliases"].elements()) {
    if (vex.aliases.size() < 100) vex.aliases.push_back(text_of(alias));
  }
  vex.justification = text_of(statement["justification"]);
  vex.impact = text_of(statement["impact_statement"]);
  vex.action = text_of(statement["action_statement"]);
  vex.author = text_of(root_["author"]);
  for (const JsonValue& object : {statement, root_}) {
    for (const char* key : {"last_updated", "timestamp"}) {
      if (vex.timestamp.empty()) vex.timestamp = text_of(object[key]);
    }
  }
  vex.document = document_.path;
  const JsonValue products =
      statement["products"].is_array() ? statement["products"] : root_["products"];
  std::size_t count = 0;
  for (const JsonValue& product : products.elements()) {
    vex.product = identity_of(product);
    if (vex.product.empty()) continue;
    if (++count > kMaxProducts) return refuse(vex.vulnerability + ": more products than are kept");
    vex.parts.clear();
    for (const JsonValue& part : product["subcomponents"].elements()) {
      if (vex.parts.size() < kMaxProducts) vex.parts.push_back(identity_of(part));
    }
    sink_.vex(vex);
  }
  if (count == 0) return refuse(vex.vulnerability + ": a statement about no product");
  sink_.record();
  note_date(statement);
}

void Reader::read() {
  note_date(root_);
  for (const JsonValue& statement : root_["statements"].elements()) read_statement(statement);
}

Status parse_openvex(const FeedDocument& document, const Limits& limits, FeedSink& sink) {
  JsonDocument json;
  RETURN_IF_ERROR(json.parse(document.bytes, limits));
  Reader(json.root(), document, sink).read();
  return ok_status();
}

}  // namespace

extern const Feed kOpenVex;
const Feed kOpenVex{
    .name = "openvex",
    .description = "OpenVEX statements and VEX repositories; kept for triage, no advisories",
    .source = "https://github.com/aquasecurity/vexhub",
    .recognizes = recognizes_openvex,
    .parse = parse_openvex,
};

}  // namespace seaworthy
