// Every rule of docs/reference/matching.md has a test that carries its number, wherever the rule is
// kept: matching, extraction, feeds, overlay. A number is looked for as "Rule07" in the tests'
// sources, so that whoever reads a rule finds its tests with grep.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace seaworthy {
namespace {

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The numbers behind "Rule" in one source.
void add_numbers(const std::string& source, std::set<int>& numbers) {
  const auto digit = [&](std::size_t at) {
    return at < source.size() && source[at] >= '0' && source[at] <= '9' ? source[at] - '0' : -1;
  };
  for (std::size_t at = source.find("Rule"); at != std::string::npos;
       at = source.find("Rule", at + 4)) {
    if (digit(at + 4) >= 0 && digit(at + 5) >= 0 && digit(at + 6) < 0) {
      numbers.insert(10 * digit(at + 4) + digit(at + 5));
    }
  }
}

TEST(RuleNumbers, NoneIsWithoutATest) {
  const auto source_root =
      std::filesystem::path(TESTDATA).parent_path().parent_path().parent_path();
  std::set<int> numbers;
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(source_root)) {
    const std::string name = entry.path().filename().string();
    if (!name.ends_with("_test.cc") || name == "rule_numbers_test.cc") continue;
    ++files;
    add_numbers(text_of(entry.path()), numbers);
  }
  ASSERT_GT(files, 40U) << source_root;
  for (int rule = 1; rule <= 65; ++rule) {
    EXPECT_TRUE(numbers.contains(rule)) << "no test carries the number of rule " << rule;
  }
}

TEST(RuleNumbers, AreReadAsWritten) {
  std::set<int> numbers;
  add_numbers("Rule01_A \"Rule40_B Rule7 Rule123 Rules Rule", numbers);
  EXPECT_THAT(numbers, testing::ElementsAre(1, 40));
}

}  // namespace
}  // namespace seaworthy
