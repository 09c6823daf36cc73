#include "scan/pipeline/cache.h"

#include <filesystem>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/file.h"
#include "core/base/limits.h"
#include "core/codec/digest.h"

namespace seaworthy {
namespace {

namespace fs = std::filesystem;

class CacheTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "seaworthy-cache-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    directory_ = name;
  }
  void TearDown() override { fs::remove_all(directory_); }

  static LayerInventory layer(const std::string& content) {
    LayerInventory layer;
    layer.digest = sha256("stored " + content);
    layer.diff_id = sha256("inflated " + content);
    layer.entries = 3;
    Package package;
    package.type = PackageType::kDeb;
    package.name = content;
    package.version = "1";
    layer.evidence.push_back(
        {"os/dpkg", "var/lib/dpkg/status", {package}, {}, {}, {}, {7, 900, 4'000'000'000}});
    layer.files = {1, 2, 3};
    return layer;
  }

  fs::path entry() const {
    for (const auto& each : fs::recursive_directory_iterator(directory_)) {
      if (each.is_regular_file()) return each.path();
    }
    return {};
  }

  std::string directory_;
};

TEST_F(CacheTest, GivesBackWhatWasPut) {
  const LayerCache cache(directory_);
  const LayerInventory kept = layer("bash");
  ASSERT_TRUE(cache.put(kept));
  EXPECT_EQ(cache.find(kept.digest, kept.diff_id), kept);
  EXPECT_EQ(cache.find(kept.digest, ""), kept);
  EXPECT_EQ(cache.find(sha256("another"), ""), std::nullopt);
}

// Two images may name two tables for one layer, and each says other things of it.
TEST_F(CacheTest, WhatWasReadByATableIsKeptApart) {
  const LayerCache cache(directory_);
  LayerInventory first = layer("bash");
  first.diff_id.clear();
  first.table = {"eStargz", sha256("table 1"), "", 5};
  LayerInventory second = first;
  second.evidence.clear();
  second.table.digest = sha256("table 2");
  ASSERT_TRUE(cache.put(first));
  ASSERT_TRUE(cache.put(second));
  EXPECT_EQ(cache.find(first.digest, ""), std::nullopt);
  EXPECT_EQ(cache.find(first.digest, layer("bash").diff_id), std::nullopt);
  EXPECT_EQ(cache.find_by_table(first.digest, first.table.digest), first);
  EXPECT_EQ(cache.find_by_table(first.digest, second.table.digest), second);
  EXPECT_EQ(cache.find_by_table(first.digest, sha256("table 3")), std::nullopt);
  EXPECT_EQ(cache.find_by_table(first.digest, "no digest"), std::nullopt);
  EXPECT_EQ(cache.find_by_table(sha256("another"), first.table.digest), std::nullopt);
  // A table that was not used makes no difference to a verified layer.
  LayerInventory whole = layer("bash");
  whole.table = {"eStargz", sha256("table 1"), "damaged", 0};
  ASSERT_TRUE(cache.put(whole));
  EXPECT_EQ(cache.find(whole.digest, whole.diff_id), whole);
  EXPECT_EQ(cache.find_by_table(first.digest, first.table.digest), first);
}

TEST_F(CacheTest, AnImageThatClaimsAnotherDiffIdGetsNothing) {
  const LayerCache cache(directory_);
  ASSERT_TRUE(cache.put(layer("bash")));
  EXPECT_EQ(cache.find(layer("bash").digest, layer("other").diff_id), std::nullopt);
}

TEST_F(CacheTest, LayersWithProblemsAreReadAgain) {
  const LayerCache cache(directory_);
  LayerInventory damaged = layer("bash");
  damaged.problems.push_back({"", 0, "read tar", problem::kLayerUnreadable, "cut"});
  ASSERT_TRUE(cache.put(damaged));
  EXPECT_TRUE(entry().empty());
}

TEST_F(CacheTest, DamagedEntriesAreMisses) {
  const LayerCache cache(directory_);
  const LayerInventory kept = layer("bash");
  ASSERT_TRUE(cache.put(kept));
  const std::string path = entry();
  const auto good = read_file(path, 1 * kMiB);
  ASSERT_TRUE(good);
  for (std::size_t at = 0; at < good->size(); ++at) {
    std::string bad = *good;
    bad[at] ^= 1;
    ASSERT_TRUE(write_file_atomically(path, bad));
    EXPECT_EQ(cache.find(kept.digest, ""), std::nullopt) << "byte " << at;
    ASSERT_TRUE(write_file_atomically(path, good->substr(0, at)));
    EXPECT_EQ(cache.find(kept.digest, ""), std::nullopt) << "cut at " << at;
  }
}

TEST_F(CacheTest, AnEntryUnderAnotherNameIsAMiss) {
  const LayerCache cache(directory_);
  const LayerInventory bash = layer("bash");
  const LayerInventory gzip = layer("gzip");
  ASSERT_TRUE(cache.put(bash));
  const fs::path path = entry();
  ASSERT_TRUE(cache.put(gzip));
  fs::copy_file(path, path.parent_path() / gzip.digest.substr(7),
                fs::copy_options::overwrite_existing);
  EXPECT_EQ(cache.find(gzip.digest, ""), std::nullopt);
}

TEST_F(CacheTest, ManyWritersAndReadersSeeWholeEntries) {
  const LayerCache cache(directory_);
  const LayerInventory kept = layer("bash");
  ASSERT_TRUE(cache.put(kept));
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 50; ++round) {
        EXPECT_TRUE(cache.put(kept));
        EXPECT_EQ(cache.find(kept.digest, kept.diff_id), kept);
      }
    });
  }
}

TEST(NoCache, KeepsNothing) {
  const LayerCache cache("");
  LayerInventory layer;
  layer.digest = sha256("a");
  layer.diff_id = sha256("b");
  EXPECT_TRUE(cache.put(layer));
  EXPECT_EQ(cache.find(layer.digest, ""), std::nullopt);
}

}  // namespace
}  // namespace seaworthy
