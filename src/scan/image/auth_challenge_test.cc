#include "scan/image/auth_challenge.h"

#include <gtest/gtest.h>

namespace seaworthy {
namespace {

std::string shown(const std::vector<AuthChallenge>& all) {
  std::string text;
  for (const AuthChallenge& each : all) {
    text += each.scheme + "|" + each.realm + "|" + each.service + "|" + each.scope + "|" +
            each.error + ";";
  }
  return text;
}

TEST(ParseChallenges, ReadsWhatRegistriesSend) {
  struct Row {
    std::string name, header, found;
  };
  const Row rows[] = {
      {"empty", "", ""},
      {"basic", R"(Basic realm="Registry Realm")", "basic|Registry Realm|||;"},
      {"bearer",
       R"(Bearer realm="https://auth.example/token",service="reg",scope="repository:a/b:pull,push")",
       "bearer|https://auth.example/token|reg|repository:a/b:pull,push|;"},
      {"spaces", R"(bearer  realm = "r" ,  service = "s")", "bearer|r|s||;"},
      {"tokens without quotes", "Bearer realm=https://h/t,service=s", "bearer|https://h/t|s||;"},
      {"error", R"(Bearer realm="r",error="invalid_token")", "bearer|r|||invalid_token;"},
      {"two", R"(Bearer realm="r",service="s", Basic realm="b")", "bearer|r|s||;basic|b|||;"},
      {"scheme alone", "Negotiate, Basic realm=\"b\"", "negotiate||||;basic|b|||;"},
      {"escaped quote", R"(Basic realm="a\"b\\c")", R"(basic|a"b\c|||;)"},
      {"quote that never ends", R"(Basic realm="abc)", "basic|abc|||;"},
      {"backslash at the end", "Basic realm=\"abc\\", "basic|abc\\|||;"},
      {"value without name", R"(="x", Basic realm="b")", "x||||;basic|b|||;"},
      {"parameter before any scheme", R"(realm="x")", ""},
      {"the first value counts", R"(Basic realm="a", realm="b")", "basic|a|||;"},
      {"nonsense", "((((,,,,====\"\"", ""},
  };
  for (const Row& row : rows) EXPECT_EQ(shown(parse_challenges(row.header)), row.found) << row.name;
}

TEST(ParseChallenges, IsBounded) {
  std::string many;
  for (int i = 0; i < 1000; ++i) many += "A, ";
  EXPECT_EQ(parse_challenges(many).size(), 16U);
}

}  // namespace
}  // namespace seaworthy
