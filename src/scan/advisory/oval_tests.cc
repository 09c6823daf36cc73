// OVAL keeps a question in three places: a test names an object (which rpm) and states (which
// version, architecture, key), and criteria name the test. The order of the three in a document is
// the generator's affair, so all of it is read before anything is joined. Definitions are skipped
// here.
#include "scan/advisory/oval_tests.h"

#include <utility>
#include <vector>

#include "core/codec/xml.h"

namespace seaworthy {
namespace {

constexpr std::size_t kMaxEntries = 3'000'000;  // of each kind; Oracle's whole history has a tenth

struct State {
  std::string operation, evr, arch;
  bool about_more = false;  // a version, key or anything else beside or instead of evr and arch
};

struct Reference {
  std::string object;
  std::vector<std::string> states;
  bool rpm = false, absent = false;
};

std::string without_zero_epoch(std::string_view evr) {
  return std::string(evr.starts_with("0:") ? evr.substr(2) : evr);
}

State read_state(const XmlElement& element) {
  State state;
  for (const XmlElement& field : element.children) {
    const std::string_view value = field.trimmed();
    if (field.name == "evr") {
      state.evr = without_zero_epoch(value);
      state.operation = field.attribute("operation");
      if (state.operation.empty()) state.operation = "equals";
    } else if (field.name == "arch") {
      state.arch = value;
    } else {
      state.about_more = true;
    }
  }
  return state;
}

Reference read_test(const XmlElement& element) {
  Reference test;
  test.rpm = element.name == "rpminfo_test";
  const std::string_view existence = element.attribute("check_existence");
  test.absent = existence == "none_exist" || element.attribute("check") == "none satisfy";
  for (const XmlElement& part : element.children) {
    if (part.name == "object") test.object = part.attribute("object_ref");
    if (part.name == "state") test.states.emplace_back(part.attribute("state_ref"));
  }
  return test;
}

struct Parts {
  std::unordered_map<std::string, std::string> objects;
  std::unordered_map<std::string, State> states;
  std::unordered_map<std::string, Reference> tests;
};

OvalQuestion join(const Reference& test, const Parts& parts) {
  OvalQuestion question;
  const auto object = parts.objects.find(test.object);
  if (!test.rpm || test.absent || object == parts.objects.end()) return question;
  question.name = object->second;
  question.kind = OvalQuestion::Kind::kPackage;
  for (const std::string& id : test.states) {
    const auto state = parts.states.find(id);
    if (state == parts.states.end()) return OvalQuestion{};
    const bool only_arch = state->second.operation.empty() && !state->second.arch.empty();
    if (state->second.about_more || only_arch) question.kind = OvalQuestion::Kind::kOther;
    // Two versions in one test, or two architectures, are a form of their own.
    const bool twice = (!question.operation.empty() && !state->second.operation.empty()) ||
                       (!question.arch.empty() && !state->second.arch.empty());
    if (twice) return OvalQuestion{};
    if (!state->second.operation.empty()) {
      question.operation = state->second.operation;
      question.evr = state->second.evr;
    }
    if (!state->second.arch.empty()) question.arch = state->second.arch;
  }
  return question;
}

}  // namespace

Result<OvalTests> OvalTests::read(std::string_view bytes, const Limits& limits) {
  OvalTests out;
  Parts parts;
  ASSIGN_OR_RETURN(XmlReader reader, XmlReader::open(bytes, limits));
  for (;;) {
    ASSIGN_OR_RETURN(const bool more, reader.next());
    if (!more) break;
    const std::string_view name = reader.name();
    const bool test = name.ends_with("_test"), object = name == "rpminfo_object";
    const bool state = name == "rpminfo_state", time = name == "timestamp";
    if (!test && !object && !state && !time) continue;
    ASSIGN_OR_RETURN(const XmlElement element, reader.element());
    std::string id(element.attribute("id"));
    if (time && out.timestamp_.empty()) out.timestamp_ = element.trimmed();
    if (object) parts.objects.emplace(std::move(id), element["name"].trimmed());
    if (state) parts.states.emplace(std::move(id), read_state(element));
    if (test) parts.tests.emplace(std::move(id), read_test(element));
    if (std::max({parts.objects.size(), parts.states.size(), parts.tests.size()}) > kMaxEntries) {
      return Error{ErrorCode::kLimitExceeded, "line " + std::to_string(reader.line()) +
                                                  ": more tests than any advisory source has"};
    }
  }
  out.questions_.reserve(parts.tests.size());
  for (const auto& [id, test] : parts.tests) out.questions_.emplace(id, join(test, parts));
  return out;
}

const OvalQuestion* OvalTests::find(std::string_view id) const {
  const auto found = questions_.find(std::string(id));
  return found == questions_.end() ? nullptr : &found->second;
}

}  // namespace seaworthy
