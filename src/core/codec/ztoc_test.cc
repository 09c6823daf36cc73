#include "core/codec/ztoc.h"

#include <functional>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/codec/flatbuffer.h"
#include "core/codec/tar.h"
#include "core/codec/tar_builder.h"
#include "core/codec/ztoc_builder.h"

namespace seaworthy {
namespace {

using testing::HasSubstr;

constexpr std::size_t kStep = 100'000;
const std::string kStatus = "Package: bash\n";

// Words in an order without a pattern: they compress, and refer far back.
std::string prose(std::size_t size, std::uint32_t seed) {
  std::string text;
  for (std::uint32_t state = seed; text.size() < size;) {
    state = state * 1664525U + 1013904223U;
    text += "word" + std::to_string(state >> 22) + " ";
  }
  return text.substr(0, size);
}

const std::string kLongPath = std::string(120, 'd') + "/long";

const std::string& typical_tar() {
  static const std::string tar = TarBuilder()
                                     .directory("etc/")
                                     .symlink("etc/os-release", "../usr/lib/os-release")
                                     .file("usr/share/large", prose(700'000, 1))
                                     .file("var/lib/dpkg/status", kStatus)
                                     .file(kLongPath, prose(500, 2))
                                     .hard_link("srv/hard", "usr/share/large")
                                     .file("srv/empty")
                                     .file("srv/.wh.gone")
                                     .entry({.name = "dev/null", .type = '3'})
                                     .file("usr/share/more", prose(300'000, 3))
                                     .file("usr/share/last", prose(900, 4))
                                     .finish();
  return tar;
}

const char* type_of(TarKind kind) {
  switch (kind) {
    case TarKind::kFile:
      return "reg";
    case TarKind::kHardLink:
      return "hardlink";
    case TarKind::kSymlink:
      return "symlink";
    case TarKind::kDirectory:
      return "dir";
    case TarKind::kOther:
      break;
  }
  return "char";
}

struct Unpacked {
  std::map<std::string, std::string> contents;  // of links: where they lead
  std::vector<ZtocFile> files;                  // as a ztoc lists them
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
    found.files.push_back(
        {entry.path, type_of(entry.kind), entry.offset_bytes, entry.size_bytes, entry.link_target});
    std::string& content = found.contents[entry.path] = entry.link_target;
    if (entry.kind == TarKind::kFile) content = *tar.content(8 * kMiB);
  }
}

Unpacked unpack_tar(const std::string& tar) {
  return unpack(*source_of_memory(tar));
}

ZtocBuilder typical(bool gzip = true) {
  static const ZtocBuilder kInGzip =
      gzip_ztoc(typical_tar(), unpack_tar(typical_tar()).files, kStep);
  static const ZtocBuilder kPlain =
      plain_ztoc(typical_tar(), unpack_tar(typical_tar()).files, kStep);
  return gzip ? kInGzip : kPlain;
}

bool all(std::string_view, std::uint64_t) {
  return true;
}

Result<LayerToc> read(const ZtocBuilder& made, const Limits& limits = {}) {
  const std::string ztoc = made.finish();
  const std::string blob = made.layer + ztoc;
  ASSIGN_OR_RETURN(const TocPlace place,
                   soci_place(std::to_string(ztoc.size()), sha256(ztoc), made.layer.size()));
  return read_toc(*ranges_of_memory(blob), place, limits);
}

Result<Unpacked> unpack_ztoc(const ZtocBuilder& made, const TocWanted& wanted = all,
                             const Limits& limits = {}) {
  ASSIGN_OR_RETURN(LayerToc toc, read(made, limits));
  return unpack(*tar_of_toc(std::move(toc), ranges_of_memory(made.layer), limits, wanted));
}

TEST(Ztoc, GivesTheFilesOfTheTar) {
  const auto want = unpack_tar(typical_tar()).contents;
  for (const bool gzip : {true, false}) {
    const auto found = unpack_ztoc(typical(gzip));
    ASSERT_TRUE(found.ok()) << found.error().message;
    EXPECT_EQ(found->failure, "");
    EXPECT_EQ(found->contents, want);
  }
}

TEST(Ztoc, NeedsFewSpansForOneFile) {
  const ZtocBuilder made = typical();
  const auto toc = read(made);
  ASSERT_TRUE(toc.ok()) << toc.error().message;
  EXPECT_GT(toc->spans.size(), 5U);
  // Checkpoints in the middle of a byte are what is hard about them.
  EXPECT_TRUE(std::any_of(toc->spans.begin(), toc->spans.end(),
                          [](const StoredSpan& span) { return span.bits > 0; }));
  const auto wanted = [](std::string_view path, std::uint64_t) { return path.ends_with("status"); };
  const auto ranges = wanted_ranges(*toc, wanted, 0);
  ASSERT_EQ(ranges.size(), 1U);
  EXPECT_LT(ranges[0].end - ranges[0].begin, made.layer.size() / 3);
  const auto found = unpack_ztoc(made, wanted);
  EXPECT_EQ(found->contents.at("var/lib/dpkg/status"), kStatus);
  EXPECT_EQ(found->contents.at("usr/share/large"), "");
}

TEST(Ztoc, TheFirstCheckpointMayBeLeftOut) {
  ZtocBuilder made = typical();
  made.checkpoints = pack(checkpoints_of(made.layer, typical_tar(), kStep), kStep, true);
  const auto found = unpack_ztoc(made);
  ASSERT_TRUE(found.ok()) << found.error().message;
  EXPECT_EQ(found->contents, unpack_tar(typical_tar()).contents);
}

TEST(Ztoc, AnEmptyTar) {
  const std::string tar = TarBuilder().finish();
  const auto found = unpack_ztoc(gzip_ztoc(tar, {}, kStep));
  ASSERT_TRUE(found.ok()) << found.error().message;
  EXPECT_TRUE(found->contents.empty());
}

TEST(Ztoc, PlainSpansAreThoseOfTheLayer) {
  struct Row {
    const char* name;
    std::uint64_t step, bytes;
  };
  for (const Row& row :
       {Row{"none", 0, typical_tar().size()}, Row{"others", kStep / 2, typical_tar().size()},
        Row{"another layer", kStep, typical_tar().size() - 1}}) {
    ZtocBuilder made = typical(false);
    FlatWriter out;
    out.table({{4, 2}, {8, row.step}, {8, row.bytes}});
    out.point(0, out.table_at);
    made.checkpoints = out.bytes;
    const auto found = read(made);
    ASSERT_FALSE(found.ok()) << row.name;
    EXPECT_THAT(found.error().message, HasSubstr("its spans are not those")) << row.name;
  }
}

void change_checkpoint(ZtocBuilder& made, std::size_t index,
                       const std::function<void(ZtocCheckpoint&)>& change) {
  auto points = checkpoints_of(made.layer, typical_tar(), kStep);
  change(points.at(index));
  made.checkpoints = pack(points, kStep);
}

TEST(Ztoc, WhatItSaysIsChecked) {
  struct Row {
    const char* name;
    std::function<void(ZtocBuilder&)> change;
    const char* message;
  };
  const Row rows[] = {
      {"a version to come", [](auto& made) { made.version = "2.0"; }, "of a version"},
      {"another layer", [](auto& made) { ++made.stored_bytes; }, "this one has"},
      {"a layer without end", [](auto& made) { made.inflated_bytes = 1ULL << 60U; },
       "--limit layer-bytes=N"},
      {"a shorter tar", [](auto& made) { made.inflated_bytes = 5000; }, "is out of order"},
      {"another compression", [](auto& made) { made.algorithm = 3; }, "of a compression"},
      {"a digest too few", [](auto& made) { made.digests.pop_back(); }, "digests for"},
      {"a negative count", [](auto& made) { made.last_span = 0xffffffff; }, "digests for"},
      {"no spans", [](auto& made) { made.digests.clear(); }, "0 digests"},
      {"cut checkpoints", [](auto& made) { made.checkpoints.pop_back(); }, "checkpoints are not"},
      {"no checkpoints", [](auto& made) { made.checkpoints.clear(); }, "checkpoints are not"},
      {"plain, with those of gzip", [](auto& made) { made.algorithm = 2; },
       "its spans are not those"},
      {"too many bits",
       [](auto& made) { change_checkpoint(made, 1, [](auto& point) { point.bits = 8; }); },
       "checkpoint 1 is none"},
      {"a span outside",
       [](auto& made) { change_checkpoint(made, 2, [](auto& point) { point.whole = 1U << 30U; }); },
       "is outside the layer"},
      {"a span out of order",
       [](auto& made) { change_checkpoint(made, 2, [](auto& point) { point.inflated = 7; }); },
       "is out of order"},
      {"a late start",
       [](auto& made) { change_checkpoint(made, 0, [](auto& point) { point.inflated = 7; }); },
       "begins late"},
      {"a span of another digest", [](auto& made) { made.digests[1] = sha256("no"); },
       "the bytes have sha256:"},
      {"a span without one", [](auto& made) { made.digests[1] = "none"; }, "digest"},
      {"a file outside", [](auto& made) { made.files.back().offset = 1U << 30U; },
       "is outside the layer"},
      {"a negative size", [](auto& made) { made.files.back().size = ~0ULL; },
       "is outside the layer"},
      {"a file over another", [](auto& made) { made.files.back().offset = 2048; }, "tar header"},
      {"headers without end",
       [](auto& made) { made.files.erase(made.files.begin(), made.files.end() - 1); }, ""},
      {"a path out of the root", [](auto& made) { made.files[3].name = "../shadow"; },
       "leaves the root"},
      {"another name", [](auto& made) { made.files[3].name = "var/lib/dpkg/state"; },
       "the tar has another entry there"},
      {"a larger size", [](auto& made) { ++made.files[3].size; }, "the tar has another entry"},
      {"another place", [](auto& made) { ++made.files[3].offset; }, "the tar has another entry"},
      {"a file that is none",
       [](auto& made) {
         made.files[0] = {"x", "reg", 512, 10};
       },
       ""},
  };
  for (const Row& row : rows) {
    ZtocBuilder made = typical();
    row.change(made);
    const auto found = unpack_ztoc(made);
    const std::string message = found ? found->failure : found.error().message;
    EXPECT_NE(message, "") << row.name;
    EXPECT_THAT(message, HasSubstr(row.message)) << row.name;
  }
}

TEST(Ztoc, DamageAndLimits) {
  const std::string ztoc = typical().finish();
  const std::uint64_t layer = typical().layer.size();
  for (std::size_t size = 0; size < ztoc.size(); size = size * 2 + 1) {
    EXPECT_FALSE(read_ztoc(ztoc.substr(0, size), layer, {}).ok()) << size;
  }
  Limits few;
  few.entries = 3;
  EXPECT_THAT(read(typical(), few).error().message, HasSubstr("--limit entries=N"));
  Limits narrow;
  narrow.path_length = 100;
  EXPECT_THAT(read(typical(), narrow).error().message, HasSubstr("--limit path-length=N"));
  for (const std::string_view size : {"", "0", "-1", "x", "9223372036854775807"}) {
    EXPECT_FALSE(soci_place(size, sha256(""), 1000).ok()) << size;
  }
}

// A small table that would be copied into a large one.
TEST(Ztoc, SharedTextsAreNotCopiedWithoutEnd) {
  ZtocBuilder made = typical();
  made.files.clear();
  for (std::uint64_t i = 1; i < 1000; ++i) made.files.push_back({"n", "reg", i * 512, 0});
  EXPECT_TRUE(read(made).ok());
  made.shared_name.assign(30'000, 'n');
  const auto shared = read(made);
  ASSERT_FALSE(shared.ok());
  EXPECT_THAT(shared.error().message, HasSubstr("its texts are larger than it is"));
}

TEST(FlatTable, AbsentFieldsAndDamage) {
  FlatWriter out;
  const auto fields = out.table({{4, 0}, {0, 0}, {2, 513}});
  out.point(0, out.table_at);
  out.text(fields[0], "text");
  const auto root = FlatTable::root(out.bytes);
  ASSERT_TRUE(root.ok()) << root.error().message;
  EXPECT_EQ(*root->text(0), "text");
  EXPECT_EQ(*root->text(1), "");
  EXPECT_EQ(*root->number(1, 4, 7), 7U);
  EXPECT_EQ(*root->number(2, 2, 7), 513U);
  EXPECT_EQ(*root->number(3, 2, 7), 7U);
  EXPECT_EQ(root->vector(1, 4)->size(), 0U);
  EXPECT_FALSE(root->table(1).ok());
  EXPECT_FALSE(root->number(2, 8, 7).ok());  // it ends before
  EXPECT_FALSE(root->vector(0, 1)->text(4).ok());
  for (std::size_t at = 0; at < out.bytes.size(); ++at) {
    std::string other = out.bytes;
    other[at] = '\xff';
    const auto table = FlatTable::root(other);  // whatever comes, it is inside
    if (table && table->text(0)) {
      EXPECT_LE(table->text(0)->size(), other.size());
    }
  }
}

}  // namespace
}  // namespace seaworthy
