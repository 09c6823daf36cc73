#include <set>
#include <string>

#include <gmock/gmock.h>

#include "scan/extract/extractor.h"

namespace seaworthy {
namespace {

TEST(Registry, NamesAreUniqueAndFound) {
  std::set<std::string_view> names;
  for (const Extractor* extractor : all_extractors()) {
    EXPECT_TRUE(names.insert(extractor->name).second) << extractor->name;
    EXPECT_EQ(find_extractor(extractor->name), extractor);
    EXPECT_FALSE(extractor->description.empty()) << extractor->name;
    EXPECT_GT(extractor->max_file_bytes, 0U) << extractor->name;
  }
  EXPECT_EQ(find_extractor("os/none"), nullptr);
}

// A file below each anchor, or the anchor itself, must be wanted: otherwise links to it would be
// followed for nothing.
TEST(Registry, EveryAnchorLeadsToItsExtractor) {
  const std::set<std::string> names_below{"status",   "bash",        "bash.list",    "bash.md5sums",
                                          "Packages", "Packages.db", "rpmdb.sqlite", "labels.json"};
  for (const Extractor* extractor : all_extractors()) {
    EXPECT_FALSE(extractor->anchors.empty()) << extractor->name;
    for (const std::string_view anchor : extractor->anchors) {
      EXPECT_FALSE(anchor.starts_with('/'));
      bool wanted = extractor->wants({anchor, 1});
      for (const std::string& name : names_below) {
        if (anchor.ends_with('/')) wanted |= extractor->wants({std::string(anchor) + name, 1});
      }
      EXPECT_TRUE(wanted) << extractor->name << " " << anchor;
    }
  }
}

struct Choice {
  const char* path;
  const char* extractor;  // "" nobody
};

class WhoReads : public testing::TestWithParam<Choice> {};

TEST_P(WhoReads, Path) {
  const Extractor* extractor = extractor_for({GetParam().path, 10});
  EXPECT_EQ(extractor == nullptr ? "" : extractor->name, GetParam().extractor) << GetParam().path;
}

INSTANTIATE_TEST_SUITE_P(
    Paths, WhoReads,
    testing::Values(
        Choice{"var/lib/dpkg/status", "os/dpkg"}, Choice{"var/lib/dpkg/status-old", ""},
        Choice{"opt/var/lib/dpkg/status", ""},
        Choice{"var/lib/dpkg/status.d/base", "os/dpkg-distroless"},
        Choice{"var/lib/dpkg/status.d/base.md5sums", "os/dpkg-files"},
        Choice{"var/lib/dpkg/status.d/sub/base", ""},
        Choice{"var/lib/dpkg/info/bash.list", "os/dpkg-files"},
        Choice{"var/lib/dpkg/info/bash.md5sums", ""}, Choice{"lib/apk/db/installed", "os/apk"},
        Choice{"usr/lib/apk/db/installed", "os/apk"}, Choice{"lib/apk/db/scripts.tar", ""},
        Choice{"etc/apk/repositories", "os/apk-repositories"},
        Choice{"var/lib/rpm/Packages", "os/rpm"},
        Choice{"usr/lib/sysimage/rpm/Packages.db", "os/rpm"},
        Choice{"usr/share/rpm/rpmdb.sqlite", "os/rpm"},
        Choice{"var/lib/rpm/rpmdb.sqlite-wal", "os/rpm"},
        Choice{"var/lib/rpm/rpmdb.sqlite-shm", ""}, Choice{"var/lib/rpm/sub/Packages", ""},
        Choice{"srv/Packages", ""},
        Choice{"var/lib/rpmmanifest/container-manifest-2", "os/rpm-manifest"},
        Choice{"etc/os-release", "os/release"}, Choice{"usr/lib/os-release", "os/release"},
        Choice{"root/buildinfo/content_manifests/ubi8-container-8.4-206.json",
               "os/red-hat-content"},
        Choice{"root/buildinfo/Dockerfile-ubi8-8.4-206", "os/red-hat-content"},
        Choice{"root/buildinfo/Dockerfile-a/b", ""}, Choice{"root/buildinfo/other.json", ""},
        Choice{"usr/share/buildinfo/content-sets.json", "os/red-hat-content"},
        Choice{"etc/SuSE-release", "os/release"}, Choice{"etc/suse-release", ""},
        Choice{"x86_64-bottlerocket-linux-gnu/sys-root/usr/lib/os-release", "os/release"},
        Choice{"", ""}));

TEST(Registry, OnlyTheSqliteDatabaseHasACompanion) {
  const Extractor* rpm = find_extractor("os/rpm");
  ASSERT_NE(rpm, nullptr);
  EXPECT_THAT(rpm->companions("var/lib/rpm/rpmdb.sqlite"),
              testing::ElementsAre("var/lib/rpm/rpmdb.sqlite-wal"));
  EXPECT_THAT(rpm->companions("var/lib/rpm/rpmdb.sqlite-wal"), testing::IsEmpty());
  EXPECT_THAT(rpm->companions("var/lib/rpm/Packages"), testing::IsEmpty());
}

}  // namespace
}  // namespace seaworthy
