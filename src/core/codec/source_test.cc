#include "core/codec/source.h"

#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/file.h"
#include "core/codec/compressor.h"

namespace seaworthy {
namespace {

using testing::HasSubstr;

constexpr std::array kCompressions{Compression::kGzip, Compression::kZstd, Compression::kXz,
                                   Compression::kBzip2};

// Compressible, but not to nothing.
std::string some_bytes(std::size_t size) {
  std::string bytes;
  std::uint32_t state = 1;
  while (bytes.size() < size) {
    state = state * 1664525U + 1013904223U;
    bytes += std::to_string(state >> 20) + (state % 7 == 0 ? "\n" : " ");
  }
  bytes.resize(size);
  return bytes;
}

Result<std::string> inflate_all(const std::string& stored, const Limits& limits = {}) {
  const auto source = inflate(source_of_memory(stored), sniff_compression(stored), limits);
  return read_all(*source, 1 * kGiB);
}

TEST(Source, MemoryReadsAndSkips) {
  const auto source = source_of_memory("abcdefgh");
  std::array<char, 3> out{};
  EXPECT_EQ(*source->read(out), 3U);
  EXPECT_EQ(*source->skip(2), 2U);
  EXPECT_EQ(*read_all(*source, 100), "fgh");
  EXPECT_EQ(*source->read(out), 0U);
  EXPECT_EQ(*source->skip(5), 0U);
}

TEST(Source, FileKeepsToItsPartAndReportsAShortOne) {
  auto spool = open_spool();
  ASSERT_TRUE(spool);
  ASSERT_TRUE(write_all(spool->get(), "0123456789"));
  EXPECT_EQ(*read_all(*source_of_file(spool->get(), 2, 5), 100), "23456");
  const auto skipping = source_of_file(spool->get(), 2, 5);
  EXPECT_EQ(*skipping->skip(4), 4U);
  EXPECT_EQ(*read_all(*skipping, 100), "6");

  const auto cut = read_all(*source_of_file(spool->get(), 2, 20), 100);
  ASSERT_FALSE(cut);
  EXPECT_EQ(cut.error().code, ErrorCode::kInvalidInput);
  EXPECT_THAT(cut.error().message, HasSubstr("ends before offset 11"));
  EXPECT_FALSE(source_of_file(spool->get(), 2, 20)->skip(20));
}

TEST(Source, StreamReadsAPipeToItsEnd) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const Fd out(ends[0]);
  Fd in(ends[1]);
  ASSERT_TRUE(write_all(in.get(), "hello"));
  in.reset();
  EXPECT_EQ(*read_all(*source_of_stream(out.get()), 100), "hello");
}

TEST(Source, ReadAllIsBounded) {
  EXPECT_TRUE(read_all(*source_of_memory("12345"), 5));
  const auto over = read_all(*source_of_memory("123456"), 5);
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().code, ErrorCode::kLimitExceeded);
}

TEST(Source, SniffsByMagic) {
  struct Row {
    const char* name;
    std::string bytes;
    Compression expected;
  };
  const std::vector<Row> rows{
      {"empty", "", Compression::kNone},
      {"one byte", "\x1f", Compression::kNone},
      {"gzip of another method", "\x1f\x8b\x07", Compression::kNone},
      {"skippable zstd frame", "\x5a\x2a\x4d\x18", Compression::kZstd},
      {"bzip2 without block", "BZh9xx", Compression::kNone},
      {"a tar of BZhello", "BZhello", Compression::kNone},
  };
  for (const Row& row : rows) EXPECT_EQ(sniff_compression(row.bytes), row.expected) << row.name;
  for (const Compression each : kCompressions) {
    EXPECT_EQ(sniff_compression(compress(each, "x").substr(0, 6)), each) << name_of(each);
  }
}

TEST(Inflate, ReturnsWhatWasCompressed) {
  for (const std::size_t size : {0UL, 1UL, 511UL, 70000UL, 3000000UL}) {
    const std::string bytes = some_bytes(size);
    for (const Compression each : kCompressions) {
      const std::string stored = compress(each, bytes);
      const auto inflated = read_all(*inflate(source_of_memory(stored), each, Limits{}), 1 * kGiB);
      ASSERT_TRUE(inflated) << name_of(each) << " " << inflated.error().message;
      EXPECT_TRUE(*inflated == bytes) << name_of(each) << " of " << size;
    }
  }
}

TEST(Inflate, JoinsMembersFramesAndStreams) {
  const std::string a = some_bytes(100000);
  const std::string b = some_bytes(200000);
  for (const Compression each : kCompressions) {
    const auto inflated = inflate_all(compress(each, a) + compress(each, b) + compress(each, ""));
    ASSERT_TRUE(inflated) << name_of(each) << " " << inflated.error().message;
    EXPECT_TRUE(*inflated == a + b) << name_of(each);
  }
}

