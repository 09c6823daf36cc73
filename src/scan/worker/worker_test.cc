#include "scan/worker/worker.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/file.h"
#include "core/codec/compressor.h"
#include "core/codec/digest.h"
#include "core/codec/tar_builder.h"

namespace seaworthy {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kStatus =
    "Package: bash\nStatus: install ok installed\nVersion: 5.2.15-2+b2\nArchitecture: amd64\n\n"
    "Package: sed\nStatus: install ok installed\nVersion: 4.9-1\nArchitecture: amd64\n\n";
constexpr const char* kStatusPath = "var/lib/dpkg/status";

// Bytes in an unnamed file, as layers reach the worker.
struct Stored {
  explicit Stored(const std::string& bytes) : file(*open_spool()), size(bytes.size()) {
    EXPECT_TRUE(write_all(file.get(), bytes));
  }
  WorkerInput input() const {
    return {.fd = file.get(), .offset = 0, .size = size, .is_stream = false};
  }
  Fd file;
  std::uint64_t size;
};

WorkerOptions quick() {
  WorkerOptions options;
  options.limits.time_seconds = 60;
  return options;
}

Result<LayerInventory> read(const std::string& stored, const WorkerOptions& options = quick(),
                            const std::string& digest = "", const std::string& diff_id = "") {
  const Stored layer(stored);
  LayerJob job;
  job.input = layer.input();
  job.digest = digest;
  job.diff_id = diff_id;
  return read_layer(job, options);
}

std::vector<std::uint64_t> hashes(std::vector<std::string> paths) {
  std::vector<std::uint64_t> all;
  for (const std::string& path : paths) all.push_back(path_hash(path));
  std::sort(all.begin(), all.end());
  return all;
}

const Evidence* evidence_at(const std::vector<Evidence>& all, const std::string& path) {
  for (const Evidence& one : all) {
    if (one.path == path) return &one;
  }
  return nullptr;
}

std::string filler(std::size_t size) {
  std::string bytes;
  std::uint32_t state = 7;
  while (bytes.size() < size) {
    state = state * 1664525U + 1013904223U;
    bytes += static_cast<char>(state >> 24);
  }
  return bytes;
}

std::string typical_tar() {
  TarBuilder tar;
  tar.directory("var/").directory("var/lib/dpkg").file(kStatusPath, kStatus);
  tar.file("usr/bin/sed", filler(3000000)).symlink("bin", "usr/bin");
  tar.file("usr/lib/os-release", "ID=debian\nVERSION_ID=\"12\"\n");
  tar.symlink("etc/os-release", "../usr/lib/os-release");
  return tar.finish();
}

TEST(ReadLayer, ReadsEveryCompressionAndVerifiesIt) {
  const std::string tar = typical_tar();
  for (const Compression each : {Compression::kNone, Compression::kGzip, Compression::kZstd,
                                 Compression::kXz, Compression::kBzip2}) {
    const std::string stored = compress(each, tar);
    for (const Sandbox sandbox : {Sandbox::kAuto, Sandbox::kOff}) {
      WorkerOptions options = quick();
      options.sandbox = sandbox;
      const auto layer = read(stored, options, sha256(stored), sha256(tar));
      ASSERT_TRUE(layer) << name_of(each) << ": " << layer.error().message;
      EXPECT_THAT(layer->problems, IsEmpty());
      EXPECT_EQ(layer->digest, sha256(stored));
      EXPECT_EQ(layer->diff_id, sha256(tar));
      EXPECT_EQ(layer->stored_bytes, stored.size());
      EXPECT_EQ(layer->inflated_bytes, tar.size());
      EXPECT_EQ(layer->entries, 7U);
      EXPECT_EQ(layer->files, hashes({kStatusPath, "usr/bin/sed", "bin", "usr/lib/os-release",
                                      "etc/os-release"}));
      EXPECT_EQ(layer->directories, hashes({"var", "var/lib/dpkg"}));
      const Evidence* status = evidence_at(layer->evidence, kStatusPath);
      ASSERT_NE(status, nullptr);
      EXPECT_EQ(status->extractor, "os/dpkg");
      EXPECT_EQ(status->packages.size(), 2U);
      ASSERT_NE(evidence_at(layer->evidence, "usr/lib/os-release"), nullptr);
      ASSERT_EQ(layer->links.size(), 2U);
      EXPECT_EQ(layer->links[0].path, "bin");
      EXPECT_EQ(layer->links[1].path, "etc/os-release");
      EXPECT_EQ(layer->links[1].target, "../usr/lib/os-release");
      EXPECT_FALSE(layer->links[0].hard);
    }
  }
}

TEST(ReadLayer, ReadsAPartOfAFileAndAStream) {
  const std::string tar = typical_tar();
  const std::string stored = compress(Compression::kGzip, tar);
  const Stored file("in front" + stored + "behind");
  LayerJob part;
  part.input = {.fd = file.file.get(), .offset = 8, .size = stored.size(), .is_stream = false};
  part.digest = sha256(stored);
  EXPECT_TRUE(read_layer(part, quick()));

  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const Fd out(ends[0]);
  std::thread writer([&] {
    const Fd in(ends[1]);
    EXPECT_TRUE(write_all(in.get(), stored));
  });
  LayerJob job;
  job.input = {.fd = out.get(), .offset = 0, .size = 0, .is_stream = true};
  job.digest = sha256(stored);
  job.diff_id = sha256(tar);
  const auto layer = read_layer(job, quick());
  writer.join();
  ASSERT_TRUE(layer) << layer.error().message;
  EXPECT_EQ(layer->evidence.size(), 2U);
}

TEST(ReadLayer, MixedDigestAlgorithmsAreVerified) {
  const std::string tar = typical_tar();
  Hasher hasher(Hasher::Algorithm::kSha512);
  hasher.update(tar);
  const std::string sha512 = hasher.finish();
  EXPECT_TRUE(read(tar, quick(), sha512, sha256(tar)));
  EXPECT_TRUE(read(tar, quick(), sha256(tar), sha512));
  EXPECT_FALSE(read(tar, quick(), "sha512:" + std::string(128, '0'), sha256(tar)));
  const auto other = read(tar, quick(), sha256(tar), "sha512:" + std::string(128, '0'));
  ASSERT_TRUE(other) << other.error().message;
  ASSERT_EQ(other->problems.size(), 1U);
  EXPECT_THAT(other->problems[0].message, HasSubstr("it has the diff id " + sha512));
  const auto unknown = read(tar, quick(), "md5:00");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::kUnsupported);
}

