#include "core/codec/layer_toc.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/file.h"
#include "core/codec/digest.h"
#include "core/codec/stargz_builder.h"
#include "core/codec/tar.h"

namespace seaworthy {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// A layer as Podman 4.3 pushes it with --compression-format zstd:chunked, and what it says of its
// table: a symbolic and a hard link, a file of 300,000 zeros, whiteouts, and two that are wanted.
constexpr std::string_view kPosition = "14019:515:2121:1";
constexpr std::string_view kChecksum =
    "sha256:e42554b128377a2c28225d7ccd48cca679920093645ad720ec50364053fc4953";

std::string chunked_layer() {
  return *read_file(std::string(TESTDATA) + "/chunked.tar.zst", 1 * kMiB);
}

bool is_wanted(std::string_view path, std::uint64_t) {
  return path == "usr/lib/os-release" || path == "var/lib/dpkg/status" || path == "srv/zeros";
}

const std::string kStatus = "Package: bash\n";

std::string typical_toc() {
  return R"({"version":1,"entries":[
    {"name":"etc/","type":"dir"},
    {"name":"etc/os-release","type":"symlink","linkName":"../usr/lib/os-release"},
    {"name":".prefetch.landmark","type":"reg","size":1,"offset":@0,"digest":"sha256:00"},
    {"name":"var/lib/dpkg/status","type":"reg","size":14,"offset":@1,"innerOffset":3,"digest":")" +
         sha256(kStatus) + R"("},
    {"name":"srv/large","type":"reg","size":10,"offset":@2,"chunkSize":6,"digest":")" +
         sha256("0123456789") + R"("},
    {"name":"srv/large","type":"chunk","offset":@3,"chunkOffset":6,"chunkSize":4},
    {"name":"srv/hard","type":"hardlink","linkName":"srv/large"},
    {"name":"dev/null","type":"char"}]})";
}

Stargz typical_stargz() {
  return stargz({"l", "xxx" + kStatus, "012345", "6789"}, typical_toc());
}

struct Unpacked {
  std::map<std::string, std::string> contents;  // of links: where they lead
  std::string failure;
};

Unpacked unpack(ByteSource& source) {
  Unpacked found;
  TarReader tar(source, {});
  TarEntry entry;
  while (true) {
    const auto more = tar.next(entry);
    if (!more) found.failure = more.error().message;
    if (!more || !*more) return found;
    if (entry.kind != TarKind::kFile) {
      found.contents[entry.path] = entry.link_target;
      continue;
    }
    const auto content = tar.content(1 * kMiB);
    if (!content) {
      found.failure = content.error().message;
      return found;
    }
    found.contents[entry.path] = *content;
  }
}

Result<Unpacked> unpack_stargz(const Stargz& layer, const TocWanted& wanted,
                               const Limits& limits = {}) {
  const auto blob = ranges_of_memory(layer.blob);
  ASSIGN_OR_RETURN(const TocPlace place, stargz_place(*blob, layer.digest));
  ASSIGN_OR_RETURN(LayerToc toc, read_toc(*blob, place, limits));
  return unpack(*tar_of_toc(std::move(toc), ranges_of_memory(layer.blob), limits, wanted));
}

