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

// A list inside a list at every hyphen.
std::string deep_maven_version() {
  std::string version = "1";
  while (version.size() < 1022) version += "-1";
  return version;
}

INSTANTIATE_TEST_SUITE_P(
    Semver, Compare,
    testing::Values(Row{"PreReleaseBefore", "semver", "1.0.0-rc.1", "<", "1.0.0"},
                    Row{"NumbersInPreReleases", "semver", "1.0.0-rc.2", "<", "1.0.0-rc.11"},
                    Row{"NumberBeforeWord", "semver", "1.0.0-1", "<", "1.0.0-a"},
                    Row{"BuildIsNothing", "semver", "1.0.0+a", "=", "1.0.0+b"},
                    Row{"MissingAreZero", "semver", "1.2", "=", "1.2.0"},
                    Row{"LeadingV", "semver", "v1.2.3", "=", "1.2.3"},
                    Row{"FourthIsNothing", "semver", "1.2.3.4", "=", "1.2.3.5"},
                    Row{"EmptyIdentifier", "semver", "1.0.0-a..b", "?", "1.0.0"},
                    Row{"Word", "semver", "latest", "?", "1.0.0"},
                    Row{"OnlyV", "semver", "v", "?", "1"}, Row{"Empty", "semver", "", "?", "1"},
                    Row{"TrailingDot", "semver", "1.2.", "?", "1.2.0"},
                    Row{"TooLong", "semver", std::string(1025, '1'), "?", "1"}),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(Npm, Compare,
                         testing::Values(Row{"PreReleaseBefore", "npm", "1.0.0-beta", "<", "1.0.0"},
                                         Row{"WithoutHyphen", "npm", "1.2.3beta4", "=",
                                             "1.2.3-beta4"},
                                         Row{"LeadingEquals", "npm", "=v1.2.3", "=", "1.2.3"},
                                         Row{"FourNumbers", "npm", "1.2.3.4", "?", "1.2.3"},
                                         Row{"Range", "npm", "^1.2.3", "?", "1.2.3"},
                                         Row{"Empty", "npm", "", "?", "1.0.0"}),
                         [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(Cargo, Compare,
                         testing::Values(Row{"PreReleaseBefore", "cargo", "1.0.0-alpha.1", "<",
                                             "1.0.0"},
                                         Row{"TwoNumbers", "cargo", "1.0", "?", "1.0.0"},
                                         Row{"LeadingV", "cargo", "v1.0.0", "?", "1.0.0"},
                                         Row{"BuildIsNothing", "cargo", "1.0.0+1", "=", "1.0.0+2"}),
                         [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Go, Compare,
    testing::Values(
        Row{"Module", "go", "v1.2.3", "<", "v1.10.0"},
        Row{"WithoutV", "go", "1.2.3", "=", "v1.2.3"},
        Row{"Incompatible", "go", "v2.0.0+incompatible", "=", "v2.0.0"},
        Row{"PseudoVersionByTimestamp", "go", "v0.0.0-20210101000000-ffffffffffff", "<",
            "v0.0.0-20210102000000-000000000000"},
        Row{"PseudoBeforeRelease", "go", "v1.2.4-0.20210101000000-abcdefabcdef", "<", "v1.2.4"},
        Row{"PseudoBehindItsBase", "go", "v1.2.4-0.20210101000000-abcdefabcdef", ">", "v1.2.3"},
        Row{"Toolchain", "go", "go1.21.3", "<", "go1.21.10"},
        Row{"ToolchainCandidate", "go", "go1.21rc2", "=", "1.21.0-rc.2"},
        Row{"ToolchainCandidateBefore", "go", "go1.21rc2", "<", "1.21.0"},
        Row{"ToolchainWithoutPatch", "go", "go1.20", "=", "1.20.0"},
        Row{"Devel", "go", "(devel)", "?", "v1.0.0"},
        Row{"ToolchainGarbage", "go", "go1.21rc2x", "?", "1.21.0"},
        Row{"ToolchainDevel", "go", "go", "?", "1.21.0"}),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Bitnami, Compare,
    testing::Values(Row{"RevisionBehind", "bitnami", "1.2.3-1", ">", "1.2.3"},
                    Row{"RevisionsAreNumbers", "bitnami", "1.2.3-10", ">", "1.2.3-9"},
                    Row{"WordIsPreRelease", "bitnami", "1.2.3-rc.1", "<", "1.2.3"},
                    Row{"NoRevisionIsZero", "bitnami", "1.2.3-0", "=", "1.2.3"}),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(Pub, Compare,
                         testing::Values(Row{"BuildCounts", "pub", "1.0.0+1", "<", "1.0.0+2"},
                                         Row{"BuildBehind", "pub", "1.0.0+1", ">", "1.0.0"},
                                         Row{"PreReleaseFirst", "pub", "1.0.0-a+9", "<", "1.0.0"},
                                         Row{"Garbage", "pub", "x", "?", "1.0.0"}),
                         [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Pep440, Compare,
    testing::Values(Row{"Epoch", "pep440", "1!1.0", ">", "9.0"},
                    Row{"ZerosAtTheEnd", "pep440", "1.0", "=", "1.0.0.0"},
                    Row{"Spelling", "pep440", "1.0-ALPHA.1", "=", "1.0a1"},
                    Row{"CandidateSpelling", "pep440", "1.0c1", "=", "1.0rc1"},
                    Row{"PreSpelling", "pep440", "1.0pre2", "=", "1.0rc2"},
                    Row{"PostSpelling", "pep440", "1.0-1", "=", "1.0.post1"},
                    Row{"RevSpelling", "pep440", "1.0_rev1", "=", "1.0.post1"},
                    Row{"DevOfReleaseFirst", "pep440", "1.0.dev1", "<", "1.0a1"},
                    Row{"DevOfAlpha", "pep440", "1.0a1.dev1", "<", "1.0a1"},
                    Row{"DevOfPost", "pep440", "1.0.post1.dev1", ">", "1.0"},
                    Row{"LocalBehind", "pep440", "1.0+cpu", ">", "1.0"},
                    Row{"LocalNumbersBehindWords", "pep440", "1.0+1", ">", "1.0+a"},
                    Row{"LocalSeparators", "pep440", "1.0+a-b", "=", "1.0+a.b"},
                    Row{"LeadingV", "pep440", "v1.0", "=", "1.0"},
                    Row{"ImplicitZero", "pep440", "1.0a", "=", "1.0a0"},
                    Row{"OtherTextIsFirst", "pep440", "unknown", "<", "0.dev0"},
                    Row{"OtherTextByRuns", "pep440", "r9-x", "<", "r10-x"},
                    Row{"BadLocal", "pep440", "1.0+a..b", "<", "0.1"},
                    Row{"Empty", "pep440", "", "?", "1"},
                    Row{"TooLong", "pep440", std::string(1025, '1'), "?", "1"}),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Maven, Compare,
    testing::Values(Row{"QualifierOrderAlphaBeta", "maven", "1-alpha", "<", "1-beta"},
                    Row{"QualifierOrderSnapshot", "maven", "1-rc", "<", "1-SNAPSHOT"},
                    Row{"SnapshotBeforeRelease", "maven", "1.0-SNAPSHOT", "<", "1.0"},
                    Row{"ServicePackBehind", "maven", "1-sp", ">", "1"},
                    Row{"OtherWordBehind", "maven", "1-foo", ">", "1-sp"},
                    Row{"FinalIsRelease", "maven", "5.2.0.Final", "=", "5.2.0"},
                    Row{"NumberBehindHyphen", "maven", "1-1", "<", "1.1"},
                    Row{"JavaRelease", "maven", "9.4.1.jre11", "=", "9.4.1.jre8"},
                    Row{"JavaReleaseIsNoPart", "maven", "1.2-jdk17", "=", "1.2"},
                    Row{"JreAlone", "maven", "32.0.0-jre", ">", "32.0.0-android"},
                    Row{"LongNumber", "maven", "20230101120000", ">", "1"},
                    Row{"Milestone", "maven", "6.0.0-M1", "<", "6.0.0-RC1"},
                    Row{"MilestoneByDigit", "maven", "6.0.0.M1", "<", "6.0.0"},
                    Row{"OnlySeparators", "maven", "...", "=", "0"},
                    Row{"Empty", "maven", "", "?", "1"},
                    Row{"DeepNesting", "maven", deep_maven_version(), ">", "1"},
                    Row{"TooLong", "maven", std::string(1025, '1'), "?", "1"}),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(Gem, Compare,
                         testing::Values(Row{"WordBefore", "gem", "1.0.rc1", "<", "1.0"},
                                         Row{"ZerosAtTheEnd", "gem", "1.0", "=", "1"},
                                         Row{"ZerosBeforeAWord", "gem", "1.0.0.a", "=", "1.a"},
                                         Row{"HyphenIsPre", "gem", "1.0-1", "=", "1.0.pre.1"},
                                         Row{"Numbers", "gem", "1.10", ">", "1.9"},
                                         Row{"Space", "gem", "1 0", "?", "1"},
                                         Row{"Garbage", "gem", "1.0~1", "?", "1.0"},
                                         Row{"Empty", "gem", "", "?", "1"}),
                         [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(Nuget, Compare,
                         testing::Values(Row{"FourNumbers", "nuget", "4.3.0.1", ">", "4.3.0"},
                                         Row{"FourthZero", "nuget", "4.3.0.0", "=", "4.3.0"},
                                         Row{"AnyCase", "nuget", "1.0.0-RC1", "=", "1.0.0-rc1"},
                                         Row{"PreReleaseBefore", "nuget", "1.0.0-rc1", "<",
                                             "1.0.0"},
                                         Row{"FiveNumbers", "nuget", "1.2.3.4.5", "?", "1.0"},
                                         Row{"Empty", "nuget", "", "?", "1"}),
                         [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Composer, Compare,
    testing::Values(Row{"LeadingV", "composer", "v1.2.3", "=", "1.2.3"},
                    Row{"DevFirst", "composer", "1.0-dev", "<", "1.0-alpha"},
                    Row{"Patch", "composer", "1.0-p1", ">", "1.0"},
                    Row{"Branch", "composer", "dev-main", "<", "0.0.1"},
                    Row{"Stable", "composer", "1.0.0-stable", "=", "1.0.0"},
                    Row{"BuildIsNothing", "composer", "1.0.0+no", "=", "1.0.0"},
                    Row{"OtherWordFirst", "composer", "1.0-foo", "<", "1.0-dev"},
                    Row{"OnlySeparators", "composer", "...", "?", "1"},
                    Row{"Empty", "composer", "", "?", "1"}),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(Cran, Compare,
                         testing::Values(Row{"HyphenSeparates", "cran", "1.2-3", "=", "1.2.3"},
                                         Row{"LongerIsNewer", "cran", "1.2.0", ">", "1.2"},
                                         Row{"Word", "cran", "1.2b", "?", "1.2"},
                                         Row{"WordBehindTheDifference", "cran", "2.1.x", "?",
                                             "1.0"}),
                         [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(Hackage, Compare,
                         testing::Values(Row{"LongerIsNewer", "hackage", "1.0.0", ">", "1.0"},
                                         Row{"Hyphen", "hackage", "1-0", "?", "1.0"}),
                         [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Jvm, Compare,
    testing::Values(Row{"OldFormIsNew", "jvm", "1.8.0_302-b08", "=", "8.0.302+8"},
                    Row{"UpdateForm", "jvm", "8u302", "=", "1.8.0_302"},
                    Row{"UpdateOfCpe", "jvm", "1.8.0:update301", "=", "8.0.301+9"},
                    Row{"UpdateOfShortCpe", "jvm", "8:update302", ">", "8.0.301"},
                    Row{"OldUpdateOfCpe", "jvm", "1.6.0:update_22", "=", "6.0.22"},
                    Row{"UpdateWithoutNumber", "jvm", "8:update", "?", "8"},
                    Row{"Updates", "jvm", "1.8.0_292", "<", "1.8.0_302"},
                    Row{"Builds", "jvm", "17.0.1+11", "<", "17.0.1+12"},
                    Row{"NoBuildIsAny", "jvm", "17.0.1", "=", "17.0.1+12"},
                    Row{"EarlyAccessBefore", "jvm", "21-ea+35", "<", "21+35"},
                    Row{"Vendor", "jvm", "17.0.9-Debian+9", "=", "17.0.9+9"},
                    Row{"OldBeforeNew", "jvm", "1.8.0_402", "<", "11.0.1"},
                    Row{"Garbage", "jvm", "java", "?", "17"}, Row{"Empty", "jvm", "", "?", "17"}),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(Generic, Compare,
                         testing::Values(Row{"LetterBehind", "generic", "1.1.1w", ">", "1.1.1v"},
                                         Row{"LetterBehindNone", "generic", "1.1.1a", ">", "1.1.1"},
                                         Row{"CandidateBefore", "generic", "2.4.0-rc1", "<",
                                             "2.4.0"},
                                         Row{"AlphaByDigit", "generic", "1.0a1", "<", "1.0"},
                                         Row{"PatchBehind", "generic", "9.3p1", ">", "9.3"},
                                         Row{"Zeros", "generic", "1.0.0", "=", "1"},
                                         Row{"LeadingV", "generic", "v1.2", "=", "1.2"},
                                         Row{"Erlang", "generic", "R14B03", ">", "R14B02"},
                                         Row{"WithoutNumber", "generic", "stable", "?", "1.0"},
                                         Row{"SameWord", "generic", "master", "=", "master"},
                                         Row{"Empty", "generic", "", "?", "1"}),
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
TEST(Corpus, Semver) {
  check_corpus("semver-versions.txt", "semver", 75);
}
TEST(Corpus, Python) {
  check_corpus("pypi-versions.txt", "pep440", 20);
}
TEST(Corpus, Maven) {
  check_corpus("maven-versions.txt", "maven", 80);
}
TEST(Corpus, RubyGems) {
  check_corpus("rubygems-versions.txt", "gem", 20);
}
TEST(Corpus, Nuget) {
  check_corpus("nuget-versions.txt", "nuget", 30);
}
TEST(Corpus, Packagist) {
  check_corpus("packagist-versions.txt", "composer", 75);
}
TEST(Corpus, Pub) {
  check_corpus("pub-versions.txt", "pub", 90);
}
TEST(Corpus, Cran) {
  check_corpus("cran-versions.txt", "cran", 20);
}
TEST(Corpus, Hackage) {
  check_corpus("hackage-versions.txt", "hackage", 10);
}

// Each line is before the next one.
TEST(Corpus, Pep440InOrder) {
  std::ifstream in(std::string(SHARED_DATA) + "/corpora/versions/pep440-sorted-ascending.txt");
  if (!in) GTEST_SKIP() << "no version corpus beside the project";
  std::vector<std::string> versions;
  for (std::string line; std::getline(in, line);) versions.push_back(line);
  ASSERT_GE(versions.size(), 70U);
  for (std::size_t i = 0; i < versions.size(); ++i) {
    for (std::size_t j = 0; j < versions.size(); ++j) {
      const Order expected = i < j ? Order::kLess : i > j ? Order::kGreater : Order::kEqual;
      EXPECT_EQ(kPep440Versions.compare(versions[i], versions[j]), expected)
          << versions[i] << " " << versions[j];
    }
  }
}

TEST(Registry, NamesAreUniqueAndFound) {
  std::vector<std::string> names;
  for (const VersionScheme* scheme : all_version_schemes()) {
    EXPECT_EQ(find_version_scheme(scheme->name), scheme);
    EXPECT_FALSE(scheme->description.empty());
    names.emplace_back(scheme->name);
  }
  EXPECT_THAT(names, testing::ElementsAre("deb", "rpm", "apk", "semver", "npm", "pep440", "maven",
                                          "gem", "nuget", "go", "composer", "cargo", "alpm",
                                          "generic", "bitnami", "pub", "cran", "hackage", "jvm"));
  EXPECT_EQ(find_version_scheme("snap"), nullptr);
  EXPECT_EQ(find_version_scheme(""), nullptr);
}

}  // namespace
}  // namespace seaworthy
