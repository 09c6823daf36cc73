#include "core/codec/tar.h"

#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/codec/tar_builder.h"

namespace seaworthy {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct Listed {
  std::vector<TarEntry> entries;
  std::vector<std::string> contents;  // of files
  std::optional<Error> failure;
};

Listed list(const std::string& bytes, const Limits& limits = {}, bool read = true) {
  Listed listed;
  const auto source = source_of_memory(bytes);
  TarReader tar(*source, limits);
  TarEntry entry;
  while (true) {
    const auto more = tar.next(entry);
    if (!more) listed.failure = more.error();
    if (!more || !*more) return listed;
    listed.entries.push_back(entry);
    if (!read || entry.kind != TarKind::kFile) continue;
    auto content = tar.content(10 * kMiB);
    listed.contents.push_back(content ? *content : "error: " + content.error().message);
  }
}

std::vector<std::string> paths(const Listed& listed) {
  std::vector<std::string> all;
  for (const TarEntry& entry : listed.entries) all.push_back(entry.path);
  return all;
}

TEST(Tar, ReadsTheCommonKinds) {
  TarBuilder tar;
  tar.directory("./").directory("./etc/").file("./etc/passwd", "root").symlink("bin", "usr/bin");
  tar.hard_link("etc/alias", "./etc/passwd").entry({.name = "dev/null", .type = '3'});
  const Listed listed = list(tar.finish());
  ASSERT_FALSE(listed.failure) << listed.failure->message;
  EXPECT_THAT(paths(listed), ElementsAre("", "etc", "etc/passwd", "bin", "etc/alias", "dev/null"));
  EXPECT_EQ(listed.entries[0].kind, TarKind::kDirectory);
  EXPECT_EQ(listed.entries[2].offset_bytes, 3U * 512);
  EXPECT_EQ(listed.entries[2].size_bytes, 4U);
  EXPECT_EQ(listed.entries[3].kind, TarKind::kSymlink);
  EXPECT_EQ(listed.entries[3].link_target, "usr/bin");
  EXPECT_EQ(listed.entries[4].kind, TarKind::kHardLink);
  EXPECT_EQ(listed.entries[4].link_target, "etc/passwd");
  EXPECT_EQ(listed.entries[5].kind, TarKind::kOther);
  EXPECT_THAT(listed.contents, ElementsAre("root"));
}

TEST(Tar, CleansPaths) {
  struct Row {
    const char* raw;
    const char* clean;  // null: leaves the root
  };
  const std::vector<Row> rows{
      {"a", "a"},      {"/a", "a"},          {"//a//b/", "a/b"}, {"./a/./b", "a/b"},
      {"a/../b", "b"}, {"a/b/../../c", "c"}, {"", ""},           {".", ""},
      {"..", nullptr}, {"../a", nullptr},    {"/../a", nullptr}, {"a/../../b", nullptr},
      {"...", "..."},  {"..a", "..a"},       {"a/..", ""},
  };
  for (const Row& row : rows) {
    const auto clean = clean_tar_path(row.raw);
    ASSERT_EQ(clean.ok(), row.clean != nullptr) << row.raw;
    if (!clean) continue;
    EXPECT_EQ(*clean, row.clean) << row.raw;
  }
  EXPECT_FALSE(clean_tar_path(std::string_view("a\0b", 3)));
}

TEST(Tar, ReadsEveryFormOfALongPath) {
  const std::string deep = std::string(90, 'a') + "/" + std::string(90, 'b');
  struct Row {
    const char* name;
    std::string tar;
    std::string path;
  };
  const std::vector<Row> rows{
      {"ustar prefix", TarBuilder().entry({.name = "b", .prefix = "a/p"}, "x").finish(), "a/p/b"},
      {"V7 has no prefix",
       TarBuilder().entry({.name = "b", .prefix = "a", .magic = ""}, "x").finish(), "b"},
      {"GNU has no prefix",
       TarBuilder().entry({.name = "b", .prefix = "a", .magic = "ustar  "}, "x").finish(), "b"},
      {"GNU long name", TarBuilder().long_name(deep).file("cut", "x").finish(), deep},
      {"pax path", TarBuilder().pax(TarBuilder::pax_record("path", deep)).file("cut", "x").finish(),
       deep},
      {"pax global path",
       TarBuilder().pax(TarBuilder::pax_record("path", "g"), 'g').file("cut", "x").finish(), "g"},
      {"local before global",
       TarBuilder()
           .pax(TarBuilder::pax_record("path", "g"), 'g')
           .pax(TarBuilder::pax_record("path", "l"))
           .file("cut", "x")
           .finish(),
       "l"},
      {"unknown keys are passed over",
       TarBuilder()
           .pax(TarBuilder::pax_record("mtime", "1.5") + TarBuilder::pax_record("path", "p") +
                TarBuilder::pax_record("SCHILY.xattr.a", "=\n="))
           .file("cut", "x")
           .finish(),
       "p"},
  };
  for (const Row& row : rows) {
    const Listed listed = list(row.tar);
    ASSERT_FALSE(listed.failure) << row.name << ": " << listed.failure->message;
    EXPECT_THAT(paths(listed), ElementsAre(row.path)) << row.name;
    EXPECT_THAT(listed.contents, ElementsAre("x")) << row.name;
  }
}

TEST(Tar, AnExtendedHeaderIsForOneEntry) {
  const Listed listed = list(TarBuilder()
                                 .long_name("long")
                                 .file("a")
                                 .file("b")
                                 .pax(TarBuilder::pax_record("linkpath", "far"))
                                 .symlink("c", "near")
                                 .symlink("d", "near")
                                 .finish());
  EXPECT_THAT(paths(listed), ElementsAre("long", "b", "c", "d"));
  EXPECT_EQ(listed.entries[2].link_target, "far");
  EXPECT_EQ(listed.entries[3].link_target, "near");
}

TEST(Tar, ReadsSizes) {
  const std::string base256 = std::string("\x80\0\0\0\0\0\0\0\0\0\0\x03", 12);
  struct Row {
    const char* name;
    std::string tar;
  };
  TarBuilder pax_size;
  pax_size.pax(TarBuilder::pax_record("size", "3")).raw(TarBuilder::header({.name = "f"}));
  const std::vector<Row> rows{
      {"base-256", TarBuilder().entry({.name = "f", .size_field = base256}, "abc").finish()},
      {"spaces in front",
       TarBuilder().entry({.name = "f", .size_field = "          3 "}, "abc").finish()},
      {"pax size", pax_size.padded("abc").finish()},
      {"a link's size counts for nothing",
       TarBuilder()
           .raw(TarBuilder::header({.name = "l", .type = '2', .size = 5000, .link = "f"}))
           .file("f", "abc")
           .finish()},
  };
  for (const Row& row : rows) {
    const Listed listed = list(row.tar);
    ASSERT_FALSE(listed.failure) << row.name << ": " << listed.failure->message;
    EXPECT_THAT(listed.contents, ElementsAre("abc")) << row.name;
  }
}

TEST(Tar, EndsWhereTheArchiveEnds) {
  const std::string one = TarBuilder().file("a", "x").unfinished();
  struct Row {
    const char* name;
    std::string bytes;
    std::size_t entries;
    const char* failure;  // "" none
  };
  const std::vector<Row> rows{
      {"empty input", "", 0, ""},
      {"only the end", std::string(1024, '\0'), 0, ""},
      {"no end blocks", one, 1, ""},
      {"one end block", one + std::string(512, '\0'), 1, ""},
      {"bytes behind the end are not read", one + std::string(1024, '\0') + "garbage", 1, ""},
      {"one zero block inside", one + std::string(512, '\0') + one, 1, "single zero block"},
      {"truncated header", one + one.substr(0, 100), 1, "truncated block at offset 1124"},
      {"truncated content", one.substr(0, 512), 1, "truncated content"},
      {"truncated padding", one.substr(0, 700), 1, "truncated content"},
      {"garbage", std::string(512, 'x'), 0, "no tar archive: there is no header at offset 0"},
      {"garbage behind an entry", one.substr(0, 1024) + std::string(512, 'x'), 1,
       "bad header checksum at offset 1024"},
      {"long name without entry", TarBuilder().long_name("a").finish(), 0, "without an entry"},
      {"malformed pax", TarBuilder().pax("99 path=a\n").file("a").finish(), 0, "pax record"},
      {"pax without equals", TarBuilder().pax("7 path\n").file("a").finish(), 0, "pax record"},
      {"malformed pax size",
       TarBuilder().pax(TarBuilder::pax_record("size", "-1")).file("a").finish(), 0, "pax size"},
      {"negative size",
       TarBuilder().entry({.name = "f", .size_field = std::string(12, '\xff')}).finish(), 0,
       "size: number out of range"},
      {"huge size",
       TarBuilder()
           .entry({.name = "f",
                   .size_field = std::string("\x80\0\0\0\x7f", 5) + std::string(7, '\xff')})
           .finish(),
       1, "truncated content"},
  };
  for (const Row& row : rows) {
    for (const bool read : {true, false}) {
      const Listed listed = list(row.bytes, {}, read);
      EXPECT_EQ(listed.entries.size(), row.entries) << row.name;
      EXPECT_EQ(listed.failure.has_value(), *row.failure != '\0') << row.name;
      if (!listed.failure) continue;
      EXPECT_THAT(listed.failure->message, HasSubstr(row.failure)) << row.name;
      EXPECT_EQ(listed.failure->code, ErrorCode::kInvalidInput) << row.name;
    }
  }
}

TEST(Tar, UnusablePathsAreComplaintsAndTheRestIsRead) {
  std::string deep;
  for (int i = 0; i < 20000; ++i) deep += "a/";
  const std::string tar = TarBuilder()
                              .file("../../etc/passwd", "evil")
                              .file("/a/../../b", "evil")
                              .hard_link("x", "../../etc/shadow")
                              .hard_link("y", "/")
                              .file(deep + "f", "long")
                              .symlink("ok", "../../anywhere")
                              .file("good", "x")
                              .finish();
  const Listed listed = list(tar);
  ASSERT_FALSE(listed.failure) << listed.failure->message;
  ASSERT_EQ(listed.entries.size(), 7U);
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(listed.entries[i].kind, TarKind::kOther) << i;
    EXPECT_EQ(listed.entries[i].path, "") << i;
    EXPECT_NE(listed.entries[i].complaint, "") << i;
  }
  EXPECT_THAT(listed.entries[0].complaint, HasSubstr("leaves the root: '../../etc/passwd'"));
  EXPECT_THAT(listed.entries[1].complaint, HasSubstr("at offset 1024"));
  EXPECT_EQ(listed.entries[4].complaint_code, ErrorCode::kLimitExceeded);
  EXPECT_EQ(listed.entries[5].link_target, "../../anywhere");
  EXPECT_THAT(listed.contents, ElementsAre("x"));
}

