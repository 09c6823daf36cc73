#include "core/codec/toml.h"

#include <gtest/gtest.h>

namespace seaworthy {
namespace {

struct TomlCase {
  const char* name;
  const char* toml;
  const char* json;
};

TEST(Toml, BecomesJson) {
  const TomlCase cases[]{
      {"empty", "", "{}"},
      {"tables", "a = 1\n[b]\nc = 'x'\n[b.d]\ne = [true, 2.5]\n",
       R"({"a":1,"b":{"c":"x","d":{"e":[true,2.5]}}})"},
      {"array of tables", "[[a]]\nb = 1\n[[a]]\nb = 2\n", R"({"a":[{"b":1},{"b":2}]})"},
      {"quoted keys", "\"a.b\" = 1\n", R"({"a.b":1})"},
      {"text", "a = \"x\\ny \\u00e9\"\nb = '''\nraw\\n'''\n",
       "{\"a\":\"x\\ny \xc3\xa9\",\"b\":\"raw\\\\n\"}"},
      {"dates are text", "a = 2026-05-21\nb = 2026-05-21T01:02:03Z\n",
       R"({"a":"2026-05-21","b":"2026-05-21T01:02:03Z"})"},
      {"not finite", "a = inf\n", R"({"a":null})"},
  };
  for (const TomlCase& one : cases) {
    const auto json = toml_to_json(one.toml, Limits{});
    ASSERT_TRUE(json) << one.name << ": " << json.error().message;
    EXPECT_EQ(*json, one.json) << one.name;
  }
}

TEST(Toml, WhatIsNoneIsAnErrorWithItsLine) {
  for (const char* toml : {"a = 1\nb\n", "a = 1\nb = \"x\n", "a = 1\n[c\n", "a = 1\na = 2\n"}) {
    const auto json = toml_to_json(toml, Limits{});
    ASSERT_FALSE(json) << toml;
    EXPECT_EQ(json.error().code, ErrorCode::kInvalidInput) << toml;
    EXPECT_NE(json.error().message.find("line 2"), std::string::npos) << json.error().message;
  }
}

TEST(Toml, LimitsHold) {
  Limits limits;
  limits.nesting = 3;
  EXPECT_TRUE(toml_to_json("a = [[1]]", limits));
  const auto deep = toml_to_json("a = [[[1]]]", limits);
  ASSERT_FALSE(deep);
  EXPECT_EQ(deep.error().code, ErrorCode::kLimitExceeded);
  limits.document_bytes = 4;
  EXPECT_EQ(toml_to_json("a = 1", limits).error().code, ErrorCode::kLimitExceeded);
  EXPECT_FALSE(toml_to_json("a = " + std::string(100'000, '['), Limits{}));
  for (const char* begun :
       {"[[[", "[[\"a\": {<", "[=", "[a.", "[a.]", "a.=", "[[a", "=", ".", "{", "["}) {
    EXPECT_FALSE(toml_to_json(begun, Limits{})) << begun;
  }
}

}  // namespace
}  // namespace seaworthy