TEST(ReadLayer, WrongDigestsAreErrorsThatNameBoth) {
  const std::string tar = typical_tar();
  const std::string stored = compress(Compression::kGzip, tar);
  const std::string wrong = "sha256:" + std::string(64, '0');
  for (const std::string& bytes : {tar, stored}) {
    const auto digest = read(bytes, quick(), wrong, "");
    ASSERT_FALSE(digest);
    EXPECT_EQ(digest.error().code, ErrorCode::kInvalidInput);
    EXPECT_THAT(digest.error().message, HasSubstr("verify digest: the image says " + wrong));
    EXPECT_THAT(digest.error().message, HasSubstr(sha256(bytes)));

    // Nothing else says what the bytes are: a layer of docker's own archive.
    const auto diff = read(bytes, quick(), "", wrong);
    ASSERT_FALSE(diff);
    EXPECT_EQ(diff.error().code, ErrorCode::kInvalidInput);
    EXPECT_THAT(diff.error().message, HasSubstr("verify diff id: the image says " + wrong));
    EXPECT_THAT(diff.error().message, HasSubstr(sha256(tar)));
  }
}

// The blob is the image's, so what it holds is told; but it is never clean.
TEST(ReadLayer, AnotherContentThanTheConfigurationSaysIsAProblem) {
  const std::string tar = typical_tar();
  const std::string stored = compress(Compression::kGzip, tar);
  const std::string wrong = "sha256:" + std::string(64, '0');
  const auto layer = read(stored, quick(), sha256(stored), wrong);
  ASSERT_TRUE(layer) << layer.error().message;
  EXPECT_EQ(layer->diff_id, sha256(tar));
  EXPECT_NE(evidence_at(layer->evidence, kStatusPath), nullptr);
  ASSERT_EQ(layer->problems.size(), 1U);
  EXPECT_EQ(layer->problems[0].step, "verify diff id");
  EXPECT_TRUE(makes_verdict_unknown(layer->problems[0]));
  for (const std::string& digest : {sha256(stored), sha256(tar), wrong}) {
    EXPECT_THAT(layer->problems[0].message, HasSubstr(digest));
  }
}

// A layer that really is what the image names, but damaged when it was made: what stands before the
// damage counts. The same damage without the right digest is only a wrong layer.
TEST(ReadLayer, DamageKeepsWhatWasReadBefore) {
  const std::string tar = typical_tar();
  for (const Compression each : {Compression::kNone, Compression::kGzip, Compression::kZstd}) {
    std::string cut = compress(each, tar);
    cut.resize(cut.size() / 2);
    const auto layer = read(cut, quick(), sha256(cut));
    ASSERT_TRUE(layer) << layer.error().message;
    ASSERT_EQ(layer->problems.size(), 1U) << name_of(each);
    EXPECT_EQ(layer->problems[0].code, problem::kLayerUnreadable);
    EXPECT_EQ(layer->problems[0].step, "read tar");
    EXPECT_THAT(layer->problems[0].message, HasSubstr("truncated"));
    EXPECT_THAT(layer->problems[0].message, HasSubstr("offset"));
    EXPECT_NE(evidence_at(layer->evidence, kStatusPath), nullptr) << name_of(each);
    EXPECT_FALSE(read(cut, quick(), sha256(tar)));
  }
}

