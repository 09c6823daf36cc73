#include "scan/advisory/alias_closure.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace seaworthy {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Links hold in both directions.
std::vector<std::string> closure(std::string_view id,
                                 const std::vector<std::pair<std::string, std::string>>& links) {
  return alias_closure(id, [&](std::string_view of) {
    std::vector<std::string> linked;
    for (const auto& [a, b] : links) {
      if (a == of) linked.push_back(b);
      if (b == of) linked.push_back(a);
    }
    return linked;
  });
}

TEST(AliasClosure, WalksOverSeveralFeeds) {
  const std::vector<std::pair<std::string, std::string>> links{{"GHSA-1111", "CVE-2023-1111"},
                                                               {"GO-2023-1", "GHSA-1111"},
                                                               {"PYSEC-2023-1", "CVE-2023-1111"}};
  EXPECT_THAT(closure("GO-2023-1", links),
              ElementsAre("CVE-2023-1111", "GHSA-1111", "PYSEC-2023-1"));
  EXPECT_THAT(closure("CVE-2023-1111", links),
              ElementsAre("GHSA-1111", "GO-2023-1", "PYSEC-2023-1"));
  EXPECT_THAT(closure("CVE-2023-2222", links), IsEmpty());
}

TEST(AliasClosure, NeverJoinsTwoCveIds) {
  const std::vector<std::pair<std::string, std::string>> links{{"GHSA-shared", "CVE-2023-1111"},
                                                               {"GHSA-shared", "CVE-2023-2222"},
                                                               {"GO-2023-2", "CVE-2023-2222"},
                                                               {"PYSEC-2023-9", "GHSA-shared"}};
  EXPECT_THAT(closure("CVE-2023-1111", links), ElementsAre("GHSA-shared"));
  EXPECT_THAT(closure("CVE-2023-2222", links), ElementsAre("GHSA-shared", "GO-2023-2"));
  EXPECT_THAT(closure("GHSA-shared", links), IsEmpty());
  // Linked only through an id that belongs to another CVE.
  const std::vector<std::pair<std::string, std::string>> chain{
      {"GHSA-a", "CVE-2023-1111"}, {"GHSA-a", "GHSA-b"}, {"GHSA-b", "CVE-2023-2222"}};
  EXPECT_THAT(closure("CVE-2023-1111", chain), ElementsAre("GHSA-a"));
}

TEST(AliasClosure, LeavesAdvisoriesOutAndEndsInCycles) {
  const std::vector<std::pair<std::string, std::string>> links{{"DSA-5380-1", "CVE-2023-1393"},
                                                               {"GHSA-a", "CVE-2023-1393"},
                                                               {"GHSA-a", "GHSA-b"},
                                                               {"GHSA-b", "GHSA-a"}};
  EXPECT_THAT(closure("CVE-2023-1393", links), ElementsAre("GHSA-a", "GHSA-b"));
}

}  // namespace
}  // namespace seaworthy
