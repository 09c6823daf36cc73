#include "core/version/constraint.h"

#include <gtest/gtest.h>

namespace seaworthy {
namespace {

// "[1.0, 2.0) (3.0, ...": brackets as in mathematics.
std::string text_of(const VersionSet& set) {
  std::string out;
  for (const VersionInterval& one : set) {
    if (!out.empty()) out += " ";
    out += (one.includes_lower && !one.lower.empty() ? "[" : "(") + one.lower + ", " + one.upper +
           (one.includes_upper ? "]" : ")");
  }
  return out;
}

struct SetCase {
  const char* text;
  const char* set;
};

void expect_sets(ConstraintSyntax syntax, const VersionScheme& scheme,
                 std::initializer_list<SetCase> cases) {
  for (const SetCase& one : cases) {
    const auto set = parse_constraint(syntax, one.text, scheme);
    ASSERT_TRUE(set) << one.text << ": " << set.error().message;
    EXPECT_EQ(text_of(*set), one.set) << one.text;
  }
}

TEST(Constraint, Npm) {
  expect_sets(ConstraintSyntax::kNpm, kNpmVersions,
              {{"", "(, )"},
               {"*", "(, )"},
               {"1.2.3", "[1.2.3, 1.2.3]"},
               {"=v1.2.3", "[1.2.3, 1.2.3]"},
               {"1.2.3-beta.1+build", "[1.2.3-beta.1, 1.2.3-beta.1]"},
               {"18.x", "[18.0.0, 19.0.0-0)"},
               {"4.5", "[4.5.0, 4.6.0-0)"},
               {"<1.5.0", "(, 1.5.0)"},
               {"< 1.5.0", "(, 1.5.0)"},
               {"<=1.5", "(, 1.6.0-0)"},
               {">1.5", "[1.6.0-0, )"},
               {">1.5.0", "(1.5.0, )"},
               {"^1.2.3", "[1.2.3, 2.0.0-0)"},
               {"^0.2.3", "[0.2.3, 0.3.0-0)"},
               {"^0.0.3", "[0.0.3, 0.0.4-0)"},
               {"~1.2.3", "[1.2.3, 1.3.0-0)"},
               {"~1", "[1.0.0, 2.0.0-0)"},
               {"1.2 - 2.3.4", "[1.2.0, 2.3.4]"},
               {"1.2.3 - 2", "[1.2.3, 3.0.0-0)"},
               {">=1.0.0 <2.0.0 || =3.1.0", "[1.0.0, 2.0.0) [3.1.0, 3.1.0]"},
               {"4.x || 5.x", "[4.0.0, 5.0.0-0) [5.0.0, 6.0.0-0)"},
               {"<1.0.0 >2.0.0", ""},
               {"^9.9.9", "[9.9.9, 10.0.0-0)"}});
}

TEST(Constraint, Cargo) {
  expect_sets(ConstraintSyntax::kCargo, kCargoVersions,
              {{">= 0.0.10 ", "[0.0.10, )"},
               {"1.2.3", "[1.2.3, 2.0.0-0)"},
               {"0.7", "[0.7.0, 0.8.0-0)"},
               {"^ 0.9.3", "[0.9.3, 0.10.0-0)"},
               {"=1.2.3", "[1.2.3, 1.2.3]"},
               {"= 1.2", "[1.2.0, 1.3.0-0)"},
               {"~1.2", "[1.2.0, 1.3.0-0)"},
               {">= 1.2, < 1.4.1", "[1.2.0, 1.4.1)"},
               {"< 0.5.0, >= 0.4.1", "[0.4.1, 0.5.0)"},
               {"*", "(, )"}});
}

TEST(Constraint, Gem) {
  expect_sets(ConstraintSyntax::kGem, kGemVersions,
              {{"1.2", "[1.2, 1.2]"},
               {"= 1.2", "[1.2, 1.2]"},
               {"~> 2.1.3", "[2.1.3, 2.2.a)"},
               {"~> 2.1", "[2.1, 3.a)"},
               {"~> 2", "[2, 3.a)"},
               {"~> 2.1.0.rc1", "[2.1.0.rc1, 2.2.a)"},
               {"~> 4.2.5, >= 4.2.5.1", "[4.2.5.1, 4.3.a)"},
               {"!= 1.5", "(, 1.5) (1.5, )"},
               {"<= 2.0", "(, 2.0]"}});
}

TEST(Constraint, Comparators) {
  expect_sets(ConstraintSyntax::kComparators, kComposerVersions,
              {{">=1.2.0,<1.2.3", "[1.2.0, 1.2.3)"}, {"==1.0", "[1.0, 1.0]"}, {">2", "(2, )"}});
}

TEST(Constraint, ComplementIsWhatNoConstraintClears) {
  const auto beside = [](std::initializer_list<const char*> safe) {
    VersionSet all;
    for (const char* text : safe) {
      const auto one = parse_constraint(ConstraintSyntax::kGem, text, kGemVersions);
      all.insert(all.end(), one->begin(), one->end());
    }
    return text_of(complement(all, kGemVersions));
  };
  EXPECT_EQ(beside({}), "(, )");
  EXPECT_EQ(beside({">= 2.2.1"}), "(, 2.2.1)");
  EXPECT_EQ(beside({"~> 2.1.3", ">= 2.2.1"}), "(, 2.1.3) [2.2.a, 2.2.1)");
  EXPECT_EQ(beside({">= 2.2.1", "~> 2.1.3", "< 1.0"}), "[1.0, 2.1.3) [2.2.a, 2.2.1)");
  EXPECT_EQ(beside({"<= 1.0", "> 3"}), "(1.0, 3]");
  EXPECT_EQ(beside({">= 1", "< 2"}), "");
  EXPECT_EQ(beside({"= 1.5"}), "(, 1.5) (1.5, )");
}

TEST(Constraint, WhatIsNoneIsRefused) {
  const struct {
    ConstraintSyntax syntax;
    std::string text;
  } cases[]{{ConstraintSyntax::kNpm, "latest"},
            {ConstraintSyntax::kNpm, "1.2.3.4"},
            {ConstraintSyntax::kNpm, ">=1.0 <"},
            {ConstraintSyntax::kNpm, "~!1"},
            {ConstraintSyntax::kCargo, ">= 1.x.2"},
            {ConstraintSyntax::kGem, ""},
            {ConstraintSyntax::kGem, "~>"},
            {ConstraintSyntax::kGem, "~> beta"},
            {ConstraintSyntax::kComparators, "~> 1.0"},
            {ConstraintSyntax::kGem, ">= 1 0"}};
  for (const auto& one : cases) {
    const VersionScheme& scheme =
        one.syntax == ConstraintSyntax::kNpm ? kNpmVersions : kGemVersions;
    EXPECT_FALSE(parse_constraint(one.syntax, one.text, scheme)) << one.text;
  }
  const auto longest =
      parse_constraint(ConstraintSyntax::kNpm, std::string(5000, '1'), kNpmVersions);
  ASSERT_FALSE(longest);
  EXPECT_EQ(longest.error().code, ErrorCode::kLimitExceeded);
  std::string many = "1.0.0";
  for (int i = 0; i < 400; ++i) many += "||1.0.0";
  EXPECT_FALSE(parse_constraint(ConstraintSyntax::kNpm, many, kNpmVersions));
}

}  // namespace
}  // namespace seaworthy
