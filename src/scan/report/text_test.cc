#include "scan/report/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace seaworthy {
namespace {

using testing::ElementsAre;

TEST(Printable, ShowsWhatWouldSteerATerminal) {
  struct Row {
    const char* name;
    std::string_view text, shown;
  };
  const Row rows[] = {
      {"plain", "libc6 2.31", "libc6 2.31"},
      {"empty", "", ""},
      {"letters of many languages stay", "größe 大小 😀", "größe 大小 😀"},
      {"escape sequence", "\x1b[2Jgone", "\\x1b[2Jgone"},
      {"title sequence with bell", "\x1b]0;x\x07", "\\x1b]0;x\\x07"},
      {"carriage return overwrites a line", "bad\rgood", "bad\\x0dgood"},
      {"newline forges a line", "a\nVerdict SEAWORTHY", "a\\x0aVerdict SEAWORTHY"},
      {"delete", "a\x7f", "a\\x7f"},
      {"zero byte", std::string_view("a\0b", 3), "a\\x00b"},
      {"one-character CSI in UTF-8",
       "\xc2\x9b"
       "31m",
       "\\u{009b}31m"},
      {"one-character CSI as a raw byte",
       "\x9b"
       "31m",
       "\\x9b31m"},
      {"right-to-left override",
       "\xe2\x80\xae"
       "abc",
       "\\u{202e}abc"},
      {"zero-width space",
       "a\xe2\x80\x8b"
       "b",
       "a\\u{200b}b"},
      {"tag character", "\xf3\xa0\x81\x81", "\\u{e0041}"},
      {"overlong slash", "\xc0\xaf", "\\xc0\\xaf"},
      {"surrogate", "\xed\xa0\x80", "\\xed\\xa0\\x80"},
      {"past the last code point", "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},
      {"sequence cut short", "a\xe2\x80", "a\\xe2\\x80"},
  };
  for (const Row& row : rows) EXPECT_EQ(printable(row.text), row.shown) << row.name;
}

TEST(Wrap, CutsAtWordsThenAtSeparatorsThenAnywhere) {
  struct Row {
    const char* name;
    std::string_view text;
    std::size_t width;
    std::vector<std::string> lines;
  };
  const Row rows[] = {
      {"empty", "", 5, {""}},
      {"fits exactly", "12345", 5, {"12345"}},
      {"at a space", "one two three", 8, {"one two", "three"}},
      {"space right behind the width", "12345 6", 5, {"12345", "6"}},
      {"behind a version's dash", "1.1.1n-0+deb11u5", 9, {"1.1.1n-0+", "deb11u5"}},
      {"a long word", "abcdefgh", 3, {"abc", "def", "gh"}},
      {"code points, not bytes", "ääää", 2, {"ää", "ää"}},
      {"width zero still ends", "ab", 0, {"a", "b"}},
  };
  for (const Row& row : rows) EXPECT_EQ(wrap(row.text, row.width), row.lines) << row.name;
}

TEST(Wrap, LosesNothing) {
  const std::string text(5000, 'x');
  std::string together;
  for (const std::string& line : wrap(text, 7)) {
    EXPECT_LE(line.size(), 7u);
    together += line;
  }
  EXPECT_EQ(together, text);
}

TEST(Counted, TakesTheRightForm) {
  EXPECT_EQ(counted(0, "finding"), "0 findings");
  EXPECT_EQ(counted(1, "finding"), "1 finding");
  EXPECT_EQ(counted(2, "remedy", "remedies"), "2 remedies");
}

TEST(TextTable, LeavesOutColumnsWithoutContentAndTrailingSpaces) {
  TextTable table({{.title = "ID"}, {.title = "FLAGS"}, {.title = "N", .right = true}});
  table.add({{"long-id"}, {""}, {"7"}});
  table.add({{"x"}, {""}, {""}});
  EXPECT_EQ(table.lay_out(80, Paint(false)), "ID       N\nlong-id  7\nx\n");
}

TEST(TextTable, WrapsInsideItsColumnsAndKeepsTheWidth) {
  TextTable table({{.title = "A", .shrinks = true}, {.title = "B", .shrinks = true}});
  table.add({{std::string(30, 'a')}, {"short"}});
  const std::string out = table.lay_out(20, Paint(false));
  EXPECT_EQ(out,
            "A              B\n"
            "aaaaaaaaaaaaa  short\n"
            "aaaaaaaaaaaaa\n"
            "aaaa\n");
}

TEST(Paint, ColoursOnlyWhereItIsOn) {
  EXPECT_EQ(Paint(false)(Tone::kBold, "x"), "x");
  EXPECT_EQ(Paint(true)(Tone::kBold, "x"), "\x1b[1mx\x1b[0m");
  EXPECT_EQ(Paint(true)(Tone::kPlain, "x"), "x");
  EXPECT_EQ(Paint(true)(Tone::kBold, ""), "");
}

}  // namespace
}  // namespace seaworthy
