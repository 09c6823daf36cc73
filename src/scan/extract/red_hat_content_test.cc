#include <string>

#include <gmock/gmock.h>

#include "core/model/problem.h"
#include "scan/extract/extract_test_support.h"

namespace seaworthy {
namespace {

using test::codes_of;
using test::read_evidence;
using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::IsEmpty;

constexpr const char* kManifest = "root/buildinfo/content_manifests/ubi8-container-8.4-206.json";
constexpr const char* kContentSets = "usr/share/buildinfo/content-sets.json";
constexpr const char* kLabels = "usr/share/buildinfo/labels.json";
constexpr const char* kDockerfile = "root/buildinfo/Dockerfile-ubi8-8.4-206";

struct Row {
  const char *name, *path, *text;
  std::vector<std::string> content_sets, cpes;
  std::vector<std::string> problems = {};
};

class RedHatContent : public testing::TestWithParam<Row> {};

TEST_P(RedHatContent, IsRead) {
  const Row& row = GetParam();
  const Evidence evidence = read_evidence(row.path, row.text);
  EXPECT_EQ(evidence.distro.has_value(), !row.content_sets.empty() || !row.cpes.empty());
  const Distro distro = evidence.distro.value_or(Distro{});
  EXPECT_EQ(distro.id, "");
  EXPECT_THAT(distro.content_sets, ElementsAreArray(row.content_sets));
  EXPECT_THAT(distro.cpes, ElementsAreArray(row.cpes));
  EXPECT_THAT(codes_of(evidence), ElementsAreArray(row.problems));
}

const std::vector<std::string> kBad{problem::kUnreadableRecord};

INSTANTIATE_TEST_SUITE_P(
    Files, RedHatContent,
    testing::Values(
        Row{"Typical",
            kManifest,
            R"({"metadata":{"icm_version":1,"image_layer_index":5},"content_sets":)"
            R"(["rhel-8-for-x86_64-baseos-rpms","rhel-8-for-x86_64-appstream-rpms"],)"
            R"("image_contents":[]})",
            {"rhel-8-for-x86_64-appstream-rpms", "rhel-8-for-x86_64-baseos-rpms"},
            {}},
        Row{"SharedDirectory",
            kContentSets,
            R"({"from_dnf_hint":true,"content_sets":["rhel-9-for-x86_64-baseos-eus-rpms__9_DOT_2"]})",
            {"rhel-9-for-x86_64-baseos-eus-rpms__9_DOT_2"},
            {}},
        Row{"Labels",
            kLabels,
            R"({"com.redhat.component":"ubi9-container","cpe":"cpe:/a:redhat:enterprise_linux:9::appstream"})",
            {},
            {"cpe:/a:redhat:enterprise_linux:9::appstream"}},
        Row{"RootLabels",
            "root/buildinfo/labels.json",
            R"({"labels":{"cpe":"cpe:/a:redhat:openshift:4.16::el9"}})",
            {},
            {"cpe:/a:redhat:openshift:4.16::el9"}},
        Row{"Empty", kManifest, "{}", {}, {}}, Row{"NothingInIt", kManifest, "", {}, {}, kBad},
        Row{"Truncated", kManifest, R"({"content_sets":["rhel-8)", {}, {}, kBad},
        Row{"NoObject", kManifest, "[1]", {}, {}, kBad},
        Row{"WrongTypes",
            kManifest,
            R"({"content_sets":[7,null,"a b","good"]})",
            {"good"},
            {},
            kBad},
        Row{"Repeats", kManifest, R"({"content_sets":["a","a"]})", {"a"}, {}},
        Row{"Dockerfile",
            kDockerfile,
            "FROM sha256:1\n"
            "LABEL maintainer=\"Red Hat, Inc.\"\n"
            "# LABEL cpe=\"cpe:/a:redhat:comment:1\"\n"
            "label \"com.redhat.component\"=\"ubi8-container\" \\\n"
            "      \"name\"=\"a \\\"quoted\\\" name\" \\\n"
            "      \"cpe\"='cpe:/o:redhat:enterprise_linux:8::baseos'\n"
            "RUN echo LABEL cpe=none\n",
            {},
            {"cpe:/o:redhat:enterprise_linux:8::baseos"}},
        Row{"DockerfileOldForm",
            kDockerfile,
            "LABEL cpe cpe:/o:redhat:enterprise_linux:7\n",
            {},
            {"cpe:/o:redhat:enterprise_linux:7"}},
        Row{"DockerfileCutShort",
            kDockerfile,
            "LABEL \"cpe\"=\"cpe:/o:redhat:enter\\",
            {},
            {},
            kBad},
        Row{"DockerfileWithoutLabels", kDockerfile, "FROM scratch\nCMD [\"/bin/bash\"]\n", {}, {}},
        Row{"DockerfileHostile", kDockerfile, "LABEL \"cpe\"=\"a\x1b[31m\"\n", {}, {}, kBad}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(RedHatContentLimits, NamesAreBounded) {
  std::string text = R"({"content_sets":["first")";
  for (int i = 0; i < 10'005; ++i) text += ",\"repo-" + std::to_string(i) + "\"";
  const Evidence evidence = read_evidence(kManifest, text + "]}");
  ASSERT_TRUE(evidence.distro);
  EXPECT_EQ(evidence.distro->content_sets.size(), 10'000U);
  EXPECT_THAT(codes_of(evidence), ElementsAre(problem::kUnreadableRecord));
}

}  // namespace
}  // namespace seaworthy
