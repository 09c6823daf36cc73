#include "core/codec/pack.h"

#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace seaworthy {
namespace {

using testing::HasSubstr;

enum class Colour { kRed, kGreen, kEnd };

TEST(Pack, ReadsBackWhatWasWritten) {
  Packer out;
  const std::uint64_t numbers[] = {
      0, 1, 127, 128, 16383, 16384, 1ULL << 63, std::numeric_limits<std::uint64_t>::max()};
  for (const std::uint64_t number : numbers) out.number(number);
  out.text("");
  out.text(std::string_view("a\0\xff", 3));
  out.hash(0x0123456789abcdefULL);
  out.flag(true);
  out.flag(false);
  out.texts({"x", "", "yz"});
  out.number(1);
  Unpacker in(out.bytes());
  for (const std::uint64_t number : numbers) EXPECT_EQ(in.number(), number);
  EXPECT_EQ(in.text(), "");
  EXPECT_EQ(in.view(), std::string_view("a\0\xff", 3));
  EXPECT_EQ(in.hash(), 0x0123456789abcdefULL);
  EXPECT_TRUE(in.flag());
  EXPECT_FALSE(in.flag());
  EXPECT_EQ(in.texts(), (std::vector<std::string>{"x", "", "yz"}));
  EXPECT_EQ(in.choice(Colour::kEnd), Colour::kGreen);
  EXPECT_TRUE(in.ok());
  EXPECT_TRUE(in.at_end());
  EXPECT_TRUE(in.finish("record").ok());
}

// The bytes are stored in caches and databases: they may not change.
TEST(Pack, HasAFixedForm) {
  Packer out;
  out.number(300);
  out.text("ab");
  out.hash(1);
  EXPECT_EQ(out.bytes(), std::string_view("\xac\x02\x02"
                                          "ab\x01\0\0\0\0\0\0\0",
                                          13));
}

TEST(Unpack, RefusesEveryTruncation) {
  Packer out;
  out.number(1'000'000);
  out.text("text");
  out.hash(7);
  out.texts({"one", "two"});
  const std::string& whole = out.bytes();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    Unpacker in(std::string_view(whole).substr(0, size));
    in.number();
    in.view();
    in.hash();
    in.texts();
    EXPECT_FALSE(in.finish("record").ok()) << size;
  }
}

TEST(Unpack, RefusesHostileFields) {
  const std::string huge(9, '\xff');
  struct Row {
    const char* name;
    std::string bytes;
    void (*read)(Unpacker&);
  };
  const Row rows[] = {
      {"number without an end", std::string(10, '\xff') + "\x01",
       [](Unpacker& in) { in.number(); }},
      {"text longer than the input",
       "\x05"
       "abc",
       [](Unpacker& in) { in.view(); }},
      {"text of 2^63 bytes",
       huge + "\x01"
              "abc",
       [](Unpacker& in) { in.text(); }},
      {"list of 2^63 texts",
       huge + "\x01"
              "abc",
       [](Unpacker& in) { in.texts(); }},
      {"list with more items than bytes",
       "\x04"
       "abc",
       [](Unpacker& in) { in.texts(); }},
      {"list of items too large for what is left",
       "\x02"
       "abcdefghi",
       [](Unpacker& in) { in.list_size(8); }},
      {"hash cut short", "1234567", [](Unpacker& in) { in.hash(); }},
      {"enumerator at the end", "\x02", [](Unpacker& in) { in.choice(Colour::kEnd); }},
      {"enumerator far out", huge + "\x01", [](Unpacker& in) { in.choice(Colour::kEnd); }},
      {"no bytes at all", "", [](Unpacker& in) { in.flag(); }},
  };
  for (const Row& row : rows) {
    Unpacker in(row.bytes);
    row.read(in);
    EXPECT_FALSE(in.ok()) << row.name;
    const Status end = in.finish("layer inventory");
    ASSERT_FALSE(end.ok()) << row.name;
    EXPECT_EQ(end.error().code, ErrorCode::kInvalidInput) << row.name;
    EXPECT_THAT(end.error().message, HasSubstr("layer inventory: malformed")) << row.name;
  }
}

TEST(Unpack, GivesNothingAfterTheFirstMalformedField) {
  Unpacker in(
      "\x7f"
      "abc\x01\x01");
  EXPECT_EQ(in.view(), "");
  EXPECT_EQ(in.number(), 0u);
  EXPECT_EQ(in.text(), "");
  EXPECT_EQ(in.list_size(), 0u);
  EXPECT_FALSE(in.flag());
  EXPECT_FALSE(in.ok());
}

TEST(Unpack, RefusesBytesLeftOver) {
  Unpacker in("\x01\x02");
  EXPECT_EQ(in.number(), 1u);
  EXPECT_TRUE(in.ok());
  const Status end = in.finish("record");
  ASSERT_FALSE(end.ok());
  EXPECT_THAT(end.error().message, HasSubstr("left over"));
}

}  // namespace
}  // namespace seaworthy
