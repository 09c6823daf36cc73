#include <sys/socket.h>

#include <array>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/file.h"
#include "core/codec/digest.h"
#include "core/codec/stargz_builder.h"
#include "core/codec/tar_builder.h"
#include "core/codec/ztoc_builder.h"
#include "scan/worker/range_channel.h"
#include "scan/worker/worker.h"

namespace seaworthy {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::string kStatus =
    "Package: bash\nStatus: install ok installed\nVersion: 5.2.15-2+b2\nArchitecture: amd64\n\n";
const std::string kOsRelease = "ID=debian\nVERSION_ID=\"12\"\n";

std::string noise(std::size_t size) {
  std::string bytes;
  std::uint32_t state = 7;
  while (bytes.size() < size) {
    state = state * 1664525U + 1013904223U;
    bytes += static_cast<char>(state >> 24);
  }
  return bytes;
}

std::vector<std::string> codes_of(const LayerInventory& inventory) {
  std::vector<std::string> codes;
  for (const Problem& problem : inventory.problems) codes.push_back(problem.code);
  return codes;
}

// 3 MB of what nobody wants in front of, between and behind two wanted files and a link.
Stargz layer(const std::string& status_digest = sha256(kStatus)) {
  const auto file = [](const char* name, std::size_t member, std::size_t size,
                       const std::string& digest) {
    return R"({"name":")" + std::string(name) + R"(","type":"reg","size":)" + std::to_string(size) +
           R"(,"offset":@)" + std::to_string(member) + R"(,"digest":")" + digest + "\"},";
  };
  const std::string large = noise(1'000'000);
  const std::string other = sha256(large);
  return stargz(
      {large, kOsRelease, kStatus, large, large},
      R"({"entries":[)" + file("usr/a", 0, large.size(), other) +
          file("usr/lib/os-release", 1, kOsRelease.size(), sha256(kOsRelease)) +
          file("var/lib/dpkg/status", 2, kStatus.size(), status_digest) +
          file("usr/b", 3, large.size(), other) + file("usr/c", 4, large.size(), other) +
          R"({"name":"etc/os-release","type":"symlink","linkName":"../usr/lib/os-release"},
                       {"name":"srv/.wh.gone","type":"reg"}]})");
}

struct Read {
  Result<LayerInventory> inventory;
  std::uint64_t given = 0;
  int questions = 0;
};

// What answers a worker: the parts of a blob.
class Served {
 public:
  explicit Served(const std::string& blob) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    own_ = Fd(ends[0]);
    workers_ = Fd(ends[1]);
    thread_ = std::thread([this, &blob] {
      answer_ranges(
          own_.get(), blob.size(), 2 * blob.size(),
          [&](std::uint64_t offset, std::uint64_t size) -> Result<std::string> {
            ++questions;
            return blob.substr(offset, size);
          },
          given);
    });
  }
  ~Served() { end(); }
  void end() {
    ::shutdown(own_.get(), SHUT_RDWR);
    if (thread_.joinable()) thread_.join();
  }
  WorkerInput input(const Stargz& made) const {
    WorkerInput input;
    input.fd = workers_.get();
    input.size = made.blob.size();
    input.table = {TocForm::kStargz, made.digest, ""};
    return input;
  }

  std::uint64_t given = 0;
  int questions = 0;

 private:
  Fd own_, workers_;
  std::thread thread_;
};

Read read(const Stargz& made, const std::string& fault = "") {
  Served served(made.blob);
  WorkerOptions options;
  options.limits.time_seconds = 60;
  auto inventory = read_layer({served.input(made), "", "", fault}, options);
  served.end();
  return {std::move(inventory), served.given, served.questions};
}

TEST(TableTar, FetchesWhatIsWanted) {
  const Stargz made = layer();
  const Read found = read(made);
  ASSERT_TRUE(found.inventory.ok()) << found.inventory.error().message;
  const LayerInventory& inventory = *found.inventory;
  EXPECT_THAT(codes_of(inventory), ElementsAre(problem::kOpaqueFile));  // programs
  EXPECT_EQ(inventory.digest, "");                                      // nobody has seen it
  EXPECT_EQ(inventory.diff_id, "");
  ASSERT_EQ(inventory.evidence.size(), 2U);
  EXPECT_EQ(inventory.evidence[1].packages.size(), 1U);
  EXPECT_EQ(inventory.links.size(), 1U);
  EXPECT_EQ(inventory.whiteouts, std::vector<std::string>{"srv/gone"});
  EXPECT_EQ(inventory.files.size(), 6U);
  EXPECT_EQ(found.questions, 3);  // footer, table, and both files in one
  EXPECT_LT(found.given, 3000U);
  EXPECT_GT(made.blob.size(), 2'000'000U);
}

