#include "scan/overlay/overlay.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/codec/digest.h"

namespace seaworthy {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view kStatus = "var/lib/dpkg/status";

Package package(const std::string& name, const std::string& version) {
  Package made;
  made.type = PackageType::kDeb;
  made.name = name;
  made.version = version;
  made.arch = "amd64";
  return made;
}

// Builds one layer from what a tar would hold.
class LayerBuilder {
 public:
  LayerBuilder& file(const std::string& path) {
    layer_.files.push_back(path_hash(path));
    std::sort(layer_.files.begin(), layer_.files.end());
    return *this;
  }
  LayerBuilder& directory(const std::string& path) {
    layer_.directories.push_back(path_hash(path));
    std::sort(layer_.directories.begin(), layer_.directories.end());
    return *this;
  }
  LayerBuilder& packages(const std::string& path, std::vector<Package> packages) {
    layer_.evidence.push_back({"os/dpkg", path, std::move(packages), {}, {}, {}, {}});
    return file(path);
  }
  LayerBuilder& link(const std::string& path, const std::string& target, bool hard = false) {
    layer_.links.push_back({path, target, hard});
    return file(path);
  }
  // A hard link of this layer to what it has itself.
  LayerBuilder& second_name(const std::string& path, const std::string& target) {
    layer_.links.push_back({path, target, true, 7, true});
    return file(path);
  }
  LayerBuilder& whiteout(const std::string& path) {
    layer_.whiteouts.push_back(path);
    return *this;
  }
  LayerBuilder& opaque(const std::string& path) {
    layer_.opaques.push_back(path);
    return *this;
  }
  operator LayerInventory() const { return layer_; }  // NOLINT: a builder stands for its product