TEST(Inflate, GzipAllowsZeroPaddingButNothingElseBehindTheLastMember) {
  const std::string stored = compress(Compression::kGzip, "hello");
  EXPECT_EQ(*inflate_all(stored + std::string(100000, '\0')), "hello");
  for (const std::string& tail :
       {std::string("garbage"), std::string(10, '\0') + "x", std::string(10, '\0') + stored}) {
    const auto inflated = inflate_all(stored + tail);
    ASSERT_FALSE(inflated);
    EXPECT_THAT(inflated.error().message, HasSubstr("gzip: bytes that are no member"));
  }
}

TEST(Inflate, ZstdPassesOverSkippableFrames) {
  const std::string skippable = std::string("\x50\x2a\x4d\x18\x03\0\0\0abc", 11);
  const std::string frame = compress(Compression::kZstd, "hello");
  EXPECT_EQ(*inflate_all(skippable + frame + skippable + frame), "hellohello");
}

TEST(Inflate, ReportsEveryTruncation) {
  const std::string bytes = some_bytes(5000);
  for (const Compression each : kCompressions) {
    const std::string stored = compress(each, bytes);
    for (std::size_t size = 0; size < stored.size(); size += 1 + size / 8) {
      const std::string cut = stored.substr(0, size);
      const auto inflated = read_all(*inflate(source_of_memory(cut), each, Limits{}), 1 * kGiB);
      ASSERT_FALSE(inflated) << name_of(each) << " cut to " << size;
      EXPECT_EQ(inflated.error().code, ErrorCode::kInvalidInput);
      EXPECT_THAT(inflated.error().message, HasSubstr(std::string(name_of(each))));
    }
  }
}

// Every format has a checksum, so no flipped bit of the content may pass as right content.
TEST(Inflate, NeverGivesWrongBytesForFlippedBits) {
  const std::string bytes = some_bytes(3000);
  for (const Compression each : kCompressions) {
    std::string stored = compress(each, bytes);
    if (each == Compression::kZstd) continue;  // ZSTD_compress() writes no checksum
    int refused = 0;
    for (std::size_t at = 0; at < stored.size(); ++at) {
      stored[at] ^= 0x10;
      const auto inflated = read_all(*inflate(source_of_memory(stored), each, Limits{}), 1 * kGiB);
      stored[at] ^= 0x10;
      if (!inflated) ++refused;
      EXPECT_TRUE(!inflated || *inflated == bytes) << name_of(each) << " at " << at;
    }
    EXPECT_GT(refused, static_cast<int>(stored.size() * 9 / 10)) << name_of(each);
  }
}

TEST(Inflate, AnErrorStays) {
  std::string stored = compress(Compression::kGzip, some_bytes(1000));
  stored.resize(stored.size() / 2);
  const auto source = inflate(source_of_memory(stored), Compression::kGzip, Limits{});
  std::array<char, 4096> out{};
  while (source->read(out)) {
  }
  EXPECT_FALSE(source->read(out));
  EXPECT_FALSE(source->skip(1));
}

TEST(Inflate, BombsEndAtTheLimits) {
  const std::string zeros(70 * kMiB, '\0');
  for (const Compression each : {Compression::kGzip, Compression::kZstd, Compression::kBzip2}) {
    const std::string bomb = compress(each, zeros);
    Limits small;
    small.layer_bytes = 10 * kMiB;
    const auto cut = inflate_all(bomb, small);
    ASSERT_FALSE(cut) << name_of(each);
    EXPECT_EQ(cut.error().code, ErrorCode::kLimitExceeded);
    EXPECT_THAT(cut.error().message, HasSubstr("--limit layer-bytes=N"));

    Limits strict;
    strict.ratio = 100;
    const auto thin = inflate_all(bomb, strict);
    ASSERT_FALSE(thin) << name_of(each);
    EXPECT_EQ(thin.error().code, ErrorCode::kLimitExceeded);
    EXPECT_THAT(thin.error().message, HasSubstr("--limit ratio=N"));
  }
  EXPECT_TRUE(inflate_all(compress(Compression::kGzip, zeros)));
}

TEST(Inflate, RefusesAZstdWindowOver128MiB) {
  // Frame header: no single segment, window descriptor of exponent 18 (256 MiB).
  const std::string frame = std::string("\x28\xb5\x2f\xfd\x00\x90\x01\x00\x00", 9);
  const auto inflated = inflate_all(frame);
  ASSERT_FALSE(inflated);
  EXPECT_EQ(inflated.error().code, ErrorCode::kLimitExceeded);
  EXPECT_THAT(inflated.error().message, HasSubstr("window over 128 MiB"));
}

}  // namespace
}  // namespace seaworthy