TEST(ReadLayer, FlippedBitsNeverPass) {
  const std::string tar = typical_tar();
  const std::string stored = compress(Compression::kGzip, tar);
  for (const std::size_t at : {stored.size() / 3, stored.size() / 2, stored.size() - 6}) {
    std::string flipped = stored;
    flipped[at] ^= 1;
    EXPECT_FALSE(read(flipped, quick(), sha256(stored)));
    const auto own = read(flipped, quick(), sha256(flipped), sha256(tar));
    ASSERT_TRUE(own) << at << ": " << own.error().message;
    ASSERT_FALSE(own->problems.empty()) << at;
    EXPECT_EQ(own->problems[0].code, problem::kLayerUnreadable);
  }
}

TEST(ReadLayer, ADamagedTarInsideAGoodStreamIsStillVerified) {
  const std::string tar = TarBuilder().file(kStatusPath, kStatus).unfinished() +
                          std::string(512, 'x') + filler(2000000);
  const std::string stored = compress(Compression::kGzip, tar);
  const auto layer = read(stored, quick(), sha256(stored), sha256(tar));
  ASSERT_TRUE(layer) << layer.error().message;
  EXPECT_EQ(layer->diff_id, sha256(tar));
  ASSERT_EQ(layer->problems.size(), 1U);
  EXPECT_THAT(layer->problems[0].message, HasSubstr("bad header checksum at offset 1024"));
  const auto other = read(stored, quick(), sha256(stored), sha256(stored));
  ASSERT_TRUE(other) << other.error().message;
  EXPECT_EQ(other->problems.size(), 2U);
}

TEST(ReadLayer, AFileShorterThanItsDescriptorIsAnError) {
  const std::string stored = compress(Compression::kGzip, typical_tar());
  const Stored layer(stored.substr(0, stored.size() - 100));
  LayerJob job;
  job.input = layer.input();
  job.input.size = stored.size();
  job.digest = sha256(stored);
  const auto read = read_layer(job, quick());
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::kInvalidInput);
  EXPECT_THAT(read.error().message, HasSubstr("bytes are missing"));
}

TEST(ReadLayer, BombsStopAtTheLimits) {
  const std::string tar =
      TarBuilder().file(kStatusPath, kStatus).file("zeros", std::string(70 * kMiB, '\0')).finish();
  struct Row {
    const char* name;
    Compression compression;
    std::uint64_t Limits::*limit;
    std::uint64_t value;
    const char* message;
  };
  const std::vector<Row> rows{
      {"gzip size", Compression::kGzip, &Limits::layer_bytes, 20 * kMiB, "--limit layer-bytes=N"},
      {"zstd size", Compression::kZstd, &Limits::layer_bytes, 20 * kMiB, "--limit layer-bytes=N"},
      {"gzip ratio", Compression::kGzip, &Limits::ratio, 50, "--limit ratio=N"},
      {"zstd ratio", Compression::kZstd, &Limits::ratio, 50, "--limit ratio=N"},
  };
  for (const Row& row : rows) {
    WorkerOptions options = quick();
    options.limits.*row.limit = row.value;
    const std::string bomb = compress(row.compression, tar);
    const auto layer = read(bomb, options, sha256(bomb));
    ASSERT_TRUE(layer) << row.name << layer.error().message;
    ASSERT_EQ(layer->problems.size(), 1U) << row.name;
    EXPECT_EQ(layer->problems[0].code, problem::kLimit) << row.name;
    EXPECT_THAT(layer->problems[0].message, HasSubstr(row.message)) << row.name;
    EXPECT_NE(evidence_at(layer->evidence, kStatusPath), nullptr) << row.name;
  }
  WorkerOptions options = quick();
  options.limits.layer_bytes = 1 * kMiB;
  const auto plain = read(tar, options, sha256(tar));
  ASSERT_FALSE(plain);
  EXPECT_EQ(plain.error().code, ErrorCode::kLimitExceeded);
}

