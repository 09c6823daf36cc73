#include "core/version/version.h"

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace seaworthy {
namespace {

struct Row {
  const char* name;
  const char* scheme;
  std::string a;
  const char* sign;
  std::string b;
};

std::string_view mirrored(std::string_view sign) {
  if (sign == "<") return ">";
  return sign == ">" ? "<" : sign;
}

class Compare : public testing::TestWithParam<Row> {};

TEST_P(Compare, BothDirections) {
  const Row& row = GetParam();
  const VersionScheme* scheme = find_version_scheme(row.scheme);
  ASSERT_NE(scheme, nullptr);
  EXPECT_EQ(sign_of(scheme->compare(row.a, row.b)), row.sign);
  EXPECT_EQ(sign_of(scheme->compare(row.b, row.a)), mirrored(row.sign));
}

INSTANTIATE_TEST_SUITE_P(
    Deb, Compare,
    testing::Values(Row{"EpochWins", "deb", "1:1.0", ">", "9.0"},
                    Row{"EpochZeroIsNone", "deb", "0:1", "=", "1"},
                    Row{"ZeroRevisionIsNone", "deb", "1.0-0", "=", "1.0"},
                    Row{"TildeBeforeEnd", "deb", "1.0~rc1", "<", "1.0"},
                    Row{"TildeBeforeTildeEnd", "deb", "1.0~~", "<", "1.0~"},
                    Row{"BackportBeforeRevision", "deb", "2.36-9~bpo11+1", "<", "2.36-9"},
                    Row{"BinaryRebuildAfter", "deb", "2.36-9+b1", ">", "2.36-9"},
                    Row{"LettersBeforePunctuation", "deb", "1.0a", "<", "1.0+a"},
                    Row{"LeadingZeros", "deb", "1.007", "=", "1.7"},
                    Row{"NumbersOfAnyLength", "deb", "1.99999999999999999999998", "<",
                        "1.99999999999999999999999"},
                    Row{"WithoutDigits", "deb", "abc", "<", "abd"},
                    Row{"LastHyphenSplits", "deb", "1-2-3", ">", "1-2-2"},
                    Row{"ForbiddenCharacters", "deb", "1_0", "<", "1_1"},
                    Row{"Empty", "deb", "", "?", "1"}, Row{"EmptyUpstream", "deb", "1:", "?", "1"},
                    Row{"EmptyRevision", "deb", "1.0-", "?", "1.0"},
                    Row{"EpochIsNoNumber", "deb", "a:1", "?", "1"},
                    Row{"EpochTooLarge", "deb", "2147483648:1", "?", "1"},
                    Row{"Space", "deb", "1 0", "?", "1"},
                    Row{"TooLong", "deb", std::string(1025, '1'), "?", "1"},
                    Row{"LongestAllowed", "deb", std::string(1024, '1'), ">", "1"}),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Rpm, Compare,
    testing::Values(Row{"EpochWins", "rpm", "1:1.0-1", ">", "9.0-1"},
                    Row{"EpochZeroIsNone", "rpm", "0:1.0-1.el8", "=", "1.0-1.el8"},
                    Row{"ReleaseAfterNone", "rpm", "1.0", "<", "1.0-1"},
                    Row{"TildeBeforeEnd", "rpm", "1.0~rc1-1", "<", "1.0-1"},
                    Row{"CaretAfterEnd", "rpm", "1.0^git1-1", ">", "1.0-1"},
                    Row{"CaretBeforeSegment", "rpm", "1.0^git1-1", "<", "1.0.1-1"},
                    Row{"CloneSuffix", "rpm", "3.6.8-41.el8.alma", ">", "3.6.8-41.el8"},
                    Row{"NumberAfterLetters", "rpm", "1.a", "<", "1.1"},
                    Row{"NumbersOfAnyLength", "rpm", "1.99999999999999999999998", "<",
                        "1.99999999999999999999999"},
                    Row{"EmptyEpochIsZero", "rpm", ":1.0", "=", "1.0"},
                    Row{"Empty", "rpm", "", "?", "1"}, Row{"OnlyEpoch", "rpm", "1:", "?", "1"},
                    Row{"OnlyRelease", "rpm", "-1", "?", "1"},
                    Row{"ControlCharacter", "rpm", "1.0\n", "?", "1.0"},
                    Row{"TooLong", "rpm", std::string(1025, '1'), "?", "1"}),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Apk, Compare,
    testing::Values(Row{"RevisionNumber", "apk", "1.2-r10", ">", "1.2-r9"},
                    Row{"RevisionAfterNone", "apk", "1.2-r0", ">", "1.2"},
                    Row{"CandidateBeforeRelease", "apk", "1.6_rc1-r0", "<", "1.6-r0"},  // rule 19
                    Row{"PatchAfterRelease", "apk", "9.3_p1-r0", ">", "9.3-r0"},
                    Row{"LetterAfterNumber", "apk", "1.1.1w-r0", ">", "1.1.1v-r1"},
                    Row{"SuffixOrder", "apk", "1_beta9", "<", "1_pre1"},
                    Row{"FractionAsText", "apk", "1.06", "<", "1.1"},
                    Row{"DoubleSuffix", "apk", "1.0_git20210101_p1", ">", "1.0_git20210101"},
                    Row{"InvalidIsOlder", "apk", "1.0!", "<", "1.0"},
                    Row{"BothInvalid", "apk", "1.0!a", "=", "1.0!b"},
                    Row{"Empty", "apk", "", "<", "1"},
                    Row{"TooLong", "apk", std::string(1025, '1'), "?", "1"}),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(Alpm, Compare,
                         testing::Values(Row{"Release", "alpm", "1.0-1", "<", "1.0-2"},
                                         Row{"ReleaseAgainstNone", "alpm", "1.0-9", "=", "1.0"},
                                         Row{"ReleaseOfARebuild", "alpm", "1.0-1.1", ">", "1.0-1"},
                                         Row{"EpochWins", "alpm", "1:1.0-1", ">", "9.0-1"},
                                         Row{"EpochZeroIsNone", "alpm", "0:1.0-1", "=", "1.0-1"},
                                         Row{"EmptyEpochIsZero", "alpm", ":1.0-1", "=", "1.0-1"},
                                         Row{"LettersBeforeEnd", "alpm", "1.0rc1", "<", "1.0"},
                                         Row{"LettersBehindADot", "alpm", "1.0.rc1", ">", "1.0"},
                                         Row{"NumberAfterLetters", "alpm", "1.a", "<", "1.1"},
                                         Row{"MoreSegments", "alpm", "1.5.1", ">", "1.5"},
                                         Row{"LongerSeparator", "alpm", "1..0", ">", "1.0"},
                                         Row{"OtherSeparator", "alpm", "1_0", "=", "1.0"},
                                         Row{"TrailingSeparator", "alpm", "1.0.", ">", "1.0"},
                                         Row{"LeadingZeros", "alpm", "1.001", "=", "1.1"},
                                         Row{"Plus", "alpm", "5.6.1+r3+gabc-1", ">", "5.6.1-1"},
                                         Row{"NumbersOfAnyLength", "alpm",
                                             "1.99999999999999999999998", "<",
                                             "1.99999999999999999999999"},
                                         Row{"Empty", "alpm", "", "?", "1"},
                                         Row{"OnlyEpoch", "alpm", "1:", "?", "1"},
                                         Row{"OnlyRelease", "alpm", "-1", "?", "1"},
                                         Row{"TooLong", "alpm", std::string(1025, '1'), "?", "1"}),
                         [](const auto& test) { return test.param.name; });

// Lines "A SIGN B"; '#' and '//' begin comments.
void check_corpus(const char* file, const char* scheme_name, std::size_t at_least) {
  std::ifstream in(std::string(SHARED_DATA) + "/corpora/versions/" + file);
  if (!in) GTEST_SKIP() << "no version corpus beside the project";
  const VersionScheme* scheme = find_version_scheme(scheme_name);
  ASSERT_NE(scheme, nullptr);
  std::size_t lines = 0;
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string a, sign, b;
    if (line.starts_with('#') || line.starts_with("//") || !(words >> a >> sign >> b)) continue;
    ++lines;
    EXPECT_EQ(sign_of(scheme->compare(a, b)), sign) << line;
    EXPECT_EQ(sign_of(scheme->compare(b, a)), mirrored(sign)) << line << " mirrored";
  }
  EXPECT_GE(lines, at_least);
}

TEST(Corpus, Debian) {
  check_corpus("debian-versions.txt", "deb", 25);
}
TEST(Corpus, RedHat) {
  check_corpus("redhat-versions.txt", "rpm", 140);
}
TEST(Corpus, Alpine) {
  check_corpus("alpine-versions.txt", "apk", 700);
}

TEST(Registry, NamesAreUniqueAndFound) {
  std::vector<std::string> names;
  for (const VersionScheme* scheme : all_version_schemes()) {
    EXPECT_EQ(find_version_scheme(scheme->name), scheme);
    EXPECT_FALSE(scheme->description.empty());
    names.emplace_back(scheme->name);
  }
  EXPECT_THAT(names, testing::ElementsAre("deb", "rpm", "apk", "alpm"));
  EXPECT_EQ(find_version_scheme("snap"), nullptr);
  EXPECT_EQ(find_version_scheme(""), nullptr);
}

}  // namespace
}  // namespace seaworthy
