#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scan/advisory/recording_sink.h"

namespace seaworthy {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

struct Row {
  const char* name;
  std::string advisory;  // one element of "advisories"
  std::vector<std::string> rows;
  std::size_t problems = 0;
};

class Apollo : public testing::TestWithParam<Row> {};

TEST_P(Apollo, Reads) {
  RecordingSink sink;
  ASSERT_EQ(
      parse_document("page-1.json",
                     R"({"total":1,"advisories":[)" + GetParam().advisory + R"(],"cves":0})", sink),
      "apollo");
  std::vector<std::string> rows;
  for (const auto& one : sink.rows) {
    rows.push_back(one.key.release + " " + one.key.package + " " + one.row.arch + " " +
                   one.row.ranges[0].fixed + " " + one.row.module + " " + one.row.vulnerability +
                   " " + one.row.advisory_id + " " + std::string(name_of(one.row.severity)));
  }
  EXPECT_EQ(rows, GetParam().rows);
  EXPECT_EQ(sink.problems.size(), GetParam().problems);
}

INSTANTIATE_TEST_SUITE_P(
    Advisories, Apollo,
    testing::Values(
        Row{"Version3",
            R"({"name":"RLSA-2026:1","kind":"Security","severity":"Important","published_at":)"
            R"("2026-11-01T00:00:00Z","cves":[{"cve":"CVE-2026-0001"},{"cve":"CVE-2026-0002"}],"packages":[)"
            R"({"nevra":"bash-0:5.1.8-9.el9.x86_64.rpm","product_name":"Rocky Linux 9 x86_64"},)"
            R"({"nevra":"bash-0:5.1.8-9.el9.aarch64.rpm","product_name":"Rocky Linux 9 aarch64"},)"
            R"({"nevra":"bash-0:5.1.8-9.el9.src.rpm","product_name":"Rocky Linux 9 x86_64"}]})",
            {"9 bash aarch64|x86_64 5.1.8-9.el9  CVE-2026-0001 RLSA-2026:1 high",
             "9 bash aarch64|x86_64 5.1.8-9.el9  CVE-2026-0002 RLSA-2026:1 high"}},
        Row{"Module",
            R"({"name":"RLSA-2026:2","severity":"Moderate","cves":[{"cve":"CVE-2026-0001"}],"packages":[)"
            R"({"nevra":"nodejs-1:18.20.4-1.module+el8.10.0+1+a.x86_64.rpm","module_name":"nodejs",)"
            R"("module_stream":"18","product_name":"Rocky Linux 8 x86_64"}]})",
            {"8 nodejs x86_64 1:18.20.4-1.module+el8.10.0+1+a nodejs:18 CVE-2026-0001 RLSA-2026:2 "
             "medium"}},
        Row{"Version2",
            R"({"name":"RLSA-2026:3","shortCode":"RL","type":"TYPE_SECURITY","severity":)"
            R"("SEVERITY_LOW","cves":[{"name":"CVE-2026-0001"}],"rpms":{"Rocky Linux 8":{"nvras":[)"
            R"("vim-minimal-2:8.0.1763-19.el8_6.4.x86_64.rpm",)"
            R"("npm-1:10.1.0-1.module+el8.10.0+1+a.x86_64.rpm"]}}})",
            {"8 npm x86_64 1:10.1.0-1.module+el8.10.0+1+a ?:? CVE-2026-0001 RLSA-2026:3 low",
             "8 vim-minimal x86_64 2:8.0.1763-19.el8_6.4  CVE-2026-0001 RLSA-2026:3 low"}},
        Row{"BugfixIsNone", R"({"name":"RLBA-2026:4","packages":[]})", {}},
        Row{"WithoutCve",
            R"({"name":"RLSA-2026:5","packages":[{"nevra":"a-1-1.el9.noarch.rpm","product_name":"Rocky Linux 9 x86_64"}]})",
            {"9 a noarch 1-1.el9  RLSA-2026:5 RLSA-2026:5 unknown"}},
        Row{"Empty", "{}", {}, 1},
        Row{"Hostile",
            R"({"name":"RLSA-2026:6","cves":[7,{"cve":"no"}],"packages":[7,{"nevra":"-.rpm",)"
            R"("product_name":"Rocky Linux 9"},{"nevra":"a-1-1.x","product_name":"Other 9"}],"rpms":[]})",
            {},
            1}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Apollo, SpeaksForTheReleasesItLists) {
  RecordingSink sink;
  parse_document(
      "p.json",
      R"({"advisories":[{"name":"RLSA-2026:1","published_at":"2026-11-01T00:00:00Z","cves":[{"cve":"CVE-2026-0001"}],)"
      R"("packages":[{"nevra":"a-1-1.el9.noarch.rpm","product_name":"Rocky Linux 9 x86_64"}]}]})",
      sink);
  EXPECT_THAT(sink.scopes, ElementsAre(Pair("rocky 9", 1)));
  EXPECT_EQ(sink.newest, 1'793'491'200);
  EXPECT_THAT(sink.problems, IsEmpty());
}

}  // namespace
}  // namespace seaworthy