TEST(ReadLayer, HostilePathsAreProblemsAndNothingElseIsLost) {
#ifdef __SANITIZE_THREAD__
  constexpr int kDeep = 1000;  // races do not grow with depth, and the time limit is real time
#else
  constexpr int kDeep = 10000;
#endif
  std::string deep;
  for (int i = 0; i < kDeep; ++i) deep += "d/";
  std::string too_deep;
  for (int i = 0; i < 20000; ++i) too_deep += "d/";
  TarBuilder tar;
  tar.file("../../../etc/passwd", "evil").file("/etc/absolute", "fine");
  tar.symlink("loop", "loop").symlink("a", "b").symlink("b", "a").hard_link("h", "h");
  tar.file(deep + "f").file(too_deep + "f").file(kStatusPath, kStatus);
  const auto layer = read(tar.finish());
  ASSERT_TRUE(layer) << layer.error().message;
  EXPECT_EQ(layer->files, hashes({"etc/absolute", "loop", "a", "b", "h", deep + "f", kStatusPath}));
  ASSERT_EQ(layer->problems.size(), 2U);
  EXPECT_THAT(layer->problems[0].message, HasSubstr("leaves the root: '../../../etc/passwd'"));
  EXPECT_EQ(layer->problems[1].code, problem::kLimit);
  EXPECT_NE(evidence_at(layer->evidence, kStatusPath), nullptr);
}

TEST(ReadLayer, AHugeSparseFileCostsNothing) {
  const std::string map = TarBuilder::pax_record("GNU.sparse.size", "5368709120") +
                          TarBuilder::pax_record("GNU.sparse.map", "0,4");
  const auto unwanted =
      read(TarBuilder().pax(map).file("disk.img", "abcd").file(kStatusPath, kStatus).finish());
  ASSERT_TRUE(unwanted);
  EXPECT_THAT(unwanted->problems, IsEmpty());
  EXPECT_EQ(unwanted->evidence.size(), 1U);

  const auto wanted = read(TarBuilder().pax(map).file(kStatusPath, "abcd").finish());
  ASSERT_TRUE(wanted);
  const Evidence* refused = evidence_at(wanted->evidence, kStatusPath);
  ASSERT_NE(refused, nullptr);
  EXPECT_THAT(refused->packages, IsEmpty());
  ASSERT_EQ(refused->problems.size(), 1U);
  EXPECT_EQ(refused->problems[0].code, problem::kLimit);
  EXPECT_EQ(refused->problems[0].step, "extract os/dpkg");
  EXPECT_THAT(refused->problems[0].message, HasSubstr("5368709120"));
}

TEST(ReadLayer, RecordsWhiteouts) {
  TarBuilder tar;
  tar.file("etc/.wh.passwd").file(".wh.top").file("var/.wh..wh..opq").file(".wh..wh..opq");
  tar.file(".wh..wh.plnk/1.2").file(".wh..wh.aufs").file("a/.wh.").file("etc/.wh.passwd");
  tar.file("b.wh.c").directory("etc");
  const auto layer = read(tar.finish());
  ASSERT_TRUE(layer);
  EXPECT_THAT(layer->whiteouts, ElementsAre("etc/passwd", "top"));
  EXPECT_THAT(layer->opaques, ElementsAre("", "var"));
  EXPECT_EQ(layer->files, hashes({"b.wh.c"}));
  ASSERT_EQ(layer->problems.size(), 1U);
  EXPECT_EQ(layer->problems[0].path, "a/.wh.");
}

// A name means what it leads to at that moment, and a hard link is to what stood there then.
TEST(ReadLayer, LinksOfTheLayerAreFollowedInTheOrderOfItsEntries) {
  struct Row {
    const char* name;
    TarBuilder tar;
    std::vector<Link> links;
    std::vector<std::string> files;
  };
  const std::string status = kStatusPath;
  const std::vector<Row> rows{
      {"hard link, then its target is replaced",
       TarBuilder().file("opt/a", "1").hard_link(status, "opt/a").file("opt/a", "2"),
       {{status, "opt/a", true, 2, true}},
       {"opt/a", status}},
      {"hard link to a lower layer's file, then the target",
       TarBuilder().hard_link(status, "opt/a").file("opt/a", "2"),
       {{status, "opt/a", true, 1, false}},
       {"opt/a", status}},
      {"hard link through a link",
       TarBuilder().file("opt/a", "1").symlink("d", "opt").hard_link(status, "d/a"),
       {{"d", "opt"}, {status, "opt/a", true, 3, true}},
       {"opt/a", "d", status}},
      {"hard link to a link",
       TarBuilder().symlink("opt/a", "b").hard_link("etc/os-release", "opt/a"),
       {{"etc/os-release", "b"}, {"opt/a", "b"}},
       {"opt/a", "etc/os-release"}},
      {"file through a link",
       TarBuilder().symlink("d", "/opt").file("d/a", "1"),
       {{"d", "/opt"}},
       {"d", "opt/a"}},
      {"file where a link was before",
       TarBuilder().symlink("d", "opt").directory("d").file("d/a", "1"),
       {},
       {"d", "d/a"}},
      {"file below a link that was removed with its directory",
       TarBuilder().symlink("x/d", "/opt").file("x", "").directory("x").file("x/d/a", "1"),
       {},
       {"x", "x/d", "x/d/a"}},
      {"links to files lead to no directory",
       TarBuilder().file("opt/a", "1").symlink("opt/b", "a").symlink("opt/c", "b"),
       {},
       {"opt/a", "opt/b", "opt/c"}},
      {"loop",
       TarBuilder().symlink("a", "b").symlink("b", "a").file("a/c", "1"),
       {{"a", "b"}, {"b", "a"}},
       {"a", "b", "a/c"}},
  };
  for (const Row& row : rows) {
    TarBuilder tar = row.tar;
    const auto layer = read(tar.finish());
    ASSERT_TRUE(layer) << row.name;
    EXPECT_EQ(layer->links, row.links) << row.name;
    std::vector<std::uint64_t> files;
    for (const std::string& path : row.files) files.push_back(path_hash(path));
    std::sort(files.begin(), files.end());
    EXPECT_EQ(layer->files, files) << row.name;
  }
}

