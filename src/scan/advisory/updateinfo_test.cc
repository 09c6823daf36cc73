#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/file.h"
#include "scan/advisory/feed_content.h"
#include "scan/advisory/recording_sink.h"
#include "scan/advisory/updateinfo_place.h"

namespace seaworthy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

std::string testdata(const std::string& name) {
  auto bytes = read_file(std::string(TESTDATA) + "/" + name, 1 * kMiB);
  return bytes ? *bytes : "";
}

std::vector<std::string> described(const RecordingSink& sink) {
  std::vector<std::string> out;
  for (const auto& [key, row] : sink.rows) {
    std::string text = key.ecosystem + " " + key.release + " " + key.package + " " +
                       row.vulnerability + " < " + row.ranges.at(0).fixed;
    for (const std::string& part : {row.arch, row.module, row.channel}) {
      if (!part.empty()) text += " " + part;
    }
    out.push_back(std::move(text));
  }
  return out;
}

TEST(Updateinfo, ReadsAmazonsLines) {
  RecordingSink sink;
  Status status = ok_status();
  ASSERT_EQ(parse_document("updateinfo.xml", testdata("updateinfo-amazon.xml"), sink, &status),
            "updateinfo");
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_THAT(
      described(sink),
      UnorderedElementsAre(
          "amzn 1 openssl CVE-2026-23001 < 1:1.0.2k-16.146.amzn1 i686|x86_64",
          "amzn 2 kernel CVE-2026-23002 < 4.14.336-257.562.amzn2 x86_64",
          "amzn 2 kernel CVE-2026-23003 < 4.14.336-257.562.amzn2 x86_64",
          "amzn 2 kernel CVE-2026-23002 < 5.10.205-195.804.amzn2 aarch64|x86_64 kernel-5.10",
          "amzn 2 kernel CVE-2026-23002 < 5.15.145-95.156.amzn2 x86_64 kernel-5.15",
          "amzn 2 docker CVE-2026-23004 < 20.10.25-1.amzn2.0.4 x86_64 docker",
          "amzn 2 kernel-livepatch-5.10.205-195.804 CVE-2026-23002 < 1.0-1.amzn2 x86_64 livepatch",
          "amzn 2023 openssl ALAS2023-2026-006 < 1:3.0.8-1.amzn2023.0.10",
          "amzn 2023 kernel6.12 CVE-2026-23005 < 6.12.20-23.97.amzn2023 x86_64",
          "amzn 2023 bpftool CVE-2026-23005 < 6.12.20-23.97.amzn2023 x86_64 kernel6.12"));
  EXPECT_EQ(sink.rows[0].row.advisory_id, "ALAS-2026-001");
  EXPECT_EQ(sink.rows[0].row.severity, Severity::kHigh);
  EXPECT_EQ(sink.rows[0].row.fix_state, FixState::kFixed);
  EXPECT_THAT(sink.rows[0].row.document, HasSubstr("updateinfo.xml:"));
  EXPECT_EQ(sink.skips["updateinfo: an update that is no security update"], 1);
  // The core repositories speak for their distribution, an extra does not.
  EXPECT_THAT(sink.scopes, SizeIs(3));
  EXPECT_THAT(sink.problems, SizeIs(2));  // an update without an id, a package without a version
  EXPECT_EQ(rfc3339(sink.newest), "2026-11-03T17:00:00Z");
}

