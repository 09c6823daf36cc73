#include "core/base/lines.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace seaworthy {
namespace {

TEST(Lines, Table) {
  struct Row {
    const char* name;
    std::string_view text;
    std::vector<std::string> lines;
  };
  const Row rows[] = {
      {"typical", "a\nb\n", {"a", "b"}},
      {"no end", "a\nb", {"a", "b"}},
      {"empty", "", {}},
      {"only an end", "\n", {""}},
      {"empty lines", "\n\na\n\n", {"", "", "a", ""}},
      {"from another system", "a\r\nb\r\n", {"a", "b"}},
      {"a lone return stays", "a\rb\n", {"a\rb"}},
      {"two returns", "a\r\r\n", {"a\r"}},
      {"zero bytes", std::string_view("a\0b\nc", 5), {std::string("a\0b", 3), "c"}},
  };
  for (const Row& row : rows) {
    std::vector<std::string> lines;
    for_each_line(row.text, [&](std::string_view line, std::uint64_t number) {
      lines.emplace_back(line);
      EXPECT_EQ(number, lines.size()) << row.name;
    });
    EXPECT_EQ(lines, row.lines) << row.name;
  }
}

}  // namespace
}  // namespace seaworthy