TEST(ReadLayer, WhatIsNoFileWhereOneIsExpectedIsAProblem) {
  struct Row {
    const char* name;
    TarBuilder tar;
    std::string path, code;
  };
  const std::string rpm = "var/lib/rpm/rpmdb.sqlite", node = "a/node_modules/b/package.json";
  const std::vector<Row> rows{
      {"FIFO", TarBuilder().entry({.name = kStatusPath, .type = '6'}), kStatusPath,
       problem::kPackageDbCorrupt},
      {"device", TarBuilder().entry({.name = kStatusPath, .type = '3'}), kStatusPath,
       problem::kPackageDbCorrupt},
      {"directory", TarBuilder().directory(kStatusPath), kStatusPath, problem::kPackageDbCorrupt},
      {"directory in rpm's", TarBuilder().directory(rpm), rpm, problem::kPackageDbCorrupt},
      {"directory of the distribution", TarBuilder().directory("etc/os-release"), "etc/os-release",
       problem::kUnreadableRecord},
      {"FIFO of an application", TarBuilder().entry({.name = node, .type = '6'}), node,
       problem::kUnreadableRecord},
      {"directory of any name", TarBuilder().directory(node), "", ""},
      {"FIFO elsewhere", TarBuilder().entry({.name = "run/x", .type = '6'}), "", ""},
  };
  for (const Row& row : rows) {
    TarBuilder tar = row.tar;
    const auto layer = read(tar.finish());
    ASSERT_TRUE(layer) << row.name;
    ASSERT_EQ(layer->evidence.size(), row.path.empty() ? 0U : 1U) << row.name;
    if (row.path.empty()) continue;
    ASSERT_EQ(layer->evidence[0].problems.size(), 1U) << row.name;
    EXPECT_EQ(layer->evidence[0].problems[0].path, row.path) << row.name;
    EXPECT_EQ(layer->evidence[0].problems[0].code, row.code) << row.name;
  }
}

TEST(ReadLayer, ALaterEntryReplacesAnEarlierOne) {
  struct Row {
    const char* name;
    TarBuilder later;
    std::size_t packages;
    std::size_t evidence;
    std::size_t links;
  };
  const std::string one = "Package: a\nStatus: install ok installed\nVersion: 1\n\n";
  const std::vector<Row> rows{
      {"file by file", TarBuilder().file(kStatusPath, one), 1, 1, 0},
      {"file by link", TarBuilder().symlink(kStatusPath, "other"), 0, 0, 1},
      {"file by directory", TarBuilder().directory(kStatusPath), 0, 1, 0},
      {"directory above by link", TarBuilder().symlink("var/lib/dpkg", "/opt"), 0, 0, 1},
      {"directory above again", TarBuilder().directory("var/lib/dpkg"), 2, 1, 0},
  };
  for (const Row& row : rows) {
    const std::string tar =
        TarBuilder().file(kStatusPath, kStatus).raw(row.later.unfinished()).finish();
    const auto layer = read(tar);
    ASSERT_TRUE(layer) << row.name;
    EXPECT_EQ(layer->evidence.size(), row.evidence) << row.name;
    EXPECT_EQ(layer->links.size(), row.links) << row.name;
    const Evidence* status = evidence_at(layer->evidence, kStatusPath);
    EXPECT_EQ(status == nullptr ? 0 : status->packages.size(), row.packages) << row.name;
  }
  const auto kinds = read(TarBuilder().file("x").directory("x").directory("y").file("y").finish());
  EXPECT_EQ(kinds->directories, hashes({"x"}));
  EXPECT_EQ(kinds->files, hashes({"x", "y"}));  // the file x hid what lower layers have below it
}

