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
    // A file is wanted by its path and read as a whole, or by its content and read as a stream.
    EXPECT_NE(extractor->wants == nullptr, extractor->wants_content == nullptr) << extractor->name;
    EXPECT_EQ(extractor->wants == nullptr, extractor->extract == nullptr) << extractor->name;
    EXPECT_EQ(extractor->wants == nullptr, extractor->max_file_bytes == 0) << extractor->name;
    EXPECT_EQ(extractor->wants_content == nullptr, extractor->open == nullptr) << extractor->name;
  }
  EXPECT_EQ(find_extractor("os/none"), nullptr);
}

// A file below each anchor, or the anchor itself, must be wanted: otherwise links to it would be
// followed for nothing.
TEST(Registry, EveryAnchorLeadsToItsExtractor) {
  const std::set<std::string> names_below{"status",
                                          "0000",
                                          "bash",
                                          "bash.list",
                                          "bash.md5sums",
                                          "Packages",
                                          "Packages.db",
                                          "rpmdb.sqlite",
                                          "labels.json",
                                          "bash-5.2-1/desc",
                                          "c/bash-5/CONTENTS",
                                          "jq/1/INSTALL_RECEIPT.json",
                                          "hello/1/meta/snap.yaml",
                                          "0123456789abcdfghijklmnpqrsvwxyz-hello-2.12.1"};
  for (const Extractor* extractor : all_extractors()) {
    // Packages of languages and programs are found wherever they are, not at well-known paths.
    const bool anywhere = extractor->name.starts_with("lang/") ||
                          extractor->name.starts_with("sbom/") || extractor->wants == nullptr;
    EXPECT_EQ(extractor->anchors.empty(), anywhere) << extractor->name;
    for (const std::string_view anchor : extractor->anchors) {
      EXPECT_FALSE(anchor.starts_with('/'));
      bool wanted = extractor->wants({anchor, 1});
      for (const std::string& name : names_below) {
        if (!anchor.ends_with('/')) continue;
        const std::string path = std::string(anchor) + name;
        wanted |= extractor->wants({path, 1});
        wanted |= extractor->wants_directory != nullptr && extractor->wants_directory(path);
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
        Choice{"var/lib/rpmmanifest/container-manifest-1", "os/rpm-manifest"},
        Choice{"var/lib/pacman/local/bash-5.2-1/desc", "os/pacman"},
        Choice{"var/lib/pacman/local/bash-5.2-1/files", "os/pacman"},
        Choice{"var/lib/pacman/local/bash-5.2-1/mtree", ""},
        Choice{"var/lib/pacman/local/ALPM_DB_VERSION", ""},
        Choice{"var/lib/pacman/local/a/b/desc", ""}, Choice{"var/lib/pacman/local/desc", ""},
        Choice{"usr/lib/opkg/status", "os/opkg"}, Choice{"var/lib/opkg/status", "os/opkg"},
        Choice{"usr/lib/opkg/info/a.control", "os/opkg"},
        Choice{"usr/lib/opkg/info/a.list", "os/opkg"}, Choice{"usr/lib/opkg/info/a.postinst", ""},
        Choice{"var/lib/opkg/lists/base", ""}, Choice{"var/lib/chisel/manifest.wall", "os/chisel"},
        Choice{"usr/share/bottlerocket/application-inventory.json", "os/bottlerocket"},
        Choice{"nix/var/nix/db/db.sqlite", "os/nix"},
        Choice{"nix/var/nix/db/db.sqlite-wal", "os/nix"}, Choice{"nix/var/nix/db/schema", ""},
        Choice{"var/guix/db/db.sqlite", "os/nix"},
        Choice{"var/db/pkg/a/b-1/CONTENTS", "os/portage"},
        Choice{"var/db/pkg/a/b-1/LICENSE", "os/portage"}, Choice{"var/db/pkg/a/b-1/PF", ""},
        Choice{"var/db/pkg/a/CONTENTS", ""}, Choice{"var/db/pkg/a/b/c/CONTENTS", ""},
        Choice{"home/linuxbrew/.linuxbrew/Cellar/jq/1.7/INSTALL_RECEIPT.json", "app/homebrew"},
        Choice{"opt/homebrew/Cellar/jq/1.7/.brew/jq.rb", "app/homebrew"},
        Choice{"opt/homebrew/Cellar/jq/1.7/share/jq.rb", ""},
        Choice{"usr/local/Cellar/jq/INSTALL_RECEIPT.json", ""},
        Choice{"meta/snap.yaml", "app/snap"}, Choice{"snap/hello/42/meta/snap.yaml", "app/snap"},
        Choice{"snap/hello/42/snap/manifest.yaml", "app/snap"},
        Choice{"snap/hello/meta/snap.yaml", ""}, Choice{"srv/meta/snap.yaml", ""},
        Choice{"etc/os-release", "os/release"}, Choice{"usr/lib/os-release", "os/release"},
        Choice{"root/buildinfo/content_manifests/ubi8-container-8.4-206.json",
               "os/red-hat-content"},
        Choice{"root/buildinfo/Dockerfile-ubi8-8.4-206", "os/red-hat-content"},
        Choice{"root/buildinfo/Dockerfile-a/b", ""}, Choice{"root/buildinfo/other.json", ""},
        Choice{"usr/share/buildinfo/content-sets.json", "os/red-hat-content"},
        Choice{"etc/SuSE-release", "os/release"}, Choice{"etc/suse-release", ""},
        Choice{"x86_64-bottlerocket-linux-gnu/sys-root/usr/lib/os-release", "os/release"},
        Choice{"", ""}));

TEST(Registry, CompanionsAreReadWithTheirDatabase) {
  EXPECT_THAT(find_extractor("os/nix")->companions("nix/var/nix/db/db.sqlite"),
              testing::ElementsAre("nix/var/nix/db/db.sqlite-wal"));
  EXPECT_THAT(find_extractor("os/nix")->companions("nix/var/nix/db/db.sqlite-wal"),
              testing::IsEmpty());
  // The plain listing is not read where the better one is.
  EXPECT_THAT(
      find_extractor("os/rpm-manifest")->companions("var/lib/rpmmanifest/container-manifest-2"),
      testing::ElementsAre("var/lib/rpmmanifest/container-manifest-1"));

  const Extractor* rpm = find_extractor("os/rpm");
  ASSERT_NE(rpm, nullptr);
  EXPECT_THAT(rpm->companions("var/lib/rpm/rpmdb.sqlite"),
              testing::ElementsAre("var/lib/rpm/rpmdb.sqlite-wal"));
  EXPECT_THAT(rpm->companions("var/lib/rpm/rpmdb.sqlite-wal"), testing::IsEmpty());
  EXPECT_THAT(rpm->companions("var/lib/rpm/Packages"), testing::IsEmpty());
}

}  // namespace
}  // namespace seaworthy
