#include <map>

#include "core/codec/pack.h"
#include "scan/advisory/records.h"

namespace seaworthy {
namespace {

// The texts of a statement, in the order in which they are stored.
constexpr std::string VexStatement::*kTexts[]{&VexStatement::product, &VexStatement::justification,
                                              &VexStatement::impact,  &VexStatement::action,
                                              &VexStatement::author,  &VexStatement::timestamp,
                                              &VexStatement::document};

}  // namespace

std::string pack_vex(const std::vector<VexStatement>& statements) {
  std::vector<std::string> texts;
  std::map<std::string_view, std::uint64_t> numbers;
  const auto number_of = [&](const std::string& text) {
    const auto [at, added] = numbers.emplace(text, texts.size());
    if (added) texts.push_back(text);
    return at->second;
  };
  Packer body;
  body.list(statements, [&](const VexStatement& statement) {
    body.number(static_cast<std::uint64_t>(statement.status));
    for (const auto text : kTexts) body.number(number_of(statement.*text));
    for (const auto* list : {&statement.aliases, &statement.parts}) {
      body.list(*list, [&](const std::string& text) { body.number(number_of(text)); });
    }
  });
  Packer out;
  out.texts(texts);
  return std::move(out).bytes() + body.bytes();
}

Result<std::vector<VexStatement>> unpack_vex(std::string_view id, std::string_view bytes) {
  Unpacker in(bytes);
  const std::vector<std::string> texts = in.texts();
  bool known = true;
  const auto text = [&]() -> std::string {
    const std::uint64_t number = in.number();
    known = known && number < texts.size();
    return known ? texts[number] : std::string();
  };
  std::vector<VexStatement> statements(in.list_size(10));
  for (VexStatement& statement : statements) {
    statement.vulnerability = id;
    statement.status = in.choice(VexStatus::kEnd);
    for (const auto field : kTexts) statement.*field = text();
    for (auto* list : {&statement.aliases, &statement.parts}) {
      list->resize(in.list_size());
      for (std::string& one : *list) one = text();
    }
  }
  RETURN_IF_ERROR(in.finish("VEX statements"));
  if (!known) return Error{ErrorCode::kInvalidInput, "VEX statements: a text that is not there"};
  return statements;
}

}  // namespace seaworthy