TEST(ReadLayer, AFileOverALimitIsAProblemOfItsEvidence) {
  WorkerOptions options = quick();
  options.limits.file_bytes = 10;
  const auto file = read(TarBuilder().file(kStatusPath, kStatus).finish(), options);
  ASSERT_TRUE(file);
  ASSERT_EQ(file->evidence.size(), 1U);
  EXPECT_EQ(file->evidence[0].problems[0].code, problem::kLimit);

  options = quick();
  options.limits.entries = 2;
  const auto entries = read(typical_tar(), options);
  ASSERT_TRUE(entries);
  EXPECT_EQ(entries->problems[0].code, problem::kLimit);
  EXPECT_EQ(entries->diff_id, sha256(typical_tar()));
}

// A file that was read is gone: many of them may be larger together than what is held at a time.
TEST(ReadLayer, WantedFilesAreChargedWhatTheyLeave) {
  TarBuilder tar;
  const std::string rest(1 * kMiB, ' ');
  for (int i = 0; i < 12; ++i) {
    const std::string name = "p" + std::to_string(i);
    tar.file("srv/node_modules/" + name + "/package.json",
             R"({"name":")" + name + R"(","version":"1.0.0"})" + rest);
  }
  WorkerOptions options = quick();
  options.limits.memory_bytes = 4 * kMiB;
  const auto layer = read(tar.finish(), options);
  ASSERT_TRUE(layer) << layer.error().message;
  EXPECT_THAT(layer->problems, IsEmpty());
  EXPECT_EQ(layer->evidence.size(), 12U);

  std::string many = "[";
  for (int i = 0; i < 3000; ++i) {
    many += R"({"name":"a/b)" + std::to_string(i) + R"(","version":"1"},)";
  }
  many.back() = ']';
  TarBuilder lists;
  for (char name = 'a'; name <= 'h'; ++name) {
    lists.file(std::string("srv/") + name + "/composer/installed.json", many);
  }
  const auto full = read(lists.file(kStatusPath, kStatus).finish(), options);
  ASSERT_TRUE(full) << full.error().message;
  const Evidence* first = evidence_at(full->evidence, "srv/a/composer/installed.json");
  const Evidence* last = evidence_at(full->evidence, "srv/h/composer/installed.json");
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(first->packages.size(), 3000U);
  ASSERT_NE(last, nullptr);
  ASSERT_EQ(last->problems.size(), 1U);
  EXPECT_EQ(last->problems[0].code, problem::kLimit);
  EXPECT_THAT(last->problems[0].message, HasSubstr("--limit memory=N"));
  EXPECT_NE(evidence_at(full->evidence, kStatusPath), nullptr);
}

TEST(ReadLayer, EmptyAndForeignInputs) {
  const auto nothing = read("");
  ASSERT_TRUE(nothing);
  EXPECT_EQ(nothing->entries, 0U);
  EXPECT_EQ(nothing->digest, sha256(""));
  const auto garbage = read("this is no tar");
  ASSERT_TRUE(garbage);
  EXPECT_EQ(garbage->problems.size(), 1U);
}

TEST(ReadLayer, TellsProgress) {
  std::uint64_t last = 0;
  WorkerOptions options = quick();
  options.progress = [&](std::uint64_t bytes) {
    EXPECT_GE(bytes, last);
    last = bytes;
  };
  const std::string tar = TarBuilder().file("a", filler(20 * kMiB)).file("b", "x").finish();
  ASSERT_TRUE(read(tar, options));
  EXPECT_GT(last, 0U);
}

TEST(Worker, CrashStallAndForbiddenCallsAreErrorsOfTheCaller) {
  const Stored layer(typical_tar());
  LayerJob job;
  job.input = layer.input();

  job.fault = "crash";
  const auto crash = read_layer(job, quick());
  ASSERT_FALSE(crash);
  EXPECT_EQ(crash.error().code, ErrorCode::kUnavailable);
#ifndef SEAWORTHY_SANITIZED
  EXPECT_THAT(crash.error().message, HasSubstr("signal 11"));
#endif
  EXPECT_THAT(crash.error().message, HasSubstr("while 'fault injection'"));

  job.fault = "stall";
  WorkerOptions options = quick();
  options.limits.time_seconds = 1;
  const auto began = std::chrono::steady_clock::now();
  const auto stall = read_layer(job, options);
  ASSERT_FALSE(stall);
  EXPECT_EQ(stall.error().code, ErrorCode::kTimedOut);
  EXPECT_THAT(stall.error().message, HasSubstr("while 'fault injection'"));
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(20));