TEST(Tar, AVeryDeepPathIsFineUpToTheLimit) {
  std::string deep;
  for (int i = 0; i < 10000; ++i) deep += "a/";
  const Listed listed = list(TarBuilder().file(deep + "f", "x").finish());
  ASSERT_EQ(listed.entries.size(), 1U);
  EXPECT_EQ(listed.entries[0].path, deep + "f");
  EXPECT_EQ(listed.entries[0].complaint, "");
}

TEST(Tar, TheNumberOfEntriesIsLimited) {
  TarBuilder tar;
  for (int i = 0; i < 5; ++i) tar.file("f" + std::to_string(i));
  Limits limits;
  limits.entries = 4;
  const Listed listed = list(tar.finish(), limits);
  EXPECT_EQ(listed.entries.size(), 4U);
  ASSERT_TRUE(listed.failure);
  EXPECT_EQ(listed.failure->code, ErrorCode::kLimitExceeded);
}

// One file in four forms: "ab" at 3 and "cd" at 7 of ten bytes.
TEST(Tar, FillsTheHolesOfSparseFiles) {
  const std::string expected = std::string("\0\0\0ab\0\0cd\0", 10);
  const auto number = [](std::uint64_t value) {
    return TarBuilder::octal(value, 11) + std::string(1, '\0');
  };
  const auto record = TarBuilder::pax_record;
  const std::string old_map = number(3) + number(2) + number(7) + number(2);
  const std::string old_tail = old_map + std::string(48, '\0') + std::string(1, '\0') + number(10);
  const std::string extended_tail =
      number(3) + number(2) + std::string(72, '\0') + "\x01" + number(10);
  std::string extension = number(7) + number(2);
  extension.resize(512, '\0');
  const std::string v1_map = "2\n3\n2\n7\n2\n";
  struct Row {
    const char* name;
    std::string tar;
  };
  const TarBuilder::Header old_header{.name = "f", .type = 'S', .size = 4, .tail = old_tail};
  const TarBuilder::Header extended_header{
      .name = "f", .type = 'S', .size = 4, .tail = extended_tail};
  const std::vector<Row> rows{
      {"old GNU",
       TarBuilder().raw(TarBuilder::header(old_header)).padded("abcd").file("g", "next").finish()},
      {"old GNU, extended", TarBuilder()
                                .raw(TarBuilder::header(extended_header))
                                .raw(extension)
                                .padded("abcd")
                                .file("g", "next")
                                .finish()},
      {"pax 0.0", TarBuilder()
                      .pax(record("GNU.sparse.size", "10") + record("GNU.sparse.numblocks", "2") +
                           record("GNU.sparse.offset", "3") + record("GNU.sparse.numbytes", "2") +
                           record("GNU.sparse.offset", "7") + record("GNU.sparse.numbytes", "2"))
                      .file("f", "abcd")
                      .file("g", "next")
                      .finish()},
      {"pax 0.1", TarBuilder()
                      .pax(record("GNU.sparse.size", "10") + record("GNU.sparse.name", "f") +
                           record("GNU.sparse.map", "3,2,7,2"))
                      .file("GNUSparseFile.0/f", "abcd")
                      .file("g", "next")
                      .finish()},
      {"pax 1.0",
       TarBuilder()
           .pax(record("GNU.sparse.major", "1") + record("GNU.sparse.minor", "0") +
                record("GNU.sparse.name", "f") + record("GNU.sparse.realsize", "10"))
           .file("GNUSparseFile.0/f", v1_map + std::string(512 - v1_map.size(), '\0') + "abcd")
           .file("g", "next")
           .finish()},
  };
  for (const Row& row : rows) {
    const Listed listed = list(row.tar);
    ASSERT_FALSE(listed.failure) << row.name << ": " << listed.failure->message;
    EXPECT_THAT(paths(listed), ElementsAre("f", "g")) << row.name;
    EXPECT_EQ(listed.entries[0].size_bytes, 10U) << row.name;
    EXPECT_TRUE(listed.entries[0].sparse) << row.name;
    EXPECT_THAT(listed.contents, ElementsAre(expected, "next")) << row.name;
    EXPECT_THAT(paths(list(row.tar, {}, false)), ElementsAre("f", "g")) << row.name;
  }
}

