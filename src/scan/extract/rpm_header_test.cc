#include "scan/extract/rpm_header.h"

#include <string>

#include <gmock/gmock.h>

#include "core/codec/digest.h"
#include "scan/extract/extract_test_support.h"
#include "scan/extract/rpm_test_data.h"

namespace seaworthy {
namespace {

using test::header_blob;
using test::HeaderWriter;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(RpmHeader, ReadsEveryField) {
  const std::string blob = HeaderWriter()
                               .text(1000, "nodejs")
                               .text(1001, "12.18.4")
                               .text(1002, "2.module_el8")
                               .numbers(1003, {1})
                               .text(1011, "CentOS")
                               .text(1014, "MIT and BSD")
                               .text(1022, "aarch64")
                               .numbers(1030, {0100755, 0040755, 0120777}, 2)
                               .text(1044, "nodejs-12.18.4-2.module_el8.src.rpm")
                               .numbers(1116, {0, 1, 0})
                               .texts(1117, {"node", "node_modules", "nodejs"})
                               .texts(1118, {"/usr/bin/", "/usr/lib/"})
                               .text(5096, "nodejs:12:8030020201124152102:229f0a1c")
                               .blob();
  const Result<RpmRecord> record = read_rpm_header(blob);
  ASSERT_TRUE(record.ok()) << record.error().message;
  const Package& package = record->package;
  EXPECT_EQ(package.type, PackageType::kRpm);
  EXPECT_EQ(package.name, "nodejs");
  EXPECT_EQ(package.version, "1:12.18.4-2.module_el8");
  EXPECT_EQ(package.arch, "aarch64");
  EXPECT_EQ(package.source_name, "nodejs");
  EXPECT_EQ(package.source_version, "12.18.4-2.module_el8");  // the source's epoch is unknown
  EXPECT_THAT(package.licenses, ElementsAre("MIT and BSD"));
  EXPECT_EQ(package.property(kVendor), "CentOS");
  EXPECT_EQ(package.property(kModularity), "nodejs:12:8030020201124152102:229f0a1c");
  EXPECT_EQ(package.property(kSourceRpm), "nodejs-12.18.4-2.module_el8.src.rpm");
  EXPECT_EQ(package.files, 2U);
  EXPECT_EQ(record->owned.package, "nodejs");
  EXPECT_THAT(record->owned.path_hashes,
              ElementsAre(path_hash("usr/bin/node"), path_hash("usr/bin/nodejs")));
}

TEST(RpmHeader, OldPackagesHaveWholePaths) {
  const Result<RpmRecord> record = read_rpm_header(HeaderWriter()
                                                       .text(1000, "a")
                                                       .text(1001, "1")
                                                       .text(1002, "2")
                                                       .texts(1027, {"/bin/a", "/etc/a.conf"})
                                                       .blob());
  ASSERT_TRUE(record.ok());
  EXPECT_THAT(record->owned.path_hashes, ElementsAre(path_hash("bin/a"), path_hash("etc/a.conf")));
}

TEST(RpmHeader, SourceRpmForms) {
  struct Row {
    const char *text, *name, *version;
  };
  for (const Row& row :
       {Row{"perl-5.26.3-419.el8.src.rpm", "perl", "5.26.3-419.el8"},
        Row{"java-1.8.0-openjdk-1.8.0.302-8.el8.src.rpm", "java-1.8.0-openjdk", "1.8.0.302-8.el8"},
        Row{"driver-1-2.nosrc.rpm", "driver", "1-2"}, Row{"(none)", "", ""},
        Row{"odd.src.rpm", "", ""}, Row{"odd-1.src.rpm", "", ""}, Row{"-1-2.src.rpm", "", ""},
        Row{"a-1-2.rpm", "", ""}, Row{"", "", ""}}) {
    Package package;
    set_source_rpm(row.text, package);
    EXPECT_EQ(package.source_name, row.name) << row.text;
    EXPECT_EQ(package.source_version, row.version) << row.text;
  }
}

TEST(RpmHeader, EpochZeroIsOmitted) {
  EXPECT_EQ(rpm_version(0, "1", "2"), "1-2");
  EXPECT_EQ(rpm_version(3, "1", "2"), "3:1-2");
}

TEST(RpmHeader, RefusesWhatIsNoHeader) {
  struct Row {
    const char* name;
    std::string blob;
    const char* message;
  };
  const std::string good = header_blob("bash", "5");
  const std::vector<Row> rows{
      {"empty", "", "header of 0 entries"},
      {"no entries", std::string(8, '\0'), "header of 0 entries"},
      {"more than it says", good + "x", "data bytes in"},
      {"truncated data", good.substr(0, good.size() - 1), "data bytes in"},
      {"truncated index", good.substr(0, 20), "data bytes in"},
      {"huge counts", std::string(64, '\xff'), "header of 4294967295 entries"},
      {"no name", HeaderWriter().text(1001, "1").text(1002, "2").blob(), "no usable name"},
      {"no version", HeaderWriter().text(1000, "a").text(1002, "2").blob(), "version of a"},
      {"no release", HeaderWriter().text(1000, "a").text(1001, "2").blob(), "release of a"},
      {"escape in name", header_blob("a\x1b[2J", "1"), "no usable name"},
      {"blank in version", header_blob("a", "1 2"), "version of a"}};
  for (const Row& row : rows) {
    const Result<RpmRecord> record = read_rpm_header(row.blob);
    ASSERT_FALSE(record.ok()) << row.name;
    EXPECT_EQ(record.error().code, ErrorCode::kInvalidInput) << row.name;
    EXPECT_THAT(record.error().message, HasSubstr(row.message)) << row.name;
  }
}

// A header with a digest must have the region that it speaks of.
TEST(RpmHeader, ADigestWithoutItsRegionMarksThePackage) {
  for (const std::uint32_t tag : {269U, 273U}) {
    const Result<RpmRecord> record = read_rpm_header(HeaderWriter()
                                                         .text(1000, "a")
                                                         .text(1001, "1")
                                                         .text(1002, "2")
                                                         .text(tag, std::string(40, '0'))
                                                         .blob());
    ASSERT_TRUE(record.ok());
    EXPECT_EQ(record->package.property(kDoubt), "its record is damaged (header region)") << tag;
  }
}

TEST(RpmHeader, FileListsThatDoNotFitTogetherAreCutShort) {
  const Result<RpmRecord> record = read_rpm_header(HeaderWriter()
                                                       .text(1000, "a")
                                                       .text(1001, "1")
                                                       .text(1002, "2")
                                                       .numbers(1116, {0, 7, 0xffffffff})
                                                       .texts(1117, {"x", "y", "z", "w"})
                                                       .texts(1118, {"/d/"})
                                                       .blob());
  ASSERT_TRUE(record.ok());
  EXPECT_THAT(record->owned.path_hashes, ElementsAre(path_hash("d/x")));
}

}  // namespace
}  // namespace seaworthy