#ifndef SEAWORTHY_SANITIZED
  job.fault = "syscall";
  const auto forbidden = read_layer(job, quick());
  ASSERT_FALSE(forbidden);
  EXPECT_EQ(forbidden.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(forbidden.error().message, HasSubstr("forbidden system call"));
  options = quick();
  options.sandbox = Sandbox::kOff;
  EXPECT_TRUE(read_layer(job, options)) << "without a sandbox the call only fails or succeeds";
#endif
}

// What /proc/PID/status says behind a name; "" where the process or the line is not there.
std::string status_of(const std::string& process, const std::string& name) {
  const auto status = read_file("/proc/" + process + "/status", kMiB);
  const std::size_t at = status ? status->find("\n" + name + ":\t") : std::string::npos;
  if (at == std::string::npos) return "";
  const std::size_t begin = at + name.size() + 3;
  return status->substr(begin, status->find('\n', begin) - begin);
}

// Processes that this one started; tests read one layer at a time, so it is the worker.
std::string worker_process() {
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    if (status_of(name, "PPid") == std::to_string(::getpid())) return name;
  }
  return "";
}

TEST(Worker, HasNoPrivilegesWhileItReads) {
  const Stored layer(typical_tar());
  LayerJob job;
  job.input = layer.input();
  job.fault = "stall";
  WorkerOptions options = quick();
  options.limits.time_seconds = 5;
  std::thread reading([&] { EXPECT_FALSE(read_layer(job, options)); });
  std::vector<std::pair<std::string, std::string>> want{{"NoNewPrivs", "1"}};
  for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapAmb"}) {
    want.emplace_back(set, "0000000000000000");
  }
  constexpr unsigned long long kMaySetCapabilities = 1ULL << 8;
  if ((std::stoull(status_of("self", "CapEff"), nullptr, 16) & kMaySetCapabilities) != 0) {
    want.emplace_back("CapBnd", "0000000000000000");
  }
#ifndef SEAWORTHY_SANITIZED
  want.emplace_back("Seccomp", "2");
#endif
  std::vector<std::pair<std::string, std::string>> have;
  for (int tries = 0; tries < 400 && have != want; ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    const std::string process = worker_process();
    have.clear();
    for (const auto& [name, value] : want) have.emplace_back(name, status_of(process, name));
  }
  EXPECT_EQ(have, want);
  reading.join();
}

TEST(Worker, ManyLayersAtOnce) {
  const std::string tar = typical_tar();
  const Stored layer(compress(Compression::kGzip, tar));
  std::atomic<int> good = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 3; ++round) {
        LayerJob job;
        job.input = layer.input();
        job.diff_id = sha256(tar);
        if (read_layer(job, quick())) ++good;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 12);
}

TEST(Assemble, ReadsFilesUnderOtherNames) {
  const Stored lower(
      compress(Compression::kGzip,
               TarBuilder()
                   .hard_link("opt/early", "opt/db")
                   .file("opt/db", kStatus)
                   .hard_link("opt/alias", "opt/db")
                   .file("opt/db", "Package: one\nStatus: install ok installed\nVersion: 1\n")
                   .symlink("opt/away", "../d")
                   .file("opt/away/real", kStatus)
                   .hard_link("opt/away/second", "opt/away/real")
                   .finish()));
  const Stored upper(TarBuilder()
                         .file("d/one", "Package: one\nStatus: install ok installed\nVersion: 1\n")
                         .symlink("d/two", "one")
                         .finish());
  const std::string kParts = "var/lib/dpkg/status.d/";
  struct Row {
    const char* name;
    AssembleFile file;
    std::string path;
    std::size_t packages;
    Link link = {};  // without its path
    std::string at = {};
  };
  const std::vector<Row> rows{
      {"plain", {0, "opt/db", kStatusPath}, kStatusPath, 1},
      {"before it was replaced", {0, "opt/db", kStatusPath, 3}, kStatusPath, 2},
      {"hard link",
       {0, "opt/alias", kStatusPath},
       kStatusPath,
       0,
       {"", "opt/db", true, 3, true},
       "opt/alias"},
      {"hard link to what comes later",
       {0, "opt/early", kStatusPath},
       kStatusPath,
       0,
       {"", "opt/db", true, 1, false},
       "opt/early"},
      {"written through a link of the layer", {0, "d/real", kStatusPath}, kStatusPath, 2},
      {"hard link through a link of the layer",
       {0, "d/second", kStatusPath},
       kStatusPath,
       0,
       {"", "d/real", true, 7, true},
       "d/second"},
      {"symlink", {1, "d/two", kStatusPath}, kStatusPath, 0, {"", "one", false}, "d/two"},
      {"below a directory", {1, "d/", kParts}, kParts + "one", 1},
      {"link below a directory", {1, "d/", kParts}, kParts + "two", 0, {"", "one", false}, "d/two"},
  };
  for (const Row& row : rows) {
    AssembleJob job;
    job.inputs = {lower.input(), upper.input()};
    job.files = {row.file};
    const auto assembled = assemble(job, quick());
    ASSERT_TRUE(assembled) << row.name << ": " << assembled.error().message;
    const Evidence* found = evidence_at(assembled->evidence, row.path);
    if (!row.at.empty()) {
      EXPECT_EQ(found, nullptr) << row.name;
      FoundLink link{row.file.input, row.link, row.at};
      link.link.path = row.path;
      EXPECT_THAT(assembled->links, ElementsAre(link)) << row.name;
      continue;
    }
    ASSERT_NE(found, nullptr) << row.name;
    EXPECT_EQ(found->packages.size(), row.packages) << row.name;
    EXPECT_THAT(found->problems, IsEmpty()) << row.name;
  }
}

