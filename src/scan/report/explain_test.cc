#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scan/report/format.h"
#include "scan/report/sample_report.h"

namespace seaworthy {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Explain, IsTheGoldenText) {
  const auto text = explain(sample_report(), "CVE-2023-4863", "");
  ASSERT_TRUE(text.ok()) << text.error().message;
  EXPECT_EQ(*text, golden("explain.golden", *text));
}

TEST(Explain, FindsByEveryNameOfTheFinding) {
  struct Row {
    const char *name, *id, *package, *said;
    bool found;
  };
  const Row rows[] = {
      {"vulnerability", "CVE-2023-4863", "", "libwebp6 0.6.1-2.1", true},
      {"any case", "cve-2023-4863", "", "libwebp6 0.6.1-2.1", true},
      {"alias", "ghsa-J7HP-h8jx-5ppr", "", "libwebp6 0.6.1-2.1", true},
      {"advisory", "dsa-5497-2", "", "libwebp6 0.6.1-2.1", true},
      {"one package of several", "CVE-2023-4911", "libc6-dev", "in libc6-dev ", true},
      {"source package", "CVE-2023-4911", "glibc", "in libc-bin ", true},
      {"suppressed", "CVE-2023-2650", "", "suppressed: kernel headers", true},
      {"other package", "CVE-2023-4863", "zlib1g", "1 finding for others", false},
      {"unknown id", "CVE-1999-0001", "", "no finding in this report is named", false},
      {"empty id", "", "", "no finding", false},
      {"part of an id", "CVE-2023-486", "", "no finding", false},
  };
  const Report report = sample_report();
  for (const Row& row : rows) {
    const auto text = explain(report, row.id, row.package);
    EXPECT_EQ(text.ok(), row.found) << row.name;
    EXPECT_THAT(text.ok() ? *text : text.error().message, HasSubstr(row.said)) << row.name;
  }
}

TEST(Explain, GivesOnlyTheAskedPackage) {
  const auto text = explain(sample_report(), "CVE-2023-4911", "libc6-dev");
  ASSERT_TRUE(text.ok());
  EXPECT_THAT(*text, Not(HasSubstr("libc-bin")));
  EXPECT_THAT(*text, HasSubstr("RUN apt-get install -y build-essential"));
}

TEST(Explain, ShowsHostileTextAsText) {
  Report report = sample_report();
  report.findings[0].summary = "\x1b[2J";
  report.target.layers[1].created_by = "RUN \x07\n\nWhy";
  const auto text = explain(report, "CVE-2023-4863", "");
  ASSERT_TRUE(text.ok());
  EXPECT_EQ(text->find_first_of("\x1b\x07"), std::string::npos);
  EXPECT_THAT(*text, HasSubstr("RUN \\x07\\x0a\\x0aWhy"));
}

}  // namespace
}  // namespace seaworthy
