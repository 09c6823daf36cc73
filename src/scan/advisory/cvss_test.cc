#include "scan/advisory/cvss.h"

#include <cstdlib>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

namespace seaworthy {
namespace {

TEST(Cvss, ScoresVectorsOfTheSpecification) {
  struct Case {
    const char* vector;
    double score;
  };
  const Case cases[]{
      {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8},
      {"CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1},
      {"CVSS:3.1/AV:N/AC:L/PR:H/UI:N/S:U/C:N/I:H/A:H", 6.5},
      {"CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:N/I:N/A:N", 0.0},
      {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H/E:P/RL:O/RC:C", 10.0},
      {"AV:N/AC:L/Au:N/C:P/I:P/A:P", 7.5},
      {"(AV:N/AC:L/Au:N/C:C/I:C/A:C)", 10.0},
      {"AV:L/AC:H/Au:M/C:N/I:N/A:N", 0.0},
      {"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 9.3},
      {"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", 10.0},
      {"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N", 0.0},
      {"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:U/CR:L", 9.3},
  };
  for (const Case& one : cases) {
    const auto score = cvss_base_score(one.vector);
    ASSERT_TRUE(score) << one.vector;
    EXPECT_DOUBLE_EQ(*score, one.score) << one.vector;
  }
}

TEST(Cvss, RefusesWhatIsNoWholeVector) {
  for (const char* vector : {"", "CVSS:3.1", "CVSS:3.1/", "CVSS:3.1/AV:N", "CVSS:", "CVSS:4.0", "(",
                             "()", "AV:N/AC:L/Au:N/C:P/I:P", "AV:N/AC:L/Au:N/C:H/I:P/A:P",
                             "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N",
                             "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:R/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
                             "CVSS:5.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
                             "CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
                             "CVSS:3.1/AV:N/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
                             "CVSS:3.1/AV:/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}) {
    EXPECT_FALSE(cvss_base_score(vector)) << vector;
  }
  EXPECT_EQ(cvss_version("CVSS:3.1/AV:N"), "3.1");
  EXPECT_EQ(cvss_version("CVSS:4.0"), "4.0");
  EXPECT_EQ(cvss_version("AV:N/AC:L"), "2.0");
}

// Lines "VECTOR - (base, temporal, environmental)".
void agrees_with(const char* file, int at_least) {
  std::ifstream in(std::string(SHARED_DATA) + "/corpora/cvss/" + file);
  if (!in) GTEST_SKIP() << "no shared data: corpora/cvss/" << file;
  std::string line;
  int count = 0;
  while (std::getline(in, line)) {
    const std::size_t dash = line.find(" - (");
    if (dash == std::string::npos) continue;
    const auto score = cvss_base_score(line.substr(0, dash));
    ASSERT_TRUE(score) << line;
    EXPECT_DOUBLE_EQ(*score, std::strtod(line.c_str() + dash + 4, nullptr)) << line;
    ++count;
  }
  EXPECT_GE(count, at_least);
}

TEST(Cvss, AgreesWithTheSharedCorpusOfV2) {
  agrees_with("vectors_simple2", 729);
}
TEST(Cvss, AgreesWithTheSharedCorpusOfV31) {
  agrees_with("vectors_simple31", 2592);
}

}  // namespace
}  // namespace seaworthy
