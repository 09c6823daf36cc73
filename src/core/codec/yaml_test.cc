#include "core/codec/yaml.h"

#include <gtest/gtest.h>

namespace seaworthy {
namespace {

struct YamlCase {
  const char* name;
  const char* yaml;
  const char* json;
};

TEST(Yaml, BecomesJson) {
  const YamlCase cases[]{
      {"empty", "", "null"},
      {"comment only", "# nothing\n", "null"},
      {"mapping", "a: 1\nb: [x, 'y', \"z\"]\n", R"({"a":1,"b":["x","y","z"]})"},
      {"nested", "a:\n- b: c\n  d: e\n- f\n", R"({"a":[{"b":"c","d":"e"},"f"]})"},
      {"empty containers", "a: []\nb: {}\n", R"({"a":[],"b":{}})"},
      {"null forms", "[~, null, Null, NULL, '', 'null']", R"([null,null,null,null,"","null"])"},
      {"missing value", "a:\nb: 1\n", R"({"a":null,"b":1})"},
      {"booleans", "[true, True, FALSE, yes, on, 'true']",
       R"([true,true,false,"yes","on","true"])"},
      {"integers", "[0, -7, +7, 007, 0x1F, 0o17]", "[0,-7,7,7,31,15]"},
      {"floats keep digits", "[1.10, .5, -1., 1e3, 1.5E-7]", "[1.10,0.5,-1,1e3,1.5e-7]"},
      {"quoted numbers", "['1.10', \"0\"]", R"(["1.10","0"])"},
      {"no numbers", "[1.2.3, 1-2, 0x, 1e, 1e9999, 2023-01-02, ., '-', +]",
       R"(["1.2.3","1-2","0x","1e","1e9999","2023-01-02",".","-","+"])"},
      {"long digits stay text", "12345678901234567890", R"("12345678901234567890")"},
      {"block text", "a: |\n  x\n  y\n", R"({"a":"x\ny\n"})"},
      {"folded text", "a: >-\n  x\n  y\n", R"({"a":"x y"})"},
      {"keys are text", "1: a\ntrue: b\n", R"({"1":"a","true":"b"})"},
      {"anchors", "a: &x [1, {b: c}]\nd: *x\n", R"({"a":[1,{"b":"c"}],"d":[1,{"b":"c"}]})"},
      {"anchored scalar", "[&x hello, *x, 'a']", R"(["hello","hello","a"])"},
      {"tagged text", "!!str 12", R"("12")"},
      {"first document only", "a: 1\n---\nb: 2\n", R"({"a":1})"},
  };
  for (const YamlCase& one : cases) {
    const auto json = yaml_to_json(one.yaml, Limits{});
    ASSERT_TRUE(json) << one.name << ": " << json.error().message;
    EXPECT_EQ(*json, one.json) << one.name;
  }
}

TEST(Yaml, RefusesWhatIsNotYaml) {
  const YamlCase cases[]{
      {"open bracket", "a: [1, 2\n", "line"},
      {"tab indent", "a:\n\t- b\n", "line"},
      {"unknown alias", "a: *nobody\n", "line"},
      {"alias in its own anchor", "&a [1, *a]\n", "line 1"},
      {"key that is a list", "? [a]\n: b\n", "line 1"},
  };
  for (const YamlCase& one : cases) {
    const auto json = yaml_to_json(one.yaml, Limits{});
    ASSERT_FALSE(json) << one.name << ": " << *json;
    EXPECT_EQ(json.error().code, ErrorCode::kInvalidInput) << one.name;
    EXPECT_NE(json.error().message.find(one.json), std::string::npos) << json.error().message;
  }
}

TEST(Yaml, BoundsNestingAndExpansion) {
  Limits limits;
  limits.nesting = 10;
  EXPECT_TRUE(yaml_to_json(std::string(10, '[') + std::string(10, ']'), limits));
  for (const std::size_t depth : {std::size_t{11}, std::size_t{100'000}}) {
    const auto deep = yaml_to_json(std::string(depth, '[') + std::string(depth, ']'), limits);
    ASSERT_FALSE(deep);
    EXPECT_EQ(deep.error().code, ErrorCode::kLimitExceeded);
  }
  // Nine levels of nine aliases would be 9^9 copies.
  std::string bomb = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n";
  for (int i = 1; i < 10; ++i) {
    const std::string below = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + below;
    for (int j = 0; j < 8; ++j) bomb += ", " + below;
    bomb += "]\n";
  }
  limits = Limits{};
  limits.document_bytes = 1 * kMiB;
  const auto expanded = yaml_to_json(bomb, limits);
  ASSERT_FALSE(expanded);
  EXPECT_EQ(expanded.error().code, ErrorCode::kLimitExceeded);
  limits.document_bytes = 10;
  EXPECT_EQ(yaml_to_json("a: 123456789\n", limits).error().code, ErrorCode::kLimitExceeded);
}

}  // namespace
}  // namespace seaworthy
