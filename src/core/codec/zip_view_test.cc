#include "core/codec/zip_view.h"

#include <map>
#include <string>

#include <gmock/gmock.h>

#include "core/codec/zip_builder.h"

namespace seaworthy {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

constexpr std::uint64_t kMost = 1 << 20;

// Name and content of every member, or "error: ..." for what cannot be read.
std::map<std::string, std::string> contents_of(const std::string& bytes) {
  std::map<std::string, std::string> out;
  auto zip = ZipView::open(bytes);
  if (!zip) return {{"", "error: " + zip.error().message}};
  ZipMember member;
  std::string buffer;
  while (true) {
    const auto more = zip->next(member);
    if (!more) out[""] = "error: " + more.error().message;
    if (!more || !*more) return out;
    const auto content = zip->content(member, kMost, buffer);
    out[std::string(member.name)] =
        content.ok() ? std::string(*content) : "error: " + content.error().message;
  }
}

const std::string kText(5000, 'a');

TEST(ZipView, ReadsWhatIsThere) {
  EXPECT_THAT(contents_of(ZipBuilder().add("a", "one").add("b", kText, true).build()),
              ElementsAre(Pair("a", "one"), Pair("b", kText)));
  EXPECT_TRUE(contents_of(ZipBuilder().build()).empty());
  EXPECT_THAT(contents_of(ZipBuilder().add("d/", "").add("e", "", true).build()),
              ElementsAre(Pair("d/", ""), Pair("e", "")));
}

TEST(ZipView, ReadsWhatStandsAroundIt) {
  ZipBuilder builder;
  builder.add("a", "one").add("b", kText, true);
  builder.prefix = "#!/bin/sh\nexec java -jar \"$0\"\n";
  builder.comment = "a comment";
  const std::string archive = builder.build();
  EXPECT_THAT(contents_of(archive), ElementsAre(Pair("a", "one"), Pair("b", kText)));
  EXPECT_EQ(ZipView::open(archive)->prefix_bytes(), builder.prefix.size());
  EXPECT_THAT(contents_of(archive + "padding"), ElementsAre(Pair("a", "one"), Pair("b", kText)));
}

TEST(ZipView, ReadsZip64AndDescriptors) {
  ZipBuilder builder;
  builder.add({.name = "a", .content = kText, .deflate = true, .zip64 = true});
  builder.add({.name = "b", .content = "two", .deflate = true, .descriptor = true});
  builder.zip64_end = true;
  EXPECT_THAT(contents_of(builder.build()), ElementsAre(Pair("a", kText), Pair("b", "two")));
  builder.prefix = "launcher";
  EXPECT_THAT(contents_of(builder.build()), ElementsAre(Pair("a", kText), Pair("b", "two")));
}

struct Lie {
  const char* name;
  ZipBuilder::Member member;
  const char* error;
};

class Lying : public testing::TestWithParam<Lie> {};

TEST_P(Lying, IsOneBadMember) {
  const auto found = contents_of(ZipBuilder().add(GetParam().member).add("z", "good").build());
  EXPECT_THAT(found.at("a"), HasSubstr(GetParam().error));
  EXPECT_EQ(found.at("z"), "good");
}

INSTANTIATE_TEST_SUITE_P(
    Members, Lying,
    testing::Values(
        Lie{"Encrypted", {.name = "a", .content = "x", .flags = 1}, "encrypted"},
        Lie{"Method", {.name = "a", .content = "x", .method = 12}, "method 12"},
        Lie{"LocalName", {.name = "a", .content = "x", .local_name = "b"}, "names another"},
        Lie{"Checksum", {.name = "a", .content = "x", .crc_error = 1}, "checksum"},
        Lie{"Larger", {.name = "a", .content = kText, .deflate = true, .claimed = 5001}, "size"},
        Lie{"Smaller", {.name = "a", .content = kText, .deflate = true, .claimed = 4999}, "size"},
        Lie{"Nothing", {.name = "a", .content = kText, .deflate = true, .claimed = 0}, "size"},
        Lie{"Impossible",
            {.name = "a", .content = "x", .deflate = true, .claimed = kMost},
            "than is possible"},
        Lie{"Stored", {.name = "a", .content = "x", .claimed = 2}, "two sizes"},
        Lie{"Huge", {.name = "a", .content = "x", .claimed = kMost + 1}, "over"},
        Lie{"NotDeflated",
            {.name = "a", .content = "\7garbage", .claimed = 8, .method = 8},
            "damaged"}),
    [](const auto& row) { return row.param.name; });

TEST(ZipView, NamesALyingEnd) {
  ZipBuilder more, fewer, elsewhere;
  more.add("a", "x").member_error = 1;
  EXPECT_THAT(contents_of(more.build()).at(""), HasSubstr("has 1 members, its end says 2"));
  EXPECT_EQ(contents_of(more.build()).at("a"), "x");
  fewer.add("a", "x").add("b", "y").member_error = -1;
  EXPECT_THAT(contents_of(fewer.build()).at(""), HasSubstr("has 2 members, its end says 1"));
  elsewhere.add("a", "x").offset_error = 100;
  EXPECT_THAT(contents_of(elsewhere.build()).at(""), HasSubstr("not there"));
}

TEST(ZipView, AnyCutIsAnErrorOrLess) {
  const std::string whole = ZipBuilder().add("a", "one").add("b", kText, true).build();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto found = contents_of(whole.substr(0, size));
    ASSERT_EQ(found.count(""), 1U) << size;
  }
}

}  // namespace
}  // namespace seaworthy
