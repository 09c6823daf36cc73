#include <string>

#include <gmock/gmock.h>

#include "core/model/problem.h"
#include "scan/extract/extract_test_support.h"

namespace seaworthy {
namespace {

using test::read_evidence;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Row {
  const char *name, *path, *text;
  const char *id, *version, *codename, *variant;
};

class Release : public testing::TestWithParam<Row> {};

TEST_P(Release, IsRead) {
  const Row& row = GetParam();
  const Evidence evidence = read_evidence(row.path, row.text);
  ASSERT_TRUE(evidence.distro.has_value());
  EXPECT_EQ(evidence.distro->id, row.id);
  EXPECT_EQ(evidence.distro->version, row.version);
  EXPECT_EQ(evidence.distro->codename, row.codename);
  EXPECT_EQ(evidence.distro->variant, row.variant);
  EXPECT_EQ(evidence.distro->path, row.path);
  EXPECT_THAT(evidence.problems, IsEmpty());
}

std::string name_of_row(const testing::TestParamInfo<Row>& info) {
  return info.param.name;
}

constexpr const char* kOs = "etc/os-release";

INSTANTIATE_TEST_SUITE_P(
    OsRelease, Release,
    testing::Values(
        Row{"debian12", kOs,
            "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nNAME=\"Debian "
            "GNU/Linux\"\nVERSION_ID=\"12\"\nVERSION=\"12 "
            "(bookworm)\"\nVERSION_CODENAME=bookworm\nID=debian\n",
            "debian", "12", "bookworm", ""},
        Row{"debian8", kOs,
            "NAME=\"Debian GNU/Linux\"\nVERSION_ID=\"8\"\nVERSION=\"8 (jessie)\"\nID=debian\n",
            "debian", "8", "jessie", ""},
        Row{"debian_testing", kOs,
            "PRETTY_NAME=\"Debian GNU/Linux trixie/sid\"\nNAME=\"Debian "
            "GNU/Linux\"\nVERSION_CODENAME=trixie\nID=debian\n",
            "debian", "", "trixie", ""},
        Row{"debian_old_sid", kOs,
            "PRETTY_NAME=\"Debian GNU/Linux bullseye/sid\"\nNAME=\"Debian GNU/Linux\"\nID=debian\n",
            "debian", "", "bullseye", ""},
        Row{"distroless", kOs,
            "PRETTY_NAME=\"Distroless\"\nNAME=\"Debian "
            "GNU/Linux\"\nID=\"debian\"\nVERSION_ID=\"12\"\nVERSION=\"Debian GNU/Linux 12 "
            "(bookworm)\"\n",
            "debian", "12", "bookworm", ""},
        Row{"ubuntu2204", kOs,
            "PRETTY_NAME=\"Ubuntu 22.04.4 "
            "LTS\"\nNAME=\"Ubuntu\"\nVERSION_ID=\"22.04\"\nVERSION=\"22.04.4 LTS (Jammy "
            "Jellyfish)\"\nVERSION_CODENAME=jammy\nID=ubuntu\nID_LIKE=debian\nUBUNTU_CODENAME="
            "jammy\n",
            "ubuntu", "22.04", "jammy", ""},
        Row{"ubuntu1404", kOs,
            "NAME=\"Ubuntu\"\nVERSION=\"14.04.6 LTS, Trusty "
            "Tahr\"\nID=ubuntu\nID_LIKE=debian\nVERSION_ID=\"14.04\"\n",
            "ubuntu", "14.04", "trusty", ""},
        Row{"raspbian", kOs,
            "NAME=\"Raspbian GNU/Linux\"\nVERSION_ID=\"11\"\nVERSION=\"11 "
            "(bullseye)\"\nVERSION_CODENAME=bullseye\nID=raspbian\nID_LIKE=debian\n",
            "raspbian", "11", "bullseye", ""},
        Row{"alpine", kOs,
            "NAME=\"Alpine Linux\"\nID=alpine\nVERSION_ID=3.18.4\nPRETTY_NAME=\"Alpine Linux "
            "v3.18\"\n",
            "alpine", "3.18.4", "", ""},
        Row{"alpine_edge", kOs,
            "NAME=\"Alpine Linux\"\nID=alpine\nVERSION_ID=3.21.0_alpha20240807\n", "alpine",
            "3.21.0_alpha20240807", "", ""},
        Row{"wolfi", kOs,
            "ID=wolfi\nNAME=\"Wolfi\"\nPRETTY_NAME=\"Wolfi\"\nVERSION_ID=\"20230201\"\n", "wolfi",
            "20230201", "", ""},
        Row{"chainguard", kOs, "ID=chainguard\nNAME=\"chainguard\"\nVERSION_ID=\"20230214\"\n",
            "chainguard", "20230214", "", ""},
        Row{"minimos", kOs, "ID=minimos\nNAME=\"MinimOS\"\nVERSION_ID=\"20241031\"\n", "minimos",
            "20241031", "", ""},
        Row{"echo", kOs, "ID=echo\nNAME=\"Echo Linux\"\nVERSION_ID=\"1\"\n", "echo", "1", "", ""},
        Row{"rhel9", kOs,
            "NAME=\"Red Hat Enterprise Linux\"\nVERSION=\"9.4 "
            "(Plow)\"\nID=\"rhel\"\nID_LIKE=\"fedora\"\nVERSION_ID=\"9.4\"\n",
            "rhel", "9.4", "", ""},
        Row{"centos7", kOs,
            "NAME=\"CentOS Linux\"\nVERSION=\"7 (Core)\"\nID=\"centos\"\nID_LIKE=\"rhel "
            "fedora\"\nVERSION_ID=\"7\"\n",
            "centos", "7", "", ""},
        Row{"centos8", kOs,
            "NAME=\"CentOS "
            "Linux\"\nVERSION=\"8\"\nID=\"centos\"\nVERSION_ID=\"8\"\nPRETTY_NAME=\"CentOS Linux "
            "8\"\n",
            "centos", "8", "", ""},
        Row{"centos_stream8", kOs,
            "NAME=\"CentOS "
            "Stream\"\nVERSION=\"8\"\nID=\"centos\"\nVERSION_ID=\"8\"\nPRETTY_NAME=\"CentOS Stream "
            "8\"\n",
            "centos", "8", "", "stream"},
        Row{"almalinux", kOs,
            "NAME=\"AlmaLinux\"\nVERSION=\"8.9 (Midnight "
            "Oncilla)\"\nID=\"almalinux\"\nVERSION_ID=\"8.9\"\n",
            "almalinux", "8.9", "", ""},
        Row{"rocky", kOs, "NAME=\"Rocky Linux\"\nID=\"rocky\"\nVERSION_ID=\"9.3\"\n", "rocky",
            "9.3", "", ""},
        Row{"oracle", kOs,
            "NAME=\"Oracle Linux "
            "Server\"\nVERSION=\"8.9\"\nID=\"ol\"\nVARIANT=\"Server\"\nVARIANT_ID="
            "\"server\"\nVERSION_ID=\"8.9\"\n",
            "ol", "8.9", "", "server"},
        Row{"amazon2", kOs,
            "NAME=\"Amazon Linux\"\nVERSION=\"2\"\nID=\"amzn\"\nID_LIKE=\"centos rhel "
            "fedora\"\nVERSION_ID=\"2\"\n",
            "amzn", "2", "", ""},
        Row{"amazon2023", kOs,
            "NAME=\"Amazon Linux\"\nID=\"amzn\"\nVERSION_ID=\"2023.6.20241010\"\n", "amzn",
            "2023.6.20241010", "", ""},
        Row{"fedora", kOs,
            "NAME=\"Fedora Linux\"\nVERSION=\"39 (Container "
            "Image)\"\nID=fedora\nVERSION_ID=39\nVERSION_CODENAME=\"\"\nVARIANT_ID=container\n",
            "fedora", "39", "", "container"},
        Row{"leap", kOs, "NAME=\"openSUSE Leap\"\nID=\"opensuse-leap\"\nVERSION_ID=\"15.5\"\n",
            "opensuse-leap", "15.5", "", ""},
        Row{"leap42", kOs, "NAME=\"openSUSE Leap\"\nID=opensuse\nVERSION_ID=\"42.3\"\n",
            "opensuse-leap", "42.3", "", ""},
        Row{"tumbleweed", kOs,
            "NAME=\"openSUSE Tumbleweed\"\nID=\"opensuse-tumbleweed\"\nVERSION_ID=\"20240101\"\n",
            "opensuse-tumbleweed", "20240101", "", ""},
        Row{"tumbleweed_old", kOs,
            "NAME=\"openSUSE Tumbleweed\"\nID=opensuse\nVERSION_ID=\"20170101\"\n",
            "opensuse-tumbleweed", "20170101", "", ""},
        Row{"sles", kOs, "NAME=\"SLES\"\nVERSION=\"15-SP5\"\nID=\"sles\"\nVERSION_ID=\"15.5\"\n",
            "sles", "15.5", "", ""},
        Row{"sles_sap", kOs, "NAME=\"SLES_SAP\"\nID=\"sles_sap\"\nVERSION_ID=\"15.4\"\n", "sles",
            "15.4", "", "sles_sap"},
        Row{"photon", kOs, "NAME=\"VMware Photon OS\"\nID=photon\nVERSION_ID=4.0\n", "photon",
            "4.0", "", ""},
        Row{"mariner", kOs,
            "NAME=\"Common Base Linux "
            "Mariner\"\nVERSION=\"2.0.20230126\"\nID=mariner\nVERSION_ID=\"2.0\"\n",
            "mariner", "2.0", "", ""},
        Row{"azurelinux", kOs,
            "NAME=\"Microsoft Azure Linux\"\nID=azurelinux\nVERSION_ID=\"3.0\"\n", "azurelinux",
            "3.0", "", ""},
        Row{"arch", kOs, "NAME=\"Arch Linux\"\nID=arch\nBUILD_ID=rolling\n", "arch", "", "", ""},
        Row{"gentoo", kOs, "NAME='Gentoo'\nID='gentoo'\nVERSION_ID='2.14'\n", "gentoo", "2.14", "",
            ""},
        Row{"postmarketos", kOs,
            "NAME=\"postmarketOS\"\nID=\"postmarketos\"\nID_LIKE=\"alpine\"\nVERSION_ID=\"v23."
            "06\"\n",
            "postmarketos", "v23.06", "", ""},
        Row{"bottlerocket", "x86_64-bottlerocket-linux-gnu/sys-root/usr/lib/os-release",
            "NAME=Bottlerocket\nID=bottlerocket\nVERSION_ID=1.19.2\nVARIANT_ID=aws-k8s-1.29\n",
            "bottlerocket", "1.19.2", "", "aws-k8s-1.29"},
        Row{"upper_case", kOs, "ID=CentOS\nVERSION_ID=6\n", "centos", "6", "", ""},
        Row{"unknown", kOs, "ID=plan9\nVERSION_ID=4\n", "plan9", "4", "", ""},
        Row{"name_only", kOs, "NAME=\"Rocky Linux\"\nVERSION_ID=8.5\n", "rocky", "8.5", "", ""},
        Row{"no_id", kOs, "NAME=\"Homemade\"\n", "linux", "", "", ""},
        Row{"crlf", kOs, "ID=debian\r\nVERSION_ID=\"11\"\r\n", "debian", "11", "", ""},
        Row{"no_newline", kOs, "ID=debian\nVERSION_ID=11", "debian", "11", "", ""},
        Row{"last_holds", kOs, "ID=debian\nID=ubuntu\n", "ubuntu", "", "", ""},
        Row{"comments", kOs, "# ID=no\n\n  ID=debian\n#\n", "debian", "", "", ""}),
    name_of_row);

INSTANTIATE_TEST_SUITE_P(
    OlderFiles, Release,
    testing::Values(
        Row{"alpine", "etc/alpine-release", "3.5.3\n", "alpine", "3.5.3", "", ""},
        Row{"debian", "etc/debian_version", "12.4\n", "debian", "12", "", ""},
        Row{"debian6", "etc/debian_version", "6.0.10\n", "debian", "6", "", ""},
        Row{"debian3", "etc/debian_version", "3.1\n", "debian", "3.1", "", ""},
        Row{"debian_sid", "etc/debian_version", "trixie/sid\n", "debian", "", "trixie", ""},
        Row{"debian_only_sid", "etc/debian_version", "sid", "debian", "", "sid", ""},
        Row{"lsb_ubuntu", "etc/lsb-release",
            "DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=12.04\nDISTRIB_CODENAME=precise\nDISTRIB_"
            "DESCRIPTION=\"Ubuntu 12.04.5 LTS\"\n",
            "ubuntu", "12.04", "precise", ""},
        Row{"lsb_arch", "etc/lsb-release", "DISTRIB_ID=\"Arch\"\nDISTRIB_RELEASE=\"rolling\"\n",
            "arch", "", "", ""},
        Row{"lsb_rhel", "etc/lsb-release",
            "DISTRIB_ID=RedHatEnterpriseServer\nDISTRIB_RELEASE=6.9\n", "rhel", "6.9", "", ""},
        Row{"centos6", "etc/redhat-release", "CentOS release 6.10 (Final)\n", "centos", "6.10",
            "final", ""},
        Row{"centos7", "etc/centos-release", "CentOS Linux release 7.9.2009 (Core)\n", "centos",
            "7.9.2009", "core", ""},
        Row{"stream", "etc/centos-release", "CentOS Stream release 8\n", "centos", "8", "",
            "stream"},
        Row{"rhel", "etc/redhat-release",
            "Red Hat Enterprise Linux Server release 6.10 (Santiago)\n", "rhel", "6.10", "santiago",
            ""},
        Row{"alma", "etc/redhat-release", "AlmaLinux release 8.9 (Midnight Oncilla)\n", "almalinux",
            "8.9", "", ""},
        Row{"rocky", "etc/rocky-release", "Rocky Linux release 9.3 (Blue Onyx)\n", "rocky", "9.3",
            "", ""},
        Row{"fedora", "etc/fedora-release", "Fedora release 20 (Heisenbug)\n", "fedora", "20",
            "heisenbug", ""},
        Row{"oracle", "etc/oracle-release", "Oracle Linux Server release 6.10\n", "ol", "6.10", "",
            ""},
        Row{"scientific", "etc/redhat-release", "Scientific Linux release 7.9 (Nitrogen)\n",
            "scientific", "7.9", "nitrogen", ""},
        Row{"amazon1", "etc/system-release", "Amazon Linux AMI release 2018.03\n", "amzn",
            "2018.03", "", ""},
        Row{"amazon2023", "usr/lib/system-release",
            "Amazon Linux release 2023.3.20240131 (Amazon Linux)\n", "amzn", "2023.3.20240131", "",
            ""},
        Row{"sles11", "etc/SuSE-release",
            "SUSE Linux Enterprise Server 11 (x86_64)\nVERSION = 11\nPATCHLEVEL = 4\n", "sles",
            "11.4", "", ""},
        Row{"suse13", "etc/SuSE-release",
            "openSUSE 13.2 (x86_64)\nVERSION = 13.2\nCODENAME = Harlequin\n", "opensuse-leap",
            "13.2", "harlequin", ""},
        Row{"arch", "etc/arch-release", "", "arch", "", "", ""},
        Row{"gentoo", "etc/gentoo-release", "Gentoo Base System release 2.14\n", "gentoo", "2.14",
            "", ""},
        Row{"photon", "etc/photon-release", "VMware Photon OS 4.0\nPHOTON_BUILD_NUMBER=1526e30ba\n",
            "photon", "4.0", "", ""},
        Row{"mariner", "etc/mariner-release", "CBL-Mariner 2.0.20230126\nMARINER_BUILD_NUMBER=1\n",
            "mariner", "2.0", "", ""},
        Row{"azurelinux", "etc/azurelinux-release", "Microsoft Azure Linux 3.0.20240801\n",
            "azurelinux", "3.0", "", ""}),
    name_of_row);

TEST(OsRelease, QuotingByTheSpecification) {
  struct Quoted {
    const char *text, *value;
  };
  for (const Quoted& row :
       {Quoted{"plain", "plain"}, Quoted{"\"two words\"", "two words"},
        Quoted{"'two words'", "two words"},
        Quoted{"\"a \\\"b\\\" \\\\ \\$ \\`\"", "a \"b\" \\ $ `"},
        Quoted{"'a \\ $x \"'", "a \\ $x \""}, Quoted{"\"keeps \\n\"", "keeps \\n"},
        Quoted{"\"$(reboot)\"", "$(reboot)"}, Quoted{"\"not closed", "not closed"},
        Quoted{"\"a\"'b'c", "abc"}, Quoted{"esc\\ aped", "esc aped"},
        Quoted{"\"\x1b[31mred\"", "[31mred"}, Quoted{"\"Grün\"", "Grün"}}) {
    const Evidence evidence =
        read_evidence("etc/os-release", std::string("ID=x\nPRETTY_NAME=") + row.text + "\n");
    ASSERT_TRUE(evidence.distro.has_value()) << row.text;
    EXPECT_EQ(evidence.distro->name, row.value) << row.text;
  }
}

TEST(OsRelease, LikeIsAList) {
  const Evidence evidence = read_evidence("etc/os-release", "ID=ol\nID_LIKE=\"rhel  Fedora\"\n");
  EXPECT_THAT(evidence.distro->like, ElementsAre("rhel", "fedora"));
}

TEST(OsRelease, ABadLineIsReported) {
  const Evidence evidence = read_evidence("etc/os-release", "ID=debian\nwhat is this\nA-B=1\n");
  ASSERT_TRUE(evidence.distro.has_value());
  ASSERT_EQ(evidence.problems.size(), 2U);
  EXPECT_EQ(evidence.problems[0].code, problem::kUnreadableRecord);
  EXPECT_THAT(evidence.problems[0].message, HasSubstr("line 2"));
}

TEST(OsRelease, AFileThatNamesNoDistributionIsNone) {
  struct Nameless {
    const char *path, *text;
  };
  for (const Nameless& row :
       {Nameless{"etc/os-release", ""}, Nameless{"etc/os-release", "\x80\x81\x82"},
        Nameless{"etc/os-release", "ID=\"a b\"\n"}, Nameless{"etc/os-release", "VERSION_ID=3\n"},
        Nameless{"etc/alpine-release", ""}, Nameless{"etc/debian_version", "\n\n"},
        Nameless{"etc/redhat-release", "My Box release 7\n"},
        Nameless{"etc/lsb-release", "LSB_VERSION=1\n"}, Nameless{"etc/SuSE-release", ""},
        Nameless{"etc/mariner-release", "x"}}) {
    const Evidence evidence = read_evidence(row.path, row.text);
    EXPECT_FALSE(evidence.distro.has_value()) << row.path << ": " << row.text;
    EXPECT_THAT(test::codes_of(evidence), testing::Contains(problem::kUnreadableRecord))
        << row.path;
  }
}

}  // namespace
}  // namespace seaworthy