TEST(Tar, ContentInPieces) {
  const std::string sparse = TarBuilder::pax_record("GNU.sparse.size", "10") +
                             TarBuilder::pax_record("GNU.sparse.map", "3,2,7,2");
  const std::string bytes = TarBuilder()
                                .pax(sparse)
                                .file("sparse", "abcd")
                                .file("plain", "0123456789")
                                .file("last", "z")
                                .finish();
  const std::string holes("\0\0\0ab\0\0cd\0", 10);
  for (const std::size_t piece : {1U, 3U, 100U}) {
    for (const std::size_t skipped : {0U, 4U, 10U}) {
      const auto source = source_of_memory(bytes);
      TarReader tar(*source, {});
      TarEntry entry;
      for (const std::string& expected : {holes, std::string("0123456789")}) {
        ASSERT_TRUE(*tar.next(entry));
        ASSERT_TRUE(tar.skip(skipped));
        std::string content;
        while (true) {
          std::string block(piece, '?');
          const auto got = tar.read(block);
          ASSERT_TRUE(got) << got.error().message;
          if (*got == 0) break;
          content += block.substr(0, *got);
        }
        EXPECT_EQ(content, expected.substr(skipped)) << piece;
      }
      ASSERT_TRUE(*tar.next(entry));  // in pieces or not, the next entry is found
      EXPECT_EQ(*tar.content(10), "z");
    }
  }
}

