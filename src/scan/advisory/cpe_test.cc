#include "scan/advisory/cpe.h"

#include <gtest/gtest.h>

namespace seaworthy {
namespace {

struct Row {
  const char* name;
  const char* text;
  const char* line;  // "release channel" of Red Hat's; "-" another vendor, "" not a CPE
};

class CpeNames : public testing::TestWithParam<Row> {};

TEST_P(CpeNames, StandForALineOfProducts) {
  const auto cpe = parse_cpe(GetParam().text);
  std::string line;
  if (cpe) {
    const auto found = red_hat_line(*cpe);
    line = found ? found->release + " " + found->channel : "-";
  }
  EXPECT_EQ(line, GetParam().line);
}

INSTANTIATE_TEST_SUITE_P(
    Names, CpeNames,
    testing::Values(
        Row{"Main", "cpe:/o:redhat:enterprise_linux:8", "8 "},
        Row{"MainWithChannelSpecifier", "cpe:/a:redhat:enterprise_linux:9::appstream", "9 "},
        Row{"MainOfRhel10HasItsMinor", "cpe:/o:redhat:enterprise_linux:10.0", "10 "},
        Row{"ServerOfRhel6", "cpe:/o:redhat:enterprise_linux:6::server", "6 "},
        Row{"Extended", "cpe:/o:redhat:rhel_eus:8.4::baseos", "8 rhel_eus:8.4"},
        Row{"ExtendedOfRhel10", "cpe:/o:redhat:enterprise_linux_eus:10.0",
            "10 enterprise_linux_eus:10.0"},
        Row{"ExtendedLife", "cpe:/o:redhat:rhel_els:7", "7 rhel_els:7"},
        Row{"Layered", "cpe:/a:redhat:jboss_core_services:1::el8", "8 jboss_core_services:1"},
        Row{"LayeredWithoutRelease", "cpe:/a:redhat:openshift:4", " openshift:4"},
        Row{"LayeredWithoutVersion", "cpe:/a:redhat:rhdh", " rhdh"},
        Row{"CollectionsHaveAVersionOfTheirOwn", "cpe:/a:redhat:rhel_software_collections:3::el7",
            "7 rhel_software_collections:3"},
        Row{"FormattedString", "cpe:2.3:o:redhat:rhel_eus:8.4:*:baseos:*:*:*:*:*",
            "8 rhel_eus:8.4"},
        Row{"Escapes", "cpe:/a:redhat:a%3ab:1", " a:b:1"},
        Row{"OtherVendor", "cpe:/o:suse:sles:15:sp5", "-"}, Row{"Empty", "", ""},
        Row{"NoProduct", "cpe:/o:redhat", ""}, Row{"Truncated", "cpe:/", ""},
        Row{"ControlCharacters", "cpe:/o:redhat:enter\nprise:8", ""},
        Row{"EncodedControlCharacters", "cpe:/o:redhat:a%00b:8", ""}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(CpeNames, LongerThanAnyNameIsNone) {
  EXPECT_FALSE(parse_cpe("cpe:/o:redhat:" + std::string(2000, 'a')));
}

TEST(CpeNames, OnlyExtendedSupportIsBoundToAMinorRelease) {
  EXPECT_EQ(extended_support_release("rhel_eus:8.4"), "8.4");
  EXPECT_EQ(extended_support_release("enterprise_linux_eus:10.0"), "10.0");
  EXPECT_EQ(extended_support_release("rhel_els:7"), "");
  EXPECT_EQ(extended_support_release("openshift:4.14"), "");
  EXPECT_EQ(extended_support_release(""), "");
}

}  // namespace
}  // namespace seaworthy