 private:
  LayerInventory layer_;
};

FoldRules rules() {
  FoldRules rules;
  rules.anchors = {kStatus, "var/lib/dpkg/status.d/", "lib/apk/db/installed",
                   "usr/lib/apk/db/installed", "var/lib/rpm/rpmdb.sqlite"};
  rules.companions = [](std::string_view, std::string_view path) -> std::vector<std::string> {
    if (path.ends_with(".sqlite")) return {std::string(path) + "-wal"};
    return {};
  };
  rules.is_database = [](std::string_view) { return true; };
  return rules;
}

std::vector<std::string> names(const Inventory& inventory) {
  std::vector<std::string> names;
  for (const Package& each : inventory.packages) names.push_back(each.name);
  return names;
}

struct HideCase {
  std::string name;
  LayerInventory upper;
  bool visible;
};

class HideTest : public testing::TestWithParam<HideCase> {};

TEST_P(HideTest, Rule35_UpperLayerHidesLowerDatabase) {
  const LayerInventory lower =
      LayerBuilder().directory("var").packages(std::string(kStatus), {package("bash", "5")});
  const std::vector<LayerInventory> layers{lower, GetParam().upper};
  const Fold fold = fold_layers(layers, rules());
  EXPECT_EQ(names(fold.inventory).size(), GetParam().visible ? 1U : 0U);
}

INSTANTIATE_TEST_SUITE_P(
    Rules, HideTest,
    testing::Values(
        HideCase{"untouched", LayerBuilder().file("etc/motd").directory("var"), true},
        HideCase{"same_directory_again", LayerBuilder().directory("var/lib/dpkg"), true},
        HideCase{"whiteout_of_the_file", LayerBuilder().whiteout("var/lib/dpkg/status"), false},
        HideCase{"whiteout_of_a_parent", LayerBuilder().whiteout("var/lib"), false},
        HideCase{"whiteout_of_a_name_prefix", LayerBuilder().whiteout("var/lib/dpkg/stat"), true},
        HideCase{"opaque_directory", LayerBuilder().opaque("var/lib/dpkg"), false},
        HideCase{"opaque_root", LayerBuilder().opaque(""), false},
        HideCase{"opaque_elsewhere", LayerBuilder().opaque("var/lib/dpk"), true},
        HideCase{"file_in_place_of_a_directory", LayerBuilder().file("var/lib/dpkg"), false},
        HideCase{"symlink_in_place_of_a_directory", LayerBuilder().link("var/lib", "/srv"), false},
        HideCase{"directory_in_place_of_the_file", LayerBuilder().directory("var/lib/dpkg/status"),
                 false},
        HideCase{"other_file_at_the_path", LayerBuilder().file("var/lib/dpkg/status"), false}),
    [](const auto& row) { return row.param.name; });

TEST(OverlayTest, WhiteoutDoesNotTouchItsOwnLayer) {
  const LayerInventory lower = LayerBuilder().packages(std::string(kStatus), {package("old", "1")});
  const LayerInventory upper = LayerBuilder()
                                   .whiteout(std::string(kStatus))
                                   .opaque("var/lib/dpkg")
                                   .packages(std::string(kStatus), {package("new", "2")});
  const std::vector<LayerInventory> layers{lower, upper};
  EXPECT_THAT(names(fold_layers(layers, rules()).inventory), ElementsAre("new"));
}

TEST(OverlayTest, PackageBelongsToTheFirstLayerThatHasItsVersion) {
  const std::vector<LayerInventory> layers{
      LayerBuilder().packages(std::string(kStatus), {package("bash", "5"), package("gzip", "1")}),
      LayerBuilder().packages(std::string(kStatus), {package("bash", "5"), package("gzip", "2")}),
      LayerBuilder().packages(std::string(kStatus),
                              {package("bash", "5"), package("curl", "8"), package("gzip", "2")})};
  const Inventory inventory = fold_layers(layers, rules()).inventory;
  ASSERT_THAT(names(inventory), ElementsAre("bash", "curl", "gzip"));
  EXPECT_EQ(inventory.packages[0].layer, 0);
  EXPECT_EQ(inventory.packages[1].layer, 2);
  EXPECT_EQ(inventory.packages[2].layer, 1);
  ASSERT_EQ(inventory.databases.size(), 1U);
  EXPECT_EQ(inventory.databases[0].layer, 2);
}

TEST(OverlayTest, UpperLayerWritesThroughALowerLink) {
  const std::vector<LayerInventory> layers{
      LayerBuilder()
          .link("lib", "usr/lib")
          .packages("usr/lib/apk/db/installed", {package("musl", "1")}),
      LayerBuilder().packages("lib/apk/db/installed", {package("musl", "2")})};
  const Inventory inventory = fold_layers(layers, rules()).inventory;
  ASSERT_THAT(names(inventory), ElementsAre("musl"));
  EXPECT_EQ(inventory.packages[0].version, "2");
  EXPECT_EQ(inventory.packages[0].path, "usr/lib/apk/db/installed");
}

TEST(OverlayTest, WhiteoutThroughALowerLink) {
  const std::vector<LayerInventory> layers{
      LayerBuilder()
          .link("lib", "/usr/lib")
          .packages("usr/lib/apk/db/installed", {package("musl", "1")}),
      LayerBuilder().whiteout("lib/apk/db")};
  EXPECT_THAT(names(fold_layers(layers, rules()).inventory), IsEmpty());
}

TEST(OverlayTest, MergedUsrNeedsNoSecondPass) {
  const std::vector<LayerInventory> layers{
      LayerBuilder()
          .link("lib", "usr/lib")
          .packages("usr/lib/apk/db/installed", {package("musl", "1")})};
  EXPECT_THAT(fold_layers(layers, rules()).second_pass, IsEmpty());
}

TEST(OverlayTest, Rule35_SymlinkedDatabaseIsReadAgain) {
  const std::vector<LayerInventory> layers{
      LayerBuilder().directory("srv").file("srv/packages"),
      LayerBuilder().link(std::string(kStatus), "../../../srv/packages")};
  const Fold first = fold_layers(layers, rules());
  ASSERT_EQ(first.second_pass.size(), 1U);
  EXPECT_THAT(first.second_pass[0].files,
              ElementsAre(SecondPass::File{0, "srv/packages", std::string(kStatus)}));
  SecondPassResult read{
      0, {{"os/dpkg", std::string(kStatus), {package("bash", "5")}, {}, {}, {}, {}}}, {}};
  const Fold second = fold_layers(layers, rules(), {&read, 1});
  EXPECT_THAT(second.second_pass, IsEmpty());
  EXPECT_THAT(names(second.inventory), ElementsAre("bash"));
}

TEST(OverlayTest, Rule35_HardLinkedDatabaseIsReadAgain) {
  const std::vector<LayerInventory> layers{
      LayerBuilder().file("var/backups/status"),
      LayerBuilder().link(std::string(kStatus), "var/backups/status", true)};
  const Fold fold = fold_layers(layers, rules());
  ASSERT_EQ(fold.second_pass.size(), 1U);
  EXPECT_THAT(fold.second_pass[0].files,
              ElementsAre(SecondPass::File{0, "var/backups/status", std::string(kStatus), kLayerEnd,
                                           std::string(kStatus)}));
}

// Link::order 7 is the hard link's own entry.
TEST(HardLinkTest, IsTheFileThatStoodThereWhenItWasMade) {
  const std::string status(kStatus), real = "opt/real";
  struct Row {
    const char* name;
    std::vector<LayerInventory> layers;
    std::vector<SecondPass::File> files;  // empty: it is dangling
  };
  const auto from = [&](std::size_t layer, const std::string& path,
                        std::uint64_t before = kLayerEnd) {
    return SecondPass::File{layer, path, status, before, status};
  };
  const LayerInventory pair = LayerBuilder().file(real).second_name(status, real);
  const Row rows[]{
      {"replaced in the same layer",
       {LayerBuilder().file(real).second_name(status, real)},
       {from(0, real, 7)}},
      {"of a lower layer, replaced in its own",
       {LayerBuilder().file(real), LayerBuilder().file(real).link(status, real, true)},
       {from(0, real)}},
      {"replaced by a higher layer", {pair, LayerBuilder().file(real)}, {from(0, real, 7)}},
      {"removed by a higher layer", {pair, LayerBuilder().whiteout("opt")}, {from(0, real, 7)}},
      {"of a lower layer, removed in its own",
       {LayerBuilder().file(real), LayerBuilder().link(status, real, true).whiteout(real)},
       {from(0, real)}},
      {"of a lower layer, its directory opaque",
       {LayerBuilder().file(real), LayerBuilder().link(status, real, true).opaque("opt")},
       {from(0, real)}},
      {"removed before",
       {LayerBuilder().file(real), LayerBuilder().whiteout(real),
        LayerBuilder().link(status, real, true)},
       {}},
      {"to nothing", {LayerBuilder().link(status, real, true)}, {}},
      {"to what comes later", {LayerBuilder().link(status, real, true).file(real)}, {}},
      {"through a directory link of a lower layer",
       {LayerBuilder().file(real).link("lnk", "opt"),
        LayerBuilder().link(status, "lnk/real", true)},
       {from(0, real)}},
      {"to what its layer wrote through such a link",
       {LayerBuilder().file(real).link("lnk", "opt"),
        LayerBuilder().file("lnk/real").link(status, real, true)},
       {from(1, "lnk/real", 0)}},
      {"to what a layer between wrote through such a link",
       {LayerBuilder().file(real).link("lnk", "opt"), LayerBuilder().file("lnk/real"),
        LayerBuilder().link(status, real, true)},
       {from(1, "lnk/real")}},
      {"to what a layer wrote before the link was there",
       {LayerBuilder().file(real), LayerBuilder().file("lnk/real").link("lnk", "opt"),
        LayerBuilder().link(status, real, true)},
       {from(0, real)}},
  };
  for (const Row& row : rows) {
    const Fold fold = fold_layers(row.layers, rules());
    const auto& problems = fold.inventory.problems;
    if (row.files.empty()) {
      EXPECT_THAT(fold.second_pass, IsEmpty()) << row.name;
      ASSERT_EQ(problems.size(), 1U) << row.name;
      EXPECT_EQ(problems[0].path, status) << row.name;
      EXPECT_EQ(problems[0].layer, static_cast<int>(row.layers.size()) - 1) << row.name;
      EXPECT_EQ(problems[0].code, problem::kUnresolvedLink) << row.name;
      continue;
    }
    EXPECT_THAT(problems, IsEmpty()) << row.name;
    ASSERT_EQ(fold.second_pass.size(), 1U) << row.name;
    EXPECT_EQ(fold.second_pass[0].files, row.files) << row.name;
    const std::size_t brought_by = row.layers[0] == pair ? 0 : row.layers.size() - 1;
    EXPECT_EQ(fold.second_pass[0].layer, brought_by) << row.name;
  }
}

// A symbolic link may have two names as well: each is read where it stands.
TEST(HardLinkTest, OfASymbolicLinkIsThatLink) {
  const std::vector<LayerInventory> layers{
      LayerBuilder().link("srv/dpkg", "../data").file("data/status"),
      LayerBuilder().link("var/lib/dpkg", "srv/dpkg", true).file("var/data/status")};
  const Fold fold = fold_layers(layers, rules());
  ASSERT_FALSE(fold.second_pass.empty());
  EXPECT_THAT(fold.second_pass.back().files,
              ElementsAre(SecondPass::File{1, "var/data/status", std::string(kStatus)}));
}

// Where files of an application are hard links (pnpm), they are read together.
TEST(HardLinkTest, AllOfALayerAreOneRequest) {
  FoldRules with_wants = rules();
  with_wants.wants = [](std::string_view path) { return path.ends_with("package.json"); };
  const LayerInventory layer = LayerBuilder()
                                   .file("store/1")
                                   .second_name("app/a/package.json", "store/1")
                                   .second_name("app/b/package.json", "store/1")
                                   .second_name("app/b/README", "store/1");
  const Fold fold = fold_layers({&layer, 1}, with_wants);
  ASSERT_EQ(fold.second_pass.size(), 1U);
  EXPECT_EQ(fold.second_pass[0].files.size(), 2U);
}

// What a second pass found to be a link again, and where it leads.
TEST(ChainTest, FollowsToTheFileOfItsTime) {
  const std::string status(kStatus);
  struct Row {
    const char* name;
    std::vector<LayerInventory> layers;
    SecondPass::File read;
    ChainedLink found;
    std::vector<SecondPass::File> files;  // empty: leads to no file
  };
  const Row rows[]{
      {"hard link of a lower layer",
       {LayerBuilder().file("opt/s"), LayerBuilder().file("opt/t"),
        LayerBuilder().link(status, "opt/t", true)},
       {1, "opt/t", status},
       {1, {status, "opt/s", true}, "opt/t"},
       {{0, "opt/s", status, kLayerEnd, "opt/t"}}},
      {"hard link inside its layer",
       {LayerBuilder().file("opt/s"), LayerBuilder().file("opt/s").file("opt/t")},
       {1, "opt/t", status},
       {1, {status, "opt/s", true, 9, true}, "opt/t"},
       {{1, "opt/s", status, 9, "opt/t"}}},
      {"its target rewritten and removed later",
       {LayerBuilder().file("opt/s"), LayerBuilder().file("opt/t"), LayerBuilder().file("opt/s"),
        LayerBuilder().whiteout("opt/s")},
       {1, "opt/t", status},
       {1, {status, "opt/s", true}, "opt/t"},
       {{0, "opt/s", status, kLayerEnd, "opt/t"}}},
      {"its target removed before",
       {LayerBuilder().file("opt/s"), LayerBuilder().whiteout("opt"), LayerBuilder().file("opt/t")},
       {2, "opt/t", status},
       {2, {status, "opt/s", true}, "opt/t"},
       {}},
      {"symlink, its target rewritten later",
       {LayerBuilder().file("opt/s").file("opt/t"), LayerBuilder().file("opt/s")},
       {0, "opt/t", status},
       {0, {status, "s", false}, "opt/t"},
       {{1, "opt/s", status}}},
      {"symlink that has a second name elsewhere",
       {LayerBuilder().file("opt/s").file("srv/s").file("srv/t")},
       {0, "srv/t", status, kLayerEnd, "opt/t"},
       {0, {status, "s", false}, "srv/t"},
       {{0, "opt/s", status}}},
      {"symlink to what was removed",
       {LayerBuilder().file("opt/s").file("opt/t"), LayerBuilder().whiteout("opt/s")},
       {0, "opt/t", status},
       {0, {status, "/opt/s", false}, "opt/t"},
       {}},
      {"symlink in a loop of links that are known",
       {LayerBuilder().link("var/lib/dpkg", "other").link("var/lib/other", "dpkg").file("opt/t")},
       {0, "opt/t", status},
       {0, {status, "/var/lib/dpkg/status", false}, "opt/t"},
       {}},
      {"one of a directory",
       {LayerBuilder().file("d/one").file("d/two")},
       {0, "d/", "var/lib/dpkg/status.d/"},
       {0, {"var/lib/dpkg/status.d/two", "one", false}, "d/two"},
       {{0, "d/", "var/lib/dpkg/status.d/"}, {0, "d/one", "var/lib/dpkg/status.d/two"}}},
  };
  for (const Row& row : rows) {
    const SecondPass request{{row.read}, row.read.layer};
    std::vector<ChainedLink> lost;
    const SecondPass next = follow_chains(row.layers, request, {&row.found, 1}, lost);
    EXPECT_EQ(next.files, row.files.empty() ? request.files : row.files) << row.name;
    EXPECT_EQ(lost.size(), row.files.empty() ? 1U : 0U) << row.name;
  }
}

TEST(OverlayTest, SymlinkedDirectoryIsAskedOfEveryLayerDownToItsRemoval) {
  const std::vector<LayerInventory> layers{
      LayerBuilder().directory("data").directory("data/status.d"), LayerBuilder().whiteout("data"),
      LayerBuilder().link("var/lib/dpkg", "/data"), LayerBuilder().directory("data/status.d")};
  const Fold fold = fold_layers(layers, rules());
  ASSERT_EQ(fold.second_pass.size(), 1U);
  EXPECT_THAT(fold.second_pass[0].files,
              ElementsAre(SecondPass::File{1, "data/status.d/", "var/lib/dpkg/status.d/"},
                          SecondPass::File{2, "data/status.d/", "var/lib/dpkg/status.d/"},
                          SecondPass::File{3, "data/status.d/", "var/lib/dpkg/status.d/"},
                          // through the link, which is there since layer 2
                          SecondPass::File{3, "var/lib/dpkg/status.d/", "var/lib/dpkg/status.d/"}));
}

TEST(OverlayTest, EachLoopOfLinksIsOneProblem) {
  struct Row {
    const char* name;
    LayerInventory layer;
    std::vector<std::string> problems;
  };
  const Row rows[]{
      {"two links",
       LayerBuilder().link("var/lib/dpkg", "other").link("var/lib/other", "dpkg"),
       {"var/lib/dpkg"}},
      {"a link to itself",
       LayerBuilder().link(std::string(kStatus), "status"),
       {std::string(kStatus)}},
      {"a directory above all", LayerBuilder().link("var", "var"), {"var"}},
      {"two loops",
       LayerBuilder().link("var", "/var").link("lib", "/run").link("run", "lib"),
       {"lib", "var"}},
      {"none", LayerBuilder().link("var/lib/dpkg", "/nowhere"), {}},
  };
  for (const Row& row : rows) {
    const std::vector<LayerInventory> layers{row.layer};
    std::vector<std::string> paths;
    for (const Problem& each : fold_layers(layers, rules()).inventory.problems) {
      EXPECT_EQ(each.code, problem::kUnresolvedLink) << row.name;
      paths.push_back(each.path);
    }
    EXPECT_EQ(paths, row.problems) << row.name;
    const std::vector<SecondPassResult> second(1);
    EXPECT_EQ(fold_layers(layers, rules(), second).inventory.problems.size(), paths.size())
        << row.name << ": the problem is still there after the second pass";
  }
}

TEST(OverlayTest, DanglingLinkIsWhatAContainerSees) {
  const std::vector<LayerInventory> layers{LayerBuilder().link(std::string(kStatus), "/nowhere")};
  const Fold fold = fold_layers(layers, rules());
  EXPECT_THAT(fold.second_pass, IsEmpty());
  EXPECT_THAT(fold.inventory.databases, IsEmpty());
}

struct CompanionCase {
  std::string name;
  LayerInventory lower, upper;
  std::vector<SecondPass::File> files;  // empty: no second pass
};

class CompanionTest : public testing::TestWithParam<CompanionCase> {};

TEST_P(CompanionTest, LogInAnotherLayerIsReadWithItsDatabase) {
  const std::vector<LayerInventory> layers{GetParam().lower, GetParam().upper};
  const Fold fold = fold_layers(layers, rules());
  if (GetParam().files.empty()) {
    EXPECT_THAT(fold.second_pass, IsEmpty());
    return;
  }
  ASSERT_EQ(fold.second_pass.size(), 1U);
  EXPECT_EQ(fold.second_pass[0].files, GetParam().files);
}

constexpr const char* kRpm = "var/lib/rpm/rpmdb.sqlite";
constexpr const char* kWal = "var/lib/rpm/rpmdb.sqlite-wal";

INSTANTIATE_TEST_SUITE_P(
    Layers, CompanionTest,
    testing::Values(CompanionCase{"both_in_one_layer",
                                  LayerBuilder().packages(kRpm, {package("a", "1")}).file(kWal),
                                  LayerBuilder(),
                                  {}},
                    CompanionCase{"log_above",
                                  LayerBuilder().packages(kRpm, {package("a", "1")}),
                                  LayerBuilder().file(kWal),
                                  {{0, kRpm, kRpm}, {1, kWal, kWal}}},
                    CompanionCase{"log_removed_above",
                                  LayerBuilder().packages(kRpm, {package("a", "1")}).file(kWal),
                                  LayerBuilder().whiteout(kWal),
                                  {{0, kRpm, kRpm}}},
                    CompanionCase{"database_above_log",
                                  LayerBuilder().file(kWal),
                                  LayerBuilder().packages(kRpm, {package("a", "1")}),
                                  {{1, kRpm, kRpm}, {0, kWal, kWal}}}),
    [](const auto& row) { return row.param.name; });

TEST(OverlayTest, Rule05_SamePackageInTwoDatabasesIsOne) {
  const std::vector<LayerInventory> layers{
      LayerBuilder()
          .packages(std::string(kStatus), {package("bash", "5")})
          .packages("var/lib/dpkg/status.d/bash", {package("bash", "5")})
          .packages("var/lib/dpkg/status.d/base", {package("base", "1")})};
  const Inventory inventory = fold_layers(layers, rules()).inventory;
  EXPECT_THAT(names(inventory), ElementsAre("base", "bash"));
  ASSERT_EQ(inventory.databases.size(), 2U);
  EXPECT_EQ(inventory.databases[1].path, "var/lib/dpkg/status.d/");
  EXPECT_EQ(inventory.databases[1].packages, 2U);
}

// What a package's list of files says of where the package comes from.
TEST(OverlayTest, FileListsTellForeignDebianPackages) {
  struct Row {
    const char* name;
    std::vector<std::string> files;
    bool below_opt;
    std::string_view verdict;
  };
  for (const Row& row :
       {Row{"copyright", {"usr/bin/a", "usr/share/doc/a/copyright"}, false, ""},
        Row{"link to another's", {"usr/bin/a", "usr/share/doc/a"}, false, ""},
        Row{"another's copyright", {"usr/share/doc/b/copyright"}, false, kNoCopyright},
        Row{"none", {"usr/bin/a"}, false, kNoCopyright},
        Row{"opt", {"opt/a/a", "usr/share/doc/a/copyright"}, true, kBelowOpt},
        Row{"no list", {}, false, ""}}) {
    LayerInventory layer = LayerBuilder().packages(std::string(kStatus), {package("a", "1")});
    OwnedFiles owned{.package = "a", .path_hashes = {}, .below_opt = row.below_opt};
    for (const std::string& file : row.files) owned.path_hashes.push_back(path_hash(file));
    layer.evidence.push_back(
        {"os/dpkg-files", "var/lib/dpkg/info/a.list", {}, {}, {owned}, {}, {}});
    const Inventory inventory = fold_layers({&layer, 1}, rules()).inventory;
    ASSERT_EQ(inventory.packages.size(), 1U);
    EXPECT_EQ(inventory.packages[0].property(kForeignFiles), row.verdict) << row.name;
    EXPECT_EQ(inventory.packages[0].files, row.files.size()) << row.name;
  }
}

TEST(OverlayTest, ThePackageThatIsKnownBetterIsKept) {
  Package sliced = package("libssl3", "3"), full = sliced;
  sliced.set_property(kSourceUnknown, "yes");
  full.source_name = "openssl";
  const std::vector<LayerInventory> layers{
      LayerBuilder().packages("var/lib/chisel/manifest.wall", {sliced}),
      LayerBuilder().packages(std::string(kStatus), {full})};
  const Inventory inventory = fold_layers(layers, rules()).inventory;
  ASSERT_EQ(inventory.packages.size(), 1U);
  EXPECT_EQ(inventory.packages[0].source_name, "openssl");
  EXPECT_EQ(inventory.packages[0].path, kStatus);
  EXPECT_EQ(inventory.packages[0].layer, 0);
}

// Gentoo's CONTENTS and LICENSE, opkg's status and control: two files, one package.
TEST(OverlayTest, APackageOfTwoFilesIsOnePackageWithItsLicence) {
  const Package bare = package("a", "1");
  Package licensed = bare;
  licensed.licenses = {"MIT"};
  const std::string local = "var/lib/pacman/local/";
  const std::vector<LayerInventory> layers{LayerBuilder()
                                               .packages(local + "a/1", {bare})
                                               .packages(local + "a/2", {licensed})
                                               .packages(local + "b/1", {package("b", "1")})};
  FoldRules with_anchor = rules();
  with_anchor.anchors.push_back("var/lib/pacman/local/");
  const Inventory inventory = fold_layers(layers, with_anchor).inventory;
  ASSERT_EQ(inventory.packages.size(), 2U);
  EXPECT_EQ(inventory.packages[0].licenses, std::vector<std::string>{"MIT"});
  EXPECT_EQ(inventory.packages[0].path, local + "a/1");
  ASSERT_EQ(inventory.databases.size(), 1U);
  EXPECT_EQ(inventory.databases[0].packages, 2U);
}

// pacman's and portage's databases have a directory for each package.
TEST(OverlayTest, APackageWithoutARecordIsListedAndReported) {
  const auto by_directory = [](const std::string& name, const std::string& version) {
    Package found = package(name, version);
    found.arch.clear();
    found.set_property(kDoubt, std::string(kRecordMissing));
    return found;
  };
  const std::string local = "var/lib/pacman/local/";
  FoldRules with_local = rules();
  with_local.anchors.push_back("var/lib/pacman/local/");
  LayerInventory layer;
  const auto add = [&](const std::string& path, std::vector<Package> packages) {
    layer.evidence.push_back({"os/pacman", local + path, std::move(packages), {}, {}, {}, {}});
  };
  add("bash-5.2-1", {by_directory("bash", "5.2-1")});
  add("bash-5.2-1/desc", {package("bash", "5.2-1")});
  add("curl-8.0-1", {by_directory("curl", "8.0-1")});
  add("curl-8.0-1/files", {});
  add("sed-4.9-1", {by_directory("sed", "4.9-1")});
  add("sed-4.9-1/desc", {package("sed", "4.8-1")});  // damaged: one of the two is wrong
  const Inventory found = fold_layers({&layer, 1}, with_local).inventory;
  EXPECT_EQ(names(found), (std::vector<std::string>{"bash", "curl", "sed"}));
  EXPECT_EQ(found.packages[0].property(kDoubt), "");
  EXPECT_EQ(found.packages[1].property(kDoubt), kRecordMissing);
  EXPECT_EQ(found.packages[2].version, "4.8-1");
  ASSERT_EQ(found.problems.size(), 1U);
  EXPECT_EQ(found.problems[0].path, local + "curl-8.0-1");
  EXPECT_EQ(found.problems[0].code, problem::kUnreadableRecord);
  ASSERT_EQ(found.databases.size(), 1U);
  EXPECT_EQ(found.databases[0].packages, 2U);
}

TEST(OverlayTest, OneNameOfTwoPackageManagersIsTwoPackages) {
  Package nix = package("jq", "1.7"), brew;
  nix.type = PackageType::kOther;
  brew = nix;
  nix.set_property("purl", "pkg:nix/jq@1.7");
  brew.set_property("purl", "pkg:brew/jq@1.7");
  const std::vector<LayerInventory> layers{
      LayerBuilder().packages("a", {nix}).packages("b", {brew})};
  EXPECT_EQ(fold_layers(layers, rules()).inventory.packages.size(), 2U);
}

TEST(OverlayTest, WhatIsInsideAnArchiveKeepsItsPath) {
  Package inner = package("inner", "1");
  inner.path = "opt/app.jar!/lib/inner.jar";
  const std::vector<LayerInventory> layers{
      LayerBuilder().packages("opt/app.jar", {package("app", "1"), inner})};
  const Inventory inventory = fold_layers(layers, {}).inventory;
  ASSERT_EQ(inventory.packages.size(), 2U);
  EXPECT_EQ(inventory.packages[0].path, "opt/app.jar");
  EXPECT_EQ(inventory.packages[1].path, "opt/app.jar!/lib/inner.jar");
}

TEST(OverlayTest, ADatabaseOfManyDirectoriesIsOneLine) {
  const std::string local = "var/lib/pacman/local/";
  const std::vector<LayerInventory> layers{
      LayerBuilder()
          .packages(local + "a-1-1/desc", {package("a", "1-1")})
          .packages(local + "b-1-1/desc", {package("b", "1-1")})};
  FoldRules with_anchor = rules();
  with_anchor.anchors.push_back("var/lib/pacman/local/");
  const Inventory inventory = fold_layers(layers, with_anchor).inventory;
  ASSERT_EQ(inventory.databases.size(), 1U);
  EXPECT_EQ(inventory.databases[0].path, local);
  EXPECT_EQ(inventory.databases[0].packages, 2U);
}

// What only a program's content says is left out where a package owns the file, under its own name
// or that of a merged directory; the same program elsewhere is listed.
TEST(OverlayTest, Rule58_OwnedProgramsAreSilent) {
  const auto found = [](const std::string& path) {
    Package bash = package("bash", "5.2.15");
    bash.type = PackageType::kOther;
    bash.set_property("unless-owned", "yes");
    return Evidence{"bin/classifier", path, {bash}, {}, {}, {}, {}};
  };
  const OwnedFiles owned{"bash", {path_hash("bin/bash"), path_hash("usr/bin/sh")}, false};
  for (const auto& [path, listed] : std::map<std::string, bool>{
           {"bin/bash", false}, {"usr/bin/bash", false}, {"bin/sh", false}, {"opt/bash", true}}) {
    LayerInventory layer;
    layer.evidence.push_back(
        {"os/dpkg-files", "var/lib/dpkg/info/bash.list", {}, {}, {owned}, {}, {}});
    layer.evidence.push_back(found(path));
    const Fold fold = fold_layers(std::vector<LayerInventory>{layer}, FoldRules{});
    EXPECT_EQ(fold.inventory.packages.size(), listed ? 1U : 0U) << path;
  }
}

TEST(OverlayTest, Rule37_RemovedDatabaseIsLoud) {
  LayerInventory layer = LayerBuilder().whiteout("x");
  layer.evidence.push_back(
      {"os/dpkg-files", "var/lib/dpkg/info/bash.list", {}, {}, {{"bash", {1, 2}}}, {}, {}});
  FoldRules only_status = rules();
  only_status.is_database = [](std::string_view name) { return name == "os/dpkg"; };
  const Fold fold = fold_layers({&layer, 1}, only_status);
  EXPECT_THAT(fold.inventory.problems,
              ElementsAre(testing::Field(&Problem::code, problem::kPackageDbMissing)));
}

TEST(OverlayTest, DistroComesFromTheBestFileAndTheRepositoriesNameTheBranch) {
  LayerInventory layer;
  const auto release = [&](const std::string& path, const std::string& id,
                           const std::string& branch) {
    Distro distro;
    distro.id = id;
    distro.version = path == "etc/os-release" ? "3.18.4" : "old";
    distro.repository_branch = branch;
    if (!branch.empty()) distro.other_repositories = "packages.example/x";
    layer.evidence.push_back({"os/release", path, {}, distro, {}, {}, {}});
  };
  release("etc/alpine-release", "alpine", "");
  release("etc/apk/repositories", "", "edge");
  release("etc/os-release", "alpine", "");
  const Inventory inventory = fold_layers({&layer, 1}, rules()).inventory;
  ASSERT_TRUE(inventory.distro);
  EXPECT_EQ(inventory.distro->version, "3.18.4");
  EXPECT_EQ(inventory.distro->path, "etc/os-release");
  EXPECT_EQ(inventory.distro->repository_branch, "edge");
  EXPECT_EQ(inventory.distro->other_repositories, "packages.example/x");
}

TEST(OverlayTest, WhatIsWrongWithAReleaseFileThatNobodyAsksIsNoProblem) {
  struct Row {
    const char *good, *broken;  // paths
    std::size_t problems;
  };
  for (const Row& row :
       {Row{"etc/os-release", "etc/lsb-release", 0},
        Row{"usr/lib/os-release", "etc/redhat-release", 0},
        Row{"etc/rocky-release", "etc/debian_version", 0},
        Row{"usr/lib/os-release", "etc/os-release", 1}, Row{"etc/lsb-release", "etc/os-release", 1},
        Row{"", "etc/lsb-release", 1}}) {
    LayerInventory layer;
    Distro distro;
    distro.id = "debian";
    if (*row.good != 0) layer.evidence.push_back({"os/release", row.good, {}, distro, {}, {}, {}});
    const Problem broken{row.broken, -1, "", problem::kUnreadableRecord, "names no distribution"};
    layer.evidence.push_back({"os/release", row.broken, {}, {}, {}, {broken}, {}});
    const Inventory inventory = fold_layers({&layer, 1}, rules()).inventory;
    EXPECT_EQ(inventory.problems.size(), row.problems) << row.good << " " << row.broken;
  }
}

// Red Hat: each step of a build leaves its own record, and all that are visible hold.
TEST(OverlayTest, RepositoriesOfAllLayersHoldTogether) {
  std::vector<LayerInventory> layers(3);
  const auto record = [&](std::size_t at, const std::string& path, const std::string& id,
                          std::vector<std::string> content_sets, std::vector<std::string> cpes) {
    Distro distro;
    distro.id = id;
    distro.content_sets = std::move(content_sets);
    distro.cpes = std::move(cpes);
    layers[at].evidence.push_back({"os/red-hat-content", path, {}, distro, {}, {}, {}});
  };
  record(0, "etc/os-release", "rhel", {}, {});
  record(1, "root/buildinfo/content_manifests/base.json", "", {"b", "a"}, {});
  record(1, "root/buildinfo/content_manifests/gone.json", "", {"x"}, {});
  record(2, "root/buildinfo/content_manifests/app.json", "", {"c", "a"}, {"cpe:/a:redhat:app:1"});
  layers[2].whiteouts = {"root/buildinfo/content_manifests/gone.json"};
  const Inventory inventory = fold_layers(layers, rules()).inventory;
  ASSERT_TRUE(inventory.distro);
  EXPECT_EQ(inventory.distro->id, "rhel");
  EXPECT_THAT(inventory.distro->content_sets, ElementsAre("a", "b", "c"));
  EXPECT_THAT(inventory.distro->cpes, ElementsAre("cpe:/a:redhat:app:1"));
}

}  // namespace
}  // namespace seaworthy