TEST(LayerToc, ReadsWhatPodmanWrote) {
  const std::string bytes = chunked_layer();
  const auto blob = ranges_of_memory(bytes);
  const auto place = chunked_place(kPosition, kChecksum, bytes.size());
  ASSERT_TRUE(place.ok()) << place.error().message;
  auto toc = read_toc(*blob, *place, {});
  ASSERT_TRUE(toc.ok()) << toc.error().message;
  EXPECT_EQ(toc->entries.size(), 10U);
  const auto ranges = wanted_ranges(*toc, is_wanted, 0);
  std::uint64_t fetched = 0;
  for (const StoredRange& range : ranges) fetched += range.end - range.begin;
  EXPECT_EQ(ranges.size(), 3U);
  EXPECT_LT(fetched, 300U);
  const Unpacked found =
      unpack(*tar_of_toc(*std::move(toc), ranges_of_memory(bytes), {}, is_wanted));
  EXPECT_EQ(found.failure, "");
  EXPECT_EQ(found.contents.at("usr/lib/os-release"), "ID=debian\nVERSION_ID=\"12\"\n");
  EXPECT_THAT(found.contents.at("var/lib/dpkg/status"), HasSubstr("Package: bash"));
  EXPECT_EQ(found.contents.at("srv/zeros"), std::string(300'000, '\0'));
  EXPECT_EQ(found.contents.at("srv/large"), "");  // not wanted
  EXPECT_EQ(found.contents.at("srv/hard"), "srv/large");
  EXPECT_EQ(found.contents.at("etc/os-release"), "../usr/lib/os-release");
  EXPECT_TRUE(found.contents.contains("srv/.wh.gone"));
}

// A zstd:chunked layer of the parts, each in a frame of its own; "@N" in `json` is where part N
// begins, and "@" and the number of parts where the last one ends.
Result<Unpacked> unpack_chunked(const std::vector<std::string>& parts, std::string json) {
  std::string blob;
  for (std::size_t i = 0; i <= parts.size(); ++i) {
    const std::string mark = "@" + std::to_string(i);
    for (std::size_t at = json.find(mark); at != std::string::npos; at = json.find(mark)) {
      json.replace(at, mark.size(), std::to_string(blob.size()));
    }
    if (i < parts.size()) blob += compress(Compression::kZstd, parts[i]);
  }
  const std::string stored = compress(Compression::kZstd, json);
  const TocPlace place{TocForm::kZstdChunked, blob.size(), stored.size(), sha256(stored)};
  blob += stored;
  const auto ranges = ranges_of_memory(blob);
  ASSIGN_OR_RETURN(LayerToc toc, read_toc(*ranges, place, {}));
  const auto all = [](std::string_view, std::uint64_t) { return true; };
  return unpack(*tar_of_toc(std::move(toc), ranges_of_memory(blob), {}, all));
}

TEST(LayerToc, ChunksOfZstdChunkedEndWhereTheNextBegins) {
  struct Row {
    const char* name;
    const char* chunks;
    const char* failure;
  };
  const Row rows[] = {
      {"the end in the first entry only, as Podman writes it",
       R"("offset":@0,"endOffset":@3,"chunkSize":6},
          {"type":"chunk","name":"a","offset":@1,"chunkOffset":6,"chunkSize":3},
          {"type":"chunk","name":"a","offset":@2,"chunkOffset":9,"chunkSize":2})",
       ""},
      {"each with its own end",
       R"("offset":@0,"endOffset":@1,"chunkSize":6},
          {"type":"chunk","name":"a","offset":@1,"endOffset":@2,"chunkOffset":6,"chunkSize":3},
          {"type":"chunk","name":"a","offset":@2,"endOffset":@3,"chunkOffset":9,"chunkSize":2})",
       ""},
      {"no end at all",
       R"("offset":@0,"chunkSize":6},
          {"type":"chunk","name":"a","offset":@1,"chunkOffset":6,"chunkSize":5})",
       "outside the layer"},
      {"a chunk that begins where its file has ended",
       R"("offset":@0,"endOffset":@1,"chunkSize":6},
          {"type":"chunk","name":"a","offset":@1,"chunkOffset":6,"chunkSize":5})",
       "outside the layer"},
      {"a chunk that begins in front of the one before",
       R"("offset":@1,"endOffset":@3,"chunkSize":6},
          {"type":"chunk","name":"a","offset":@0,"chunkOffset":6,"chunkSize":5})",
       "outside the layer"},
      {"a file that ends behind the table",
       R"("offset":@0,"endOffset":99999,"chunkSize":6},
          {"type":"chunk","name":"a","offset":@1,"chunkOffset":6,"chunkSize":5})",
       "outside the layer"},
  };
  const std::string content = "012345678ab";
  for (const Row& row : rows) {
    // The second file shows that the end of one is not that of the next.
    const auto found = unpack_chunked(
        {"012345", "678", "ab", "next"},
        R"({"version":1,"entries":[{"type":"reg","name":"a","size":11,"digest":")" +
            sha256(content) + "\"," + row.chunks +
            R"(,{"type":"reg","name":"b","size":4,"offset":@3,"endOffset":@4,"digest":")" +
            sha256("next") + "\"}]}");
    const std::string failure = found ? found->failure : found.error().message;
    if (*row.failure != '\0') {
      EXPECT_THAT(failure, HasSubstr(row.failure)) << row.name;
      continue;
    }
    ASSERT_EQ(failure, "") << row.name;
    EXPECT_EQ(found->contents.at("a"), content) << row.name;
    EXPECT_EQ(found->contents.at("b"), "next") << row.name;
  }
}

TEST(LayerToc, ReadsAnEstargz) {
  const auto all = [](std::string_view, std::uint64_t) { return true; };
  const auto found = unpack_stargz(typical_stargz(), all);
  ASSERT_TRUE(found.ok()) << found.error().message;
  EXPECT_EQ(found->failure, "");
  EXPECT_EQ(found->contents.at("var/lib/dpkg/status"), kStatus);
  EXPECT_EQ(found->contents.at("srv/large"), "0123456789");
  EXPECT_EQ(found->contents.at("srv/hard"), "srv/large");
  EXPECT_EQ(found->contents.at("etc/os-release"), "../usr/lib/os-release");
  EXPECT_FALSE(found->contents.contains(".prefetch.landmark"));
  EXPECT_TRUE(found->contents.contains("dev/null"));
}

