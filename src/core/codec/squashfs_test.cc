#include "core/codec/squashfs.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/file.h"
#include "core/codec/tar.h"

namespace seaworthy {
namespace {

using testing::HasSubstr;

// The images of testdata were made by mksquashfs 4.5.1 with blocks of 4096 bytes from one tree: a
// file of four blocks and an end in a fragment under two names, a hole, a file of exactly two
// blocks, a link, a pipe, an empty directory, and one of 300 names (two runs of its listing).
std::string image(const std::string& name) {
  return *read_file(std::string(TESTDATA) + "/" + name + ".squashfs", 1 * kMiB);
}

std::string blocks_content() {
  std::string text;
  for (int i = 0; i < 1500; ++i) text += "line " + std::to_string(i) + "\n";
  return text;
}

struct Walked {
  std::map<std::string, SquashfsEntry> entries;
  std::map<std::string, std::string> contents;
  std::optional<Error> failure;
};

Walked walk(const std::string& bytes, const Limits& limits = {}) {
  Walked walked;
  const auto file = ranges_of_memory(bytes);
  auto reader = SquashfsReader::open(*file, limits);
  if (!reader) return {{}, {}, reader.error()};
  SquashfsEntry entry;
  while (true) {
    const auto more = reader->next(entry);
    if (!more) walked.failure = more.error();
    if (!more || !*more) return walked;
    walked.entries[entry.path] = entry;
    if (entry.kind != SquashfsKind::kFile) continue;
    std::string content;
    while (true) {
      const auto piece = reader->next_piece();
      if (!piece) {
        walked.failure = piece.error();
        return walked;
      }
      if (piece->empty()) break;
      content += *piece;
    }
    walked.contents[entry.path] = content;
  }
}

TEST(Squashfs, ReadsWhatTheToolWrote) {
  for (const std::string name : {"gzip", "xz", "zstd", "plain"}) {
    const Walked walked = walk(image(name));
    ASSERT_FALSE(walked.failure) << name << ": " << walked.failure->message;
    EXPECT_EQ(walked.entries.size(), 317U) << name;
    EXPECT_EQ(walked.entries.at("etc/os-release").kind, SquashfsKind::kSymlink) << name;
    EXPECT_EQ(walked.entries.at("etc/os-release").link_target, "../usr/lib/os-release") << name;
    EXPECT_EQ(walked.entries.at("empty").kind, SquashfsKind::kDirectory) << name;
    EXPECT_EQ(walked.entries.at("srv/pipe").kind, SquashfsKind::kOther) << name;
    EXPECT_TRUE(walked.entries.contains("many/name299")) << name;
    EXPECT_EQ(walked.contents.at("usr/lib/os-release"), "ID=debian\nVERSION_ID=\"12\"\n") << name;
    EXPECT_EQ(walked.contents.at("srv/blocks"), blocks_content()) << name;
    EXPECT_EQ(walked.contents.at("srv/hard"), blocks_content()) << name;
    EXPECT_EQ(walked.contents.at("srv/hole"), std::string(20000, '\0')) << name;
    EXPECT_EQ(walked.contents.at("srv/exact"), std::string(8192, 'x')) << name;
  }
}

TEST(Squashfs, BecomesATar) {
  const std::string bytes = image("zstd");
  const auto tar_bytes = tar_of_squashfs(
      ranges_of_memory(bytes), {},
      {[](std::string_view path, std::uint64_t) { return path.starts_with("srv/"); }});
  TarReader tar(*tar_bytes, {});
  TarEntry entry;
  std::map<std::string, std::string> contents;
  while (true) {
    const auto more = tar.next(entry);
    ASSERT_TRUE(more.ok()) << more.error().message;
    if (!*more) break;
    EXPECT_EQ(entry.complaint, "");
    if (entry.kind == TarKind::kFile) contents[entry.path] = *tar.content(1 * kMiB);
    if (entry.kind == TarKind::kSymlink) contents[entry.path] = entry.link_target;
  }
  EXPECT_EQ(contents.at("srv/blocks"), blocks_content());
  EXPECT_EQ(contents.at("usr/lib/os-release"), "");  // not wanted
  EXPECT_EQ(contents.at("etc/os-release"), "../usr/lib/os-release");
  EXPECT_EQ(contents.size(), 307U);
}

TEST(Squashfs, DamageIsAnError) {
  const std::string good = image("gzip");
  const auto with = [&](std::size_t at, char byte) {
    std::string bytes = good;
    bytes[at] = byte;
    return bytes;
  };
  struct Row {
    const char* name;
    std::string bytes;
    ErrorCode code;
    const char* message;
  };
  const Row rows[] = {
      {"empty", "", ErrorCode::kInvalidInput, "ends inside its superblock"},
      {"no image", std::string(200, 'x'), ErrorCode::kInvalidInput, "no superblock"},
      {"version 3", with(28, 3), ErrorCode::kUnsupported, "version 3.0"},
      {"lz4", with(20, 5), ErrorCode::kUnsupported, "not read"},
      {"no such compression", with(20, 99), ErrorCode::kUnsupported, "not read"},
      {"blocks of no size", with(22, 31), ErrorCode::kInvalidInput, "block size"},
      {"cut", good.substr(0, 1000), ErrorCode::kInvalidInput, "squashfs: metadata"},
      {"a root outside", with(36, 1), ErrorCode::kInvalidInput, "squashfs: metadata"},
      {"inodes elsewhere", with(64, 0), ErrorCode::kInvalidInput, "squashfs"},
  };
  for (const Row& row : rows) {
    const Walked walked = walk(row.bytes);
    ASSERT_TRUE(walked.failure) << row.name;
    EXPECT_EQ(walked.failure->code, row.code) << row.name << ": " << walked.failure->message;
    EXPECT_THAT(walked.failure->message, HasSubstr(row.message)) << row.name;
  }
}

TEST(Squashfs, LimitsHold) {
  Limits few;
  few.entries = 100;
  EXPECT_THAT(walk(image("xz"), few).failure->message, HasSubstr("--limit entries=N"));
  Limits narrow;
  narrow.path_length = 10;
  EXPECT_THAT(walk(image("xz"), narrow).failure->message, HasSubstr("--limit path-length=N"));
}

}  // namespace
}  // namespace seaworthy
