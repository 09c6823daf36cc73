#include "scan/advisory/advisory_id.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scan/advisory/package_name.h"
#include "scan/advisory/releases.h"

namespace seaworthy {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(AdvisoryId, CveIdsRoundTripOrAreRefused) {
  for (const char* id : {"CVE-1999-0001", "CVE-2023-1393", "CVE-2021-1000123", "CVE-2026-9999"}) {
    const auto cve = parse_cve(id);
    ASSERT_TRUE(cve) << id;
    EXPECT_EQ(cve_text(*cve), id);
  }
  for (const char* id :
       {"", "CVE-2023-", "CVE-2023-12", "CVE-23-1234", "CVE-2023-01234", "cve-2023-1234",
        "CVE-2023-1234x", "CVE-2023-99999999999999999999", "CVE-2023-+123", "DSA-5380-1"}) {
    EXPECT_FALSE(is_cve(id)) << id;
  }
}

TEST(AdvisoryId, AdvisoriesAreToldFromVulnerabilities) {
  for (const char* id : {"DSA-5380-1", "DLA-3380-1", "ALSA-2023:6938", "RHSA-2024_8709",
                         "USN-5834-1", "ALAS2-2023-1", "openSUSE-SU-2023:1-1", "CGA-abcd",
                         "UBUNTU-CVE-2024-1", "ALBA-2021:1099", "MGASA-2023-0001", "OESA-2023-1"}) {
    EXPECT_TRUE(is_advisory_id(id)) << id;
  }
  for (const char* id : {"CVE-2023-1393", "GHSA-579v-mp3v-rrw5", "GO-2024-3228", "PYSEC-2023-121",
                         "RUSTSEC-2022-0057", "MAL-2025-1", "BIT-minio-2023-27589"}) {
    EXPECT_FALSE(is_advisory_id(id)) << id;
  }
  EXPECT_TRUE(is_maintenance_advisory("ALEA-2022:2093"));
  EXPECT_FALSE(is_maintenance_advisory("ALSA-2022:2093"));
}

struct TextCase {
  const char* name;
  const char* text;
  std::vector<std::string> cves, others;
};

TEST(AdvisoryId, Rule16_ReadsIdsFromSecfixesTexts) {
  const TextCase cases[]{
      {"remark", "CVE-2017-2616 (+ regression fix)", {"CVE-2017-2616"}, {}},
      {"underscore", "CVE_2017-2616", {"CVE-2017-2616"}, {}},
      {"all underscores", "CVE_2017_2616", {"CVE-2017-2616"}, {}},
      {"space", "CVE 2019-1234", {"CVE-2019-1234"}, {}},
      {"with xsa", "CVE-2021-28687 XSA-368", {"CVE-2021-28687"}, {"XSA-368"}},
      {"two cves",
       "CVE-2020-1111 CVE-2020-2222   XSA-1",
       {"CVE-2020-1111", "CVE-2020-2222"},
       {"XSA-1"}},
      {"slash", "CVE-2023-1111 / GHSA-cr9j-mf9g-aaaa", {"CVE-2023-1111"}, {"GHSA-cr9j-mf9g-aaaa"}},
      {"comma",
       "ELEMENTSEC-2019-1, GHSA-fp33-rw9v-hcf9",
       {},
       {"ELEMENTSEC-2019-1", "GHSA-fp33-rw9v-hcf9"}},
      {"unknown number", "CVE-2019-????? XSA-300", {}, {"XSA-300"}},
      {"not assigned", "CVE N/A ZBX-11023", {}, {"ZBX-11023"}},
      {"area", "CVE-2022-9999 (BGP)", {"CVE-2022-9999"}, {}},
      {"third part", "CVE-2018-19115-1", {"CVE-2018-19115"}, {}},
      {"letters only ghsa", "GHSA-abcd-efgh-jklm", {}, {"GHSA-abcd-efgh-jklm"}},
      {"malformed", "CVE-20208794", {}, {}},
      {"empty", "", {}, {}},
  };
  for (const TextCase& one : cases) {
    const IdsInText ids = ids_in(one.text);
    EXPECT_EQ(ids.cves, one.cves) << one.name;
    EXPECT_EQ(ids.others, one.others) << one.name;
  }
}

struct EcosystemCase {
  const char* osv;
  const char* name;
  const char* release;
  const char* channel;
};

TEST(Releases, MapsOsvEcosystems) {
  const EcosystemCase cases[]{
      {"AlmaLinux:8", "almalinux", "8", ""},
      {"Debian:11", "debian", "11", ""},
      {"Debian:4.0", "debian", "4", ""},
      {"Debian:3.0", "debian", "3.0", ""},
      {"Alpine:v3.18", "alpine", "3.18", ""},
      {"Alpine:edge", "alpine", "edge", ""},
      {"Rocky Linux:9", "rocky", "9", ""},
      {"Ubuntu:22.04:LTS", "ubuntu", "22.04", ""},
      {"Ubuntu:23.10", "ubuntu", "23.10", ""},
      {"Ubuntu", "ubuntu", "", ""},
      {"Ubuntu:Pro:18.04:LTS", "ubuntu", "18.04", "esm"},
      {"Ubuntu:Pro:FIPS-updates:22.04:LTS", "ubuntu", "22.04", "fips-updates"},
      {"Wolfi", "wolfi", "", ""},
      {"Azure Linux:3", "azurelinux", "3.0", ""},
      {"Photon OS:5.0", "photon", "5.0", ""},
      {"Mageia:9", "mageia", "9", ""},
      {"MinimOS", "minimos", "", ""},
      {"SUSE:Linux Enterprise Module for Basesystem 15 SP5", "sles", "15.5", ""},
      {"SUSE:Linux Enterprise Server 12 SP5-LTSS", "sles", "12.5", "ltss"},
      {"openEuler:24.03-LTS-SP1", "openeuler", "24.03-LTS-SP1", ""},
      {"openEuler:24.03-LTS", "openeuler", "24.03-LTS", ""},
      {"SUSE:Linux Enterprise Server 15 SP4", "sles", "15.4", ""},
      {"openSUSE:Leap 15.5", "opensuse-leap", "15.5", ""},
      {"openSUSE:Tumbleweed", "opensuse-tumbleweed", "", ""},
      {"npm", "npm", "", ""},
      {"Go", "golang", "", ""},
      {"crates.io", "cargo", "", ""},
      {"SwiftURL", "swift", "", ""},
      {"Root:Alpine:3.18", "root-alpine", "3.18", ""},
      {"Root:PyPI", "root-pypi", "", ""},
      {"Seal:Red Hat:7", "seal-rhel", "7", ""},
      {"Seal:npm", "seal-npm", "", ""},
  };
  for (const EcosystemCase& one : cases) {
    const Ecosystem mapped = map_osv_ecosystem(one.osv);
    EXPECT_EQ(mapped.name, one.name) << one.osv;
    EXPECT_EQ(mapped.release, one.release) << one.osv;
    EXPECT_EQ(mapped.channel, one.channel) << one.osv;
  }
  for (const char* osv : {"Red Hat:rhel_eus:8.8::baseos", "Ecosystem1", "", ":", "Root:",
                          "Root:Root:npm", "Ubuntu:Pro", "SUSE:Enterprise Storage 7", "Android"}) {
    const Ecosystem mapped = map_osv_ecosystem(osv);
    EXPECT_THAT(mapped.name, IsEmpty()) << osv;
    EXPECT_FALSE(mapped.skip.empty()) << osv;
  }
}

TEST(PackageName, JoinsNamesThatAreEqualInTheirEcosystem) {
  EXPECT_EQ(normalized_package("pypi", "Zope.Interface"), "zope-interface");
  EXPECT_EQ(normalized_package("pypi", "a-_.b"), "a-b");
  EXPECT_EQ(normalized_package("root-pypi", "A_b"), "a-b");
  EXPECT_EQ(normalized_package("nuget", "Newtonsoft.Json"), "newtonsoft.json");
  EXPECT_EQ(normalized_package("npm", "@Scope/Name_x"), "@Scope/Name_x");
  EXPECT_EQ(normalized_package("debian", "libX11"), "libX11");
}

}  // namespace
}  // namespace seaworthy