TEST(TableTar, ALyingTableIsAnErrorAndNoHalfInventory) {
  const Read lie = read(layer(sha256("another")));
  ASSERT_FALSE(lie.inventory.ok());
  EXPECT_EQ(lie.inventory.error().code, ErrorCode::kInvalidInput);
  EXPECT_THAT(lie.inventory.error().message, HasSubstr("var/lib/dpkg/status"));
  Stargz other = layer();
  other.digest = sha256("another table");
  EXPECT_THAT(read(other).inventory.error().message, HasSubstr("the image says"));
  Stargz cut = layer();
  cut.blob.pop_back();
  EXPECT_THAT(read(cut).inventory.error().message, HasSubstr("no eStargz footer"));
}

TEST(TableTar, WhatSavesLittleIsRefused) {
  const std::string list = noise(800'000);
  const std::string digest = sha256(list);
  const Read found =
      read(stargz({list}, R"({"entries":[{"name":"var/lib/dpkg/status","type":"reg",)"
                          R"("size":800000,"offset":@0,"digest":")" +
                              digest + "\"}]}"));
  ASSERT_FALSE(found.inventory.ok());
  EXPECT_EQ(found.inventory.error().code, ErrorCode::kUnsupported);
  EXPECT_THAT(found.inventory.error().message, HasSubstr("saves too little: "));
  EXPECT_EQ(found.questions, 2);
}

TEST(TableTar, AWorkerThatDiesIsAnError) {
  EXPECT_EQ(read(layer(), "crash").inventory.error().code, ErrorCode::kUnavailable);
}

TEST(TableTar, TheSecondPassReadsByTheTable) {
  const Stargz made = layer();
  Served served(made.blob);
  AssembleJob job;
  job.inputs = {served.input(made)};
  job.files = {{0, "usr/lib/os-release", "etc/os-release"}, {0, "etc/os-release", "opt/linked"}};
  const auto assembled = assemble(job, {});
  served.end();
  ASSERT_TRUE(assembled.ok()) << assembled.error().message;
  ASSERT_EQ(assembled->evidence.size(), 1U);
  ASSERT_TRUE(assembled->evidence.front().distro);
  EXPECT_EQ(assembled->evidence.front().distro->version, "12");
  EXPECT_LT(served.given, 6000U);
  ASSERT_EQ(assembled->links.size(), 1U);
  const FoundLink link{0, {"opt/linked", "../usr/lib/os-release", false}, "etc/os-release"};
  EXPECT_THAT(assembled->links, testing::ElementsAre(link));
}

// An ordinary layer of 3 MB with two wanted files in the middle, and its ztoc behind it.
struct SociLayer {
  std::string layer, both;
  LayerTable table;
};

SociLayer soci_layer(const std::string& status_name = "var/lib/dpkg/status") {
  const std::string large = noise(1'500'000);
  const std::string tar = TarBuilder()
                              .file("usr/a", large)
                              .file("usr/lib/os-release", kOsRelease)
                              .file("var/lib/dpkg/status", kStatus)
                              .file("usr/b", large)
                              .finish();
  const std::uint64_t second = 512 + 1'500'160 + 512;
  const ZtocBuilder made = gzip_ztoc(tar,
                                     {{"usr/a", "reg", 512, large.size()},
                                      {"usr/lib/os-release", "reg", second, kOsRelease.size()},
                                      {status_name, "reg", second + 1024, kStatus.size()},
                                      {"usr/b", "reg", second + 2048, large.size()}},
                                     500'000);
  const std::string ztoc = made.finish();
  return {
      made.layer, made.layer + ztoc, {TocForm::kSoci, sha256(ztoc), std::to_string(ztoc.size())}};
}

Read read(const SociLayer& made) {
  Served served(made.both);
  WorkerInput input = served.input({});
  input.size = made.layer.size();
  input.table = made.table;
  auto inventory = read_layer({input, "", "", {}}, {});
  served.end();
  return {std::move(inventory), served.given, served.questions};
}

TEST(TableTar, ReadsALayerByTheZtocBesideIt) {
  const SociLayer made = soci_layer();
  const Read found = read(made);
  ASSERT_TRUE(found.inventory.ok()) << found.inventory.error().message;
  EXPECT_THAT(codes_of(*found.inventory), ElementsAre(problem::kOpaqueFile));  // programs
  ASSERT_EQ(found.inventory->evidence.size(), 2U);
  EXPECT_EQ(found.inventory->evidence[1].packages.size(), 1U);
  EXPECT_EQ(found.questions, 2);  // the table, and the span with both files
  EXPECT_LT(found.given, made.layer.size() / 2);
  SociLayer other = soci_layer();
  other.table.digest = sha256("another");
  EXPECT_THAT(read(other).inventory.error().message, HasSubstr("the image says"));
  other.table.position = "0";
  EXPECT_THAT(read(other).inventory.error().message, HasSubstr("it is not inside the layer"));
}

TEST(TableTar, AZtocThatNamesAnotherFile) {
  const Read lie = read(soci_layer("lib/apk/db/installed"));
  ASSERT_FALSE(lie.inventory.ok());
  EXPECT_THAT(lie.inventory.error().message,
              HasSubstr("lib/apk/db/installed: the table of contents names it"));
}

}  // namespace
}  // namespace seaworthy
