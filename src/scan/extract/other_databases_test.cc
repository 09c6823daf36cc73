// Package managers whose databases are small: typical, empty, truncated and hostile files of each.
#include <string>

#include <gmock/gmock.h>

#include "core/codec/digest.h"
#include "core/model/problem.h"
#include "scan/extract/extract_test_support.h"

namespace seaworthy {
namespace {

using test::codes_of;
using test::names_of;
using test::purls_of;
using test::read_evidence;
using test::run_extractor;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kInventory = "usr/share/bottlerocket/application-inventory.json";

TEST(Bottlerocket, ReadsTheInventory) {
  const std::string text =
      R"({"Content":[{"Name":"bash","Publisher":"Bottlerocket","Version":"5.2.21","Release":"1.1",)"
      R"("Epoch":"2","Architecture":"x86_64","Summary":"a shell"},)"
      R"({"Name":"kernel-6.1","Version":"6.1.82","Release":"1","Architecture":"x86_64"}]})";
  for (const std::string& path : std::vector<std::string>{
           std::string(kInventory),
           "x86_64-bottlerocket-linux-gnu/sys-root/" + std::string(kInventory),
           "aarch64-bottlerocket-linux-gnu/sys-root/" + std::string(kInventory)}) {
    const Evidence evidence = read_evidence(path, text);
    EXPECT_THAT(names_of(evidence),
                ElementsAre("bash 2:5.2.21-1.1 x86_64", "kernel-6.1 6.1.82-1 x86_64"));
    EXPECT_EQ(evidence.packages[0].type, PackageType::kRpm);
    EXPECT_EQ(evidence.packages[0].property(kVendor), "Bottlerocket");
    EXPECT_THAT(evidence.problems, IsEmpty());
  }
}

TEST(Bottlerocket, BadEntriesAndFiles) {
  const Evidence bad = read_evidence(
      kInventory, R"({"Content":[{"Version":"1"},{"Name":"a"},7,{"Name":"a","Version":"1",)"
                  R"("Epoch":"x"},{"Name":"b","Version":"1","Release":"2"}]})");
  EXPECT_THAT(names_of(bad), ElementsAre("b 1-2 "));
  EXPECT_EQ(bad.problems.size(), 4U);
  EXPECT_THAT(bad.problems[0].message, HasSubstr("Content entry 1"));
  EXPECT_THAT(read_evidence(kInventory, R"({"Content":[]})").packages, IsEmpty());
  for (const std::string& text :
       std::vector<std::string>{"", "{}", "[]", R"({"Content":[)", R"({"Content":7})"}) {
    EXPECT_FALSE(run_extractor(kInventory, text).ok()) << text;
  }
  EXPECT_FALSE(run_extractor(kInventory, std::string(100'000, '[')).ok());
}

const std::string kKeg = "home/linuxbrew/.linuxbrew/Cellar/jq/1.7.1_2/";

TEST(Homebrew, ReadsReceiptAndFormula) {
  const Evidence receipt =
      read_evidence(kKeg + "INSTALL_RECEIPT.json",
                    R"({"homebrew_version":"4.2","source":{"tap":"homebrew/core"}})");
  EXPECT_THAT(purls_of(receipt), ElementsAre("pkg:brew/jq@1.7.1_2"));
  EXPECT_EQ(receipt.packages[0].property(kOrigin), "homebrew/core");
  const Evidence formula =
      read_evidence(kKeg + ".brew/jq.rb", "class Jq < Formula\n  license \"MIT\"\nend\n");
  EXPECT_THAT(purls_of(formula), ElementsAre("pkg:brew/jq@1.7.1_2"));
  EXPECT_THAT(formula.packages[0].licenses, ElementsAre("MIT"));
}

TEST(Homebrew, AnUnreadableReceiptStillNamesThePackage) {
  for (const std::string& text : std::vector<std::string>{"", "{", "\x80"}) {
    const Evidence evidence = read_evidence(kKeg + "INSTALL_RECEIPT.json", text);
    EXPECT_THAT(purls_of(evidence), ElementsAre("pkg:brew/jq@1.7.1_2"));
    EXPECT_THAT(codes_of(evidence), ElementsAre(problem::kUnreadableRecord));
  }
  EXPECT_THAT(
      read_evidence(kKeg + ".brew/jq.rb", "license any_of: [\"MIT\"]\n").packages[0].licenses,
      IsEmpty());
  EXPECT_THAT(read_evidence(kKeg + ".brew/jq.rb", "license \"").packages[0].licenses, IsEmpty());
  EXPECT_FALSE(run_extractor("usr/local/Cellar/a b/1/INSTALL_RECEIPT.json", "{}").ok());
}

TEST(Snap, ReadsSnapAndManifest) {
  const Evidence snap = read_evidence(
      "snap/hello/42/meta/snap.yaml",
      "name: hello\nversion: 2.10\nbase: core22\narchitectures:\n- amd64\nlicense: GPL-3.0\n");
  EXPECT_THAT(purls_of(snap), ElementsAre("pkg:snap/hello@2.10?arch=amd64"));
  EXPECT_THAT(snap.packages[0].licenses, ElementsAre("GPL-3.0"));
  const Evidence manifest = read_evidence(
      "snap/manifest.yaml",
      "snapcraft-os-release-version-id: '22.04'\nname: hello\nprimed-stage-packages:\n"
      "- libc6=2.35-0ubuntu3\n- libssl3:amd64=3.0.2-0ubuntu1\n- broken\n");
  EXPECT_THAT(purls_of(manifest),
              ElementsAre("pkg:deb/ubuntu/libc6@2.35-0ubuntu3?distro=ubuntu-22.04",
                          "pkg:deb/ubuntu/libssl3@3.0.2-0ubuntu1?distro=ubuntu-22.04"));
  EXPECT_EQ(manifest.packages[0].type, PackageType::kOther);
  EXPECT_EQ(manifest.packages[0].property(kDoubt),
            "inside a snap: its release's feed is not asked");
  EXPECT_THAT(codes_of(manifest), ElementsAre(problem::kUnreadableRecord));
  EXPECT_THAT(purls_of(read_evidence("var/lib/snapd/snap/x/1/snap/manifest.yaml",
                                     "parts:\n  p:\n    stage-packages:\n    - curl\n    - a=1\n")),
              ElementsAre("pkg:deb/ubuntu/a@1"));
}

TEST(Snap, ReadsTheListOfABase) {
  const Evidence evidence = read_evidence(
      "snap/core22/864/usr/share/snappy/dpkg.list",
      "Desired=Unknown/Install/Remove/Purge/Hold\n||/ Name  Version  Architecture Description\n"
      "+++-====-====-====-====\nii  libssl3:amd64  3.0.2-0ubuntu1.8  amd64  a library\n"
      "rc  old  1.0  amd64  removed\nii  bash  5.1-6ubuntu1  amd64  a shell\n");
  EXPECT_THAT(purls_of(evidence), ElementsAre("pkg:deb/ubuntu/libssl3@3.0.2-0ubuntu1.8",
                                              "pkg:deb/ubuntu/bash@5.1-6ubuntu1"));
}

TEST(Snap, OneThatIsPackedIsNotPassedOverInSilence) {
  EXPECT_THAT(run_extractor("var/lib/snapd/snaps/firefox_2987.snap", "hsqs").error().message,
              HasSubstr("a packed snap is not opened"));
}

TEST(Snap, BadFilesAreErrors) {
  for (const std::string& text :
       std::vector<std::string>{"", "name: x\n", "version: 1\n", "[", "name: 'a b'\nversion: 1\n",
                                "- a\n", "name: x\nversion: [1, 2"}) {
    EXPECT_FALSE(run_extractor("meta/snap.yaml", text).ok()) << text;
  }
  EXPECT_THAT(read_evidence("snap/manifest.yaml", "name: x\n").packages, IsEmpty());
}

const std::string kVdb = "var/db/pkg/";

struct PortageRow {
  const char *directory, *purl;  // purl "": an error
};
class Portage : public testing::TestWithParam<PortageRow> {};

TEST_P(Portage, NamesOfDirectories) {
  const Result<Evidence> result =
      run_extractor(kVdb + GetParam().directory + "/CONTENTS", "dir /usr\n");
  ASSERT_EQ(result.ok(), *GetParam().purl != '\0');
  if (result.ok()) {
    EXPECT_THAT(purls_of(*result), ElementsAre(GetParam().purl));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, Portage,
    testing::Values(
        PortageRow{"dev-libs/openssl-3.0.13-r2", "pkg:ebuild/dev-libs/openssl@3.0.13-r2"},
        PortageRow{"app-shells/bash-5.2_p26", "pkg:ebuild/app-shells/bash@5.2_p26"},
        PortageRow{"net-misc/openssh-9.6_p1-r3", "pkg:ebuild/net-misc/openssh@9.6_p1-r3"},
        PortageRow{"media-libs/libpng-1.6.43b_rc1_pre2",
                   "pkg:ebuild/media-libs/libpng@1.6.43b_rc1_pre2"},
        PortageRow{"x11-libs/gtk+-3.24.41-r1", "pkg:ebuild/x11-libs/gtk%2B@3.24.41-r1"},
        PortageRow{"dev-lang/python-3.11.9_p1", "pkg:ebuild/dev-lang/python@3.11.9_p1"},
        PortageRow{"virtual/libc-1-r1", "pkg:ebuild/virtual/libc@1-r1"},
        PortageRow{"sys-apps/noversion", ""}, PortageRow{"sys-apps/name-r1", ""},
        PortageRow{"sys-apps/name-1.x", ""}, PortageRow{"sys-apps/-1", ""},
        PortageRow{"sys-apps/name-1_gamma", ""}, PortageRow{"sys apps/name-1", ""}));

TEST(PortageContents, ListsFiles) {
  const Evidence evidence =
      read_evidence(kVdb + "a/b-1/CONTENTS",
                    "dir /usr\nobj /usr/bin/b d41d8cd98f00b204e9800998ecf8427e 1700000000\n"
                    "obj /usr/share/a file d41d8cd98f00b204e9800998ecf8427e 1700000000\n"
                    "sym /usr/bin/c -> b 1700000000\nfif /run/pipe\n");
  EXPECT_EQ(evidence.packages.at(0).name, "a/b");
  ASSERT_EQ(evidence.owned.size(), 1U);
  EXPECT_EQ(evidence.owned[0].package, "a/b");
  EXPECT_THAT(evidence.owned[0].path_hashes,
              ElementsAre(path_hash("usr/bin/b"), path_hash("usr/share/a file"),
                          path_hash("usr/bin/c"), path_hash("run/pipe")));
  EXPECT_THAT(evidence.problems, IsEmpty());
}

TEST(PortageLicense, IsKeptAsItStands) {
  struct Row {
    const char* name;
    std::string text;
    std::vector<std::string> licenses;
    std::size_t problems;
  };
  for (const Row& row :
       {Row{"one", "GPL-3+\n", {"GPL-3+"}, 0},
        Row{"expression", "|| ( MIT BSD )", {"|| ( MIT BSD )"}, 0}, Row{"empty", "\n", {}, 0},
        Row{"lines", "MIT\nBSD\n", {}, 1}, Row{"hostile", std::string(5000, 'x'), {}, 1}}) {
    const Evidence evidence = read_evidence(kVdb + "a/b-1/LICENSE", row.text);
    EXPECT_THAT(purls_of(evidence), ElementsAre("pkg:ebuild/a/b@1")) << row.name;
    EXPECT_EQ(evidence.packages.at(0).licenses, row.licenses) << row.name;
    EXPECT_EQ(evidence.problems.size(), row.problems) << row.name;
  }
}

TEST(PortageContents, WithoutItThereIsADoubt) {
  const auto directory = test::read_directory(kVdb + "dev-libs/openssl-3.0.13-r2");
  ASSERT_TRUE(directory) << directory.error().message;
  EXPECT_THAT(purls_of(*directory), ElementsAre("pkg:ebuild/dev-libs/openssl@3.0.13-r2"));
  EXPECT_EQ(directory->packages[0].property(kDoubt), kRecordMissing);
  EXPECT_EQ(read_evidence(kVdb + "a/b-1/LICENSE", "MIT\n").packages.at(0).property(kDoubt),
            kRecordMissing);
  EXPECT_EQ(read_evidence(kVdb + "a/b-1/CONTENTS", "dir /usr\n").packages.at(0).property(kDoubt),
            "");
  EXPECT_FALSE(test::read_directory(kVdb + "a/noversion"));
  for (const char* other : {"a", "a/-MERGING-b-1", "a/b-1/files"}) {
    EXPECT_EQ(extractor_for_directory(kVdb + other), nullptr) << other;
  }
}

TEST(PortageContents, EmptyTruncatedAndHostile) {
  EXPECT_THAT(purls_of(read_evidence(kVdb + "virtual/libc-1/CONTENTS", "")),
              ElementsAre("pkg:ebuild/virtual/libc@1"));
  EXPECT_THAT(codes_of(read_evidence(kVdb + "a/b-1/CONTENTS", "dir /usr\nobj /usr/b")),
              ElementsAre(problem::kPackageDbCorrupt));
  const Evidence odd = read_evidence(kVdb + "a/b-1/CONTENTS", "xxx /usr\nobj\nsym\n\nobj /a\n");
  EXPECT_THAT(odd.problems.at(0).message, HasSubstr("line 1: no entry"));
  EXPECT_THAT(
      read_evidence(kVdb + "a/b-1/CONTENTS", "obj /" + std::string(9000, 'x') + " a 1\n").owned,
      IsEmpty());
  EXPECT_EQ(extractor_for({kVdb + "a/-MERGING-b-1/CONTENTS", 1}), nullptr);
}

constexpr const char* kPlain = "var/lib/rpmmanifest/container-manifest-1";

TEST(RpmPlainManifest, ReadsNamesFromTheRight) {
  const Evidence evidence = read_evidence(
      kPlain, "bash-5.1.8-4.cm2.x86_64\nca-certificates-shared-2.0.0-9.cm2.noarch\n\nx\n-1-2.x\n");
  EXPECT_THAT(names_of(evidence),
              ElementsAre("bash 5.1.8-4.cm2 x86_64", "ca-certificates-shared 2.0.0-9.cm2 noarch"));
  EXPECT_EQ(evidence.packages[0].property(kDoubt), "its epoch and source package are not recorded");
  EXPECT_THAT(codes_of(evidence),
              ElementsAre(problem::kUnreadableRecord, problem::kUnreadableRecord));
  EXPECT_THAT(codes_of(read_evidence(kPlain, "bash-5.1.8-4.cm2.x86_64")),
              ElementsAre(problem::kPackageDbCorrupt));
  EXPECT_FALSE(run_extractor(kPlain, "\x80\x80").ok());
}

TEST(NixStore, ADirectoryIsAPackage) {
  const std::string path = "nix/store/0123456789abcdfghijklmnpqrsvwxyz-hello-2.12.1";
  const Extractor* extractor = extractor_for_directory(path);
  ASSERT_NE(extractor, nullptr);
  const FileView view{path, {}};
  const Result<Evidence> evidence = extractor->extract({&view, 1}, Limits{});
  ASSERT_TRUE(evidence.ok());
  EXPECT_THAT(purls_of(*evidence), ElementsAre("pkg:nix/hello@2.12.1"));
  EXPECT_EQ(extractor_for_directory(path + "/bin"), nullptr);
  EXPECT_EQ(extractor_for_directory("usr/lib"), nullptr);
  EXPECT_EQ(extractor_for({path, 1}), nullptr);
}

// Written by Nix 2.8: two outputs of one derivation, a package, a configuration file, a source.
TEST(NixDatabase, ReadsWhatNixWrote) {
  const std::string database = test::unzstd(test::test_data("nix-2.8.db.sqlite.zst"));
  const Evidence nix = read_evidence("nix/var/nix/db/db.sqlite", database);
  EXPECT_THAT(purls_of(nix), ElementsAre("pkg:nix/libdemo@1.2.3", "pkg:nix/demo-tool@0.9-rc1"));
  EXPECT_THAT(nix.problems, IsEmpty());
}

TEST(NixDatabase, DamageIsReported) {
  std::string database = test::unzstd(test::test_data("nix-2.8.db.sqlite.zst"));
  const std::size_t at = database.find("demo-tool-0.9");
  ASSERT_NE(at, std::string::npos);
  database[at - 1] = '/';  // where the hash ends
  EXPECT_THAT(codes_of(read_evidence("nix/var/nix/db/db.sqlite", database)),
              ElementsAre(problem::kUnreadableRecord));
  const Result<Evidence> cut =
      run_extractor("nix/var/nix/db/db.sqlite", database.substr(0, database.size() / 3));
  EXPECT_TRUE(!cut.ok() || !cut->problems.empty());
}

TEST(NixDatabase, OtherFilesAreErrors) {
  for (const char* path : {"nix/var/nix/db/db.sqlite", "var/guix/db/db.sqlite"}) {
    EXPECT_FALSE(run_extractor(path, "").ok());
    EXPECT_FALSE(run_extractor(path, std::string(5000, 'x')).ok());
  }
  EXPECT_THAT(read_evidence("nix/var/nix/db/db.sqlite-wal", "x").packages, IsEmpty());
}

}  // namespace
}  // namespace seaworthy