// Packages of Amazon Linux 2 do not say which repository they are from.
TEST(Updateinfo, AmazonLinux2IsCoreAndItsExtras) {
  const struct {
    const char* name;
    int extras;
    bool core, complete;
    std::string lacks;  // "" where it speaks for the release
  } cases[] = {
      {"core", 0, true, false, "extras"},
      {"core and one extra", 1, true, false, "extras"},
      {"core and all extras", 10, true, false, ""},
      {"core, which is said to be all", 0, true, true, ""},
      {"extras alone", 10, false, false, "core"},
  };
  for (const auto& one : cases) {
    FeedContent content(1'795'000'000);
    const auto add = [&](const std::string& id) {
      const std::string text =
          "<updates><update type='security'><id>" + id +
          "</id><pkglist><collection><package name='runc' version='1' "
          "release='2' arch='x86_64'/></collection></pkglist></update></updates>";
      const FeedDocument document{"updateinfo.xml", text};
      EXPECT_TRUE(feed_for(document)->parse(document, Limits{}, content));
    };
    if (one.core) add("ALAS2-2026-3");
    for (int i = 0; i < one.extras; ++i) add("ALAS2EXTRA" + std::to_string(i) + "-2026-1");
    content.settle_scopes("alas", one.complete);
    const FeedInfo info = content.record_of({}).info;
    EXPECT_EQ(info.scopes.size(), one.lacks.empty() ? 1U : 0U) << one.name;
    std::string lacks;
    for (const PartialScope& part : info.partial) {
      for (const std::string& name : part.lacks) lacks += (lacks.empty() ? "" : " ") + name;
    }
    EXPECT_EQ(lacks, one.lacks) << one.name;
  }
}

TEST(Updateinfo, AnExtraAloneSpeaksForNothing) {
  RecordingSink sink;
  ASSERT_EQ(parse_document("amzn2extra-docker/2/x86_64/updateinfo.xml",
                           "<updates><update type='security'><id>ALAS2-2026-3</id>"
                           "<pkglist><collection><package name='runc' version='1' release='2'"
                           " arch='x86_64'/></collection></pkglist></update></updates>",
                           sink),
            "updateinfo");
  EXPECT_THAT(described(sink), ElementsAre("amzn 2 runc ALAS2-2026-3 < 1-2 x86_64 docker"));
  EXPECT_THAT(sink.release_repositories, ElementsAre("extra docker"));
}

TEST(Updateinfo, ReadsOtherVendors) {
  RecordingSink sink;
  ASSERT_EQ(parse_document("updateinfo.xml", testdata("updateinfo-others.xml"), sink),
            "updateinfo");
  EXPECT_THAT(
      described(sink),
      UnorderedElementsAre(
          "fedora 40 curl CVE-2026-23011 < 8.6.0-11.fc40 x86_64",
          "fedora 40 nodejs CVE-2026-23012 < 1:20.12.2-1.module_f40+1+abc.fc40 x86_64 nodejs:20",
          "bottlerocket  kernel-6.1 BRSA-example00001 < 6.1.161-1.1770431693.0286af16.br1 aarch64",
          "sles 15.4 libcurl4 CVE-2026-23013 < 7.79.1-150400.5.41.1 x86_64",
          "sles 15.4 kernel-default CVE-2026-23014 < 5.14.21-150400.24.100.2 x86_64 ltss",
          "opensuse-leap 15.5 libcurl4 CVE-2026-23013 < 8.0.1-150400.5.41.1 x86_64",
          "rocky 9 curl CVE-2026-23015 < 7.76.1-26.el9_3.3"));
  EXPECT_EQ(sink.skips["updateinfo: EPEL, whose packages are not the distribution's"], 1);
  EXPECT_EQ(sink.skips["updateinfo: an update that was withdrawn"], 1);
  EXPECT_EQ(sink.skips["updateinfo of a vendor that is not known"], 1);
  EXPECT_THAT(sink.scopes, SizeIs(3));  // fedora, bottlerocket, rocky; a SUSE module is a part
  EXPECT_EQ(rfc3339(sink.newest), "2026-11-05T00:00:00Z");
}

TEST(Updateinfo, PlacesByIdCollectionPathAndRelease) {
  const struct {
    const char *id, *collection, *path, *release, *place;
  } cases[]{
      {"ALAS-2011-1", "", "", "", "amzn 1"},
      {"ALAS-2018-939", "amazon-linux-ami", "", "", "amzn 1"},
      {"ALAS2-2018-939", "amazon-linux-2---core", "", "", "amzn 2"},
      {"ALAS2-2021-1", "amazon-linux-2---docker", "", "", "amzn 2 docker"},
      {"ALASDOCKER-2021-001", "", "", "", "amzn 2 docker"},
      {"ALASKERNEL-5.4-2022-007", "", "", "", "amzn 2 kernel-5.4"},
      {"ALAS2KERNEL-5.10-2022-007", "", "", "", "amzn 2 kernel-5.10"},
      {"ALASPHP8.0-2023-001", "", "", "", "amzn 2 php8.0"},
      {"ALAS2-2021-1", "", "x/amzn2extra-php8.0/updateinfo.xml", "", "amzn 2 php8.0"},
      {"ALAS2022-2022-001", "", "", "", "amzn 2022"},
      {"ALAS2023-2023-001", "amazon-linux-2023", "", "", "amzn 2023"},
      {"ALAS2023LIVEPATCH-2023-001", "", "", "", "amzn 2023 livepatch"},
      {"ALAS2023-2023-001", "amazon-linux-2023---kernel-livepatch", "", "",
       "amzn 2023 kernel-livepatch"},
      {"FEDORA-2026-0a", "", "", "1.fc41", "fedora 41"},
      {"FEDORA-2026-0a", "", "", "1", ""},
      {"FEDORA-EPEL-2026-0a", "", "", "1.el9", ""},
      {"BRSA-1", "", "", "", "bottlerocket "},
      {"SUSE-SLE-SERVER-12-SP5-2022-1", "", "", "", "sles 12.5"},
      {"SUSE-SLE-Module-Basesystem-15-2022-1", "", "", "", "sles 15"},
      {"SUSE-SLE-Module-Live-Patching-15-SP4-2022-1", "", "", "", "sles 15.4 live-patching"},
      {"SUSE-SLE-Micro-5.3-2022-1", "", "", "", "sle-micro 5.3"},
      {"SUSE-SLE-2022-1", "", "", "", ""},
      {"SUSE-", "", "", "", ""},
      {"openSUSE-SLE-15.4-2022-1", "", "", "", "opensuse-leap 15.4"},
      {"openSUSE-2022-1", "", "", "", ""},
      {"ELSA-2026-1", "", "", "1.el8_5", "ol 8"},
      {"ALSA-2026:1", "", "", "1.el8", "almalinux 8"},
      {"RLSA-2026:1", "", "", "1", ""},
      {"ALAS", "", "", "", "amzn 1"},
      {"XYZ-1", "", "", "", ""},
  };
  for (const auto& one : cases) {
    const UpdatePlace place = place_of_update(one.id, one.collection, one.path, one.release);
    std::string text;
    if (place.skip.empty()) {
      text = place.ecosystem + " " + place.release;
      if (!place.channel.empty()) text += " " + place.channel;
    }
    EXPECT_EQ(text, one.place) << one.id << " " << one.collection;
  }
}

TEST(Updateinfo, DamagedDocumentsAreErrors) {
  const std::string whole = testdata("updateinfo-amazon.xml");
  RecordingSink sink;
  Status status = ok_status();
  ASSERT_EQ(parse_document("u.xml", whole.substr(0, whole.size() - 700), sink, &status),
            "updateinfo");
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message, HasSubstr("line "));
  EXPECT_FALSE(sink.rows.empty());  // what stood before the damage
  RecordingSink empty;
  EXPECT_EQ(parse_document("u.xml", "<updates/>", empty, &status), "updateinfo");
  EXPECT_TRUE(status);
  EXPECT_EQ(empty.records, 0);
}

}  // namespace
}  // namespace seaworthy