TEST(LayerToc, RangesAreJoinedOverSmallGaps) {
  LayerToc toc;
  const auto file = [](std::string path, std::vector<TocChunk> chunks) {
    TocEntry entry{TocKind::kFile, std::move(path), "", 1, "", std::move(chunks)};
    return entry;
  };
  toc.entries = {file("c", {{300, 400, 0, 1, false}}),
                 file("a", {{0, 100, 0, 1, false}, {0, 0, 0, 5, true}}),
                 file("b", {{90, 120, 0, 1, false}}), file("no", {{500, 600, 0, 1, false}})};
  const auto wanted = [](std::string_view path, std::uint64_t) { return path != "no"; };
  EXPECT_THAT(wanted_ranges(toc, wanted, 0),
              ElementsAre(StoredRange{0, 120}, StoredRange{300, 400}));
  EXPECT_THAT(wanted_ranges(toc, wanted, 180), ElementsAre(StoredRange{0, 400}));
  EXPECT_TRUE(wanted_ranges({}, wanted, 180).empty());
}

TEST(LayerToc, PlacesThatAreNone) {
  const std::string digest(kChecksum);
  for (const std::string_view position : {"", "1", "1:2:3", "1:2:3:1:5", "a:2:3:1", "1:-2:3:1",
                                          "0:0:0:1", "900:200:5:1", "18446744073709551615:1:1:1"}) {
    EXPECT_FALSE(chunked_place(position, digest, 1000).ok()) << position;
  }
  EXPECT_EQ(chunked_place("1:2:3:2", digest, 1000).error().code, ErrorCode::kUnsupported);
  EXPECT_FALSE(chunked_place("1:2:3:1", "sha256:00", 1000).ok());
  EXPECT_TRUE(chunked_place("1:2:3:1", digest, 1000).ok());
  for (const std::string& bytes : {std::string(), std::string(50, 'x'), std::string(51, 'x')}) {
    EXPECT_FALSE(stargz_place(*ranges_of_memory(bytes), digest).ok()) << bytes.size();
  }
}

TEST(LayerToc, WhatItSaysIsChecked) {
  struct Row {
    const char* name;
    const char* old_text;
    const char* new_text;
    const char* message;
  };
  const Row rows[] = {
      {"no JSON", "{\"version\"", "x\"version\"", "table of contents: not JSON"},
      {"no list", "\"entries\"", "\"entrance\"", "lists no entries"},
      {"a path out of the root", "\"srv/hard\"", "\"../srv/hard\"", "leaves the root"},
      {"a chunk out of order", "\"chunkOffset\":6", "\"chunkOffset\":5", "out of order"},
      {"a chunk too large", "\"chunkSize\":4", "\"chunkSize\":400", "is larger than it"},
      {"too few chunks", "\"chunkOffset\":6,\"chunkSize\":4", "\"chunkOffset\":6,\"chunkSize\":1",
       "are not its size"},
      {"a chunk of no file", "\"hardlink\"", "\"chunk\"", "out of order"},
      {"a part behind the table", "\"size\":14,\"offset\":@1", "\"size\":14,\"offset\":99999",
       "outside the layer"},
      {"less than it says", "\"size\":14", "\"size\":15", "holds less"},
      {"another content", "\"innerOffset\":3", "\"innerOffset\":2", "the bytes have sha256:"},
      {"no digest", "\"offset\":@1,\"innerOffset\":3,\"digest\":\"", "\"offset\":@1,\"digest\":\"x",
       "names no digest"},
  };
  const auto wanted = [](std::string_view path, std::uint64_t) { return path.starts_with("var/"); };
  for (const Row& row : rows) {
    std::string toc = typical_toc();
    const std::size_t at = toc.find(row.old_text);
    ASSERT_NE(at, std::string::npos) << row.name;
    toc.replace(at, std::string_view(row.old_text).size(), row.new_text);
    const auto found = unpack_stargz(stargz({"l", "xxx" + kStatus, "012345", "6789"}, toc), wanted);
    EXPECT_THAT(found ? found->failure : found.error().message, HasSubstr(row.message)) << row.name;
  }
}

TEST(LayerToc, DamageAndLimits) {
  const auto wanted = [](std::string_view, std::uint64_t) { return true; };
  Stargz other = typical_stargz();
  other.digest = sha256("another");
  EXPECT_THAT(unpack_stargz(other, wanted).error().message, HasSubstr("the image says sha256:"));
  std::string bytes = chunked_layer();
  bytes[14100] ^= 1;
  const auto place = chunked_place(kPosition, kChecksum, bytes.size());
  EXPECT_THAT(read_toc(*ranges_of_memory(bytes), *place, {}).error().message,
              HasSubstr("the image says sha256:e42554"));
  Limits few;
  few.entries = 3;
  EXPECT_THAT(unpack_stargz(typical_stargz(), wanted, few).error().message,
              HasSubstr("--limit entries=N"));
  Limits small;
  small.document_bytes = 100;
  EXPECT_EQ(unpack_stargz(typical_stargz(), wanted, small).error().code, ErrorCode::kLimitExceeded);
}

}  // namespace
}  // namespace seaworthy