// A hole costs the archive nothing, so all of them together are limited.
TEST(Tar, HolesAreLimited) {
  Limits limits;
  limits.layer_bytes = 1000;
  const std::string bytes = TarBuilder()
                                .pax(TarBuilder::pax_record("GNU.sparse.size", "9000000000000") +
                                     TarBuilder::pax_record("GNU.sparse.map", "0,4"))
                                .file("f", "abcd")
                                .finish();
  const auto source = source_of_memory(bytes);
  TarReader tar(*source, limits);
  TarEntry entry;
  ASSERT_TRUE(*tar.next(entry));
  std::string block(600, '?');
  Result<std::size_t> got = tar.read(block);
  while (got && *got > 0) got = tar.read(block);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, ErrorCode::kLimitExceeded);
  EXPECT_FALSE(*tar.next(entry));
}

TEST(Tar, HostileSparseMapsAreRefusedAndPassedOver) {
  struct Row {
    const char* name;
    const char* map;
    const char* size;
  };
  const std::vector<Row> rows{
      {"beyond the end", "9,4", "10"},      {"out of order", "7,2,3,2", "10"},
      {"overlapping", "3,2,4,2", "10"},     {"more than is stored", "0,8", "10"},
      {"less than is stored", "0,2", "10"}, {"odd", "3,2,7", "10"},
      {"no numbers", "a,b", "10"},          {"wraps", "18446744073709551615,4", "10"},
      {"huge size", "0,4", "5368709120"},
  };
  for (const Row& row : rows) {
    const Listed listed = list(TarBuilder()
                                   .pax(TarBuilder::pax_record("GNU.sparse.map", row.map) +
                                        TarBuilder::pax_record("GNU.sparse.size", row.size))
                                   .file("f", "abcd")
                                   .file("g", "next")
                                   .finish());
    ASSERT_FALSE(listed.failure) << row.name << ": " << listed.failure->message;
    ASSERT_EQ(listed.entries.size(), 2U) << row.name;
    EXPECT_EQ(listed.contents.back(), "next") << row.name;
    const bool complained = !listed.entries[0].complaint.empty();
    const bool refused = listed.contents.front().starts_with("error: ");
    EXPECT_TRUE(complained || refused) << row.name;
  }
}

TEST(Tar, ContentIsBoundedByTheHeaderAlone) {
  const std::string tar = TarBuilder().file("f", std::string(5000, 'x')).finish();
  const auto source = source_of_memory(tar);
  TarReader reader(*source, Limits{});
  TarEntry entry;
  ASSERT_TRUE(reader.next(entry));
  const auto content = reader.content(4999);
  ASSERT_FALSE(content);
  EXPECT_EQ(content.error().code, ErrorCode::kLimitExceeded);
  const auto again = reader.next(entry);
  ASSERT_TRUE(again);
  EXPECT_FALSE(*again);
}

}  // namespace
}  // namespace seaworthy