TEST(Assemble, WhatIsNotThereIsAnUnresolvedLink) {
  const Stored layer(TarBuilder()
                         .entry({.name = "opt/fifo", .type = '6'})
                         .entry({.name = kStatusPath, .type = '3'})
                         .file("gone/db", kStatus)
                         .file("gone", "x")
                         .finish());
  struct Row {
    const char* path;
    const char* message;
  };
  for (const Row& row :
       {Row{"nowhere", "points to 'nowhere', which is no file there"},
        Row{"gone/db", "points to 'gone/db', which is no file there"},
        Row{"opt/fifo",
            "points to 'opt/fifo', which is no regular file but a device, a FIFO or a socket"},
        Row{kStatusPath, "is no regular file but a device, a FIFO or a socket"}}) {
    AssembleJob job;
    job.inputs = {layer.input()};
    job.files = {{0, row.path, kStatusPath}};
    const auto assembled = assemble(job, quick());
    ASSERT_TRUE(assembled);
    ASSERT_EQ(assembled->evidence.size(), 1U) << row.path;
    const Evidence& evidence = assembled->evidence[0];
    ASSERT_EQ(evidence.problems.size(), 1U) << row.path;
    EXPECT_EQ(evidence.problems[0].code, problem::kUnresolvedLink);
    EXPECT_EQ(evidence.problems[0].message, row.message);
    EXPECT_EQ(evidence.path, kStatusPath);
  }
}

TEST(ListArchive, GivesOffsetsInThePlainTar) {
  const std::string tar = TarBuilder()
                              .directory("blobs")
                              .file("blobs/one", "first")
                              .symlink("x/link", "../blobs/one")
                              .file("../outside", "no")
                              .file("two", "second")
                              .finish();
  const std::vector<std::pair<std::string, std::string>> rows{
      {"plain", tar},
      {"gzip", compress(Compression::kGzip, tar)},
      {"xz", compress(Compression::kXz, tar)}};
  for (const auto& [name, stored] : rows) {
    const Stored input(stored);
    const Fd spool = *open_spool();
    const auto listing = list_archive(input.input(), spool.get(), quick());
    ASSERT_TRUE(listing) << name << ": " << listing.error().message;
    EXPECT_EQ(listing->spooled, name != "plain");
    ASSERT_EQ(listing->members.size(), 3U) << name;
    EXPECT_EQ(listing->members[1].path, "x/link");
    EXPECT_EQ(listing->members[1].link_target, "blobs/one");
    EXPECT_EQ(listing->members[2].path, "two");
    EXPECT_EQ(listing->members[2].size, 6U);
    std::string bytes(6, '\0');
    const int fd = listing->spooled ? spool.get() : input.file.get();
    ASSERT_TRUE(read_exactly_at(fd, bytes.data(), 6, listing->members[2].offset));
    EXPECT_EQ(bytes, "second") << name;
  }
}

TEST(ListArchive, DamageAndLimitsAreErrors) {
  std::string cut = compress(Compression::kGzip, typical_tar());
  cut.resize(cut.size() / 2);
  const Stored damaged(cut);
  const Fd spool = *open_spool();
  const auto listing = list_archive(damaged.input(), spool.get(), quick());
  ASSERT_FALSE(listing);
  EXPECT_EQ(listing.error().code, ErrorCode::kInvalidInput);

  const Stored whole(compress(Compression::kGzip, typical_tar()));
  WorkerOptions options = quick();
  options.limits.spool_bytes = 100000;
  const auto over = list_archive(whole.input(), spool.get(), options);
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().code, ErrorCode::kLimitExceeded);
  EXPECT_THAT(over.error().message, HasSubstr("--limit spool=N"));
}

}  // namespace
}  // namespace seaworthy

// The tests start their own program as the worker, just as the product does.
int main(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == seaworthy::kWorkerArgument) {
    return seaworthy::run_worker();
  }
  testing::InitGoogleMock(&argc, argv);
  return RUN_ALL_TESTS();
}
