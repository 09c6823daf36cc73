#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>

#include "core/codec/json.h"
#include "scan/sbom/sbom.h"
#include "scan/sbom/sbom_test_reports.h"

namespace seaworthy {
namespace {

using testing::HasSubstr;

TEST(CycloneDx, OwnDocumentsReadBackExactly) {
  for (const ReportCase& row : kReports) {
    SCOPED_TRACE(row.name);
    const Report report = row.make();
    const std::string document = write_cyclonedx(report);
    const Result<Report> again = parse_sbom(document, Limits{});
    ASSERT_TRUE(again.ok()) << again.error().message;
    EXPECT_EQ(again->inventory.packages, report.inventory.packages);
    EXPECT_EQ(again->inventory.distro, report.inventory.distro);
    EXPECT_EQ(again->inventory.databases, report.inventory.databases);
    EXPECT_EQ(again->inventory.problems, report.inventory.problems);
    EXPECT_EQ(again->target.digest, report.target.digest);
    EXPECT_EQ(again->target.layers.size(), report.target.layers.size());
    Report rewritten = *again;
    rewritten.tool_version = report.tool_version;
    rewritten.has_database = report.has_database;
    rewritten.coverage = report.coverage;
    rewritten.target.reference = report.target.reference;
    EXPECT_EQ(write_cyclonedx(rewritten), document);
  }
}

TEST(CycloneDx, TheSameReportGivesTheSameBytes) {
  EXPECT_EQ(write_cyclonedx(debian_report()), write_cyclonedx(debian_report()));
  Report changed = debian_report();
  changed.inventory.packages[0].version += "1";
  const auto serial = [](const Report& report) {
    JsonDocument document;
    EXPECT_TRUE(document.parse(write_cyclonedx(report), Limits{}).ok());
    return std::string(document.root()["serialNumber"].text());
  };
  EXPECT_NE(serial(changed), serial(debian_report()));
  EXPECT_THAT(serial(changed),
              testing::MatchesRegex(
                  "urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
}

TEST(CycloneDx, WhatWentWrongIsInTheDocument) {
  const std::string document = write_cyclonedx(debian_report());
  EXPECT_THAT(document, HasSubstr("seaworthy:problem"));
  EXPECT_THAT(document, HasSubstr("unreadable-record"));
  EXPECT_THAT(write_cyclonedx(apk_report()), HasSubstr("seaworthy:coverage:unassessed"));
}

// The published schema, checked by python3-jsonschema where both are there.
constexpr const char* kCheck = R"(
import json, sys, warnings
warnings.simplefilter('ignore')
try:
    import jsonschema
except ImportError:
    sys.exit(77)
folder, document = sys.argv[1:]
load = lambda name: json.load(open(folder + '/' + name + '.schema.json'))
base = 'http://cyclonedx.org/schema/'
store = {base + name + '.schema.json': load(name) for name in ('spdx', 'jsf-0.82', 'bom-1.6')}
schema = store[base + 'bom-1.6.schema.json']
resolver = jsonschema.RefResolver(base + 'bom-1.6.schema.json', schema, store=store)
errors = list(jsonschema.Draft7Validator(schema, resolver=resolver).iter_errors(json.load(open(document))))
for error in errors[:10]:
    print(list(error.absolute_path), error.message[:300])
sys.exit(1 if errors else 0)
)";

int check_schema(const std::string& document) {
  const std::string folder = std::string(SHARED_DATA) + "/corpora/schemas";
  const std::string path = testing::TempDir() + "cyclonedx-" + std::to_string(::getpid()) + ".json";
  std::ofstream(path) << document;
  const pid_t child = ::fork();
  if (child == 0) {
    ::execlp("python3", "python3", "-c", kCheck, folder.c_str(), path.c_str(), nullptr);
    ::_exit(77);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  std::filesystem::remove(path);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

TEST(CycloneDx, DocumentsAreValid) {
  if (!std::filesystem::exists(std::string(SHARED_DATA) + "/corpora/schemas/bom-1.6.schema.json")) {
    GTEST_SKIP() << "the schema is not there";
  }
  const int broken =
      check_schema(R"({"bomFormat":"CycloneDX","specVersion":"1.6","components":[{}]})");
  if (broken == 77) GTEST_SKIP() << "python3-jsonschema is not installed";
  ASSERT_EQ(broken, 1) << "the check accepts anything";
  for (const ReportCase& row : kReports) {
    EXPECT_EQ(check_schema(write_cyclonedx(row.make())), 0) << row.name;
  }
  Report hostile = debian_report();
  hostile.inventory.packages[0].name = "a\"\n\xff\x01<script>";
  hostile.target.created = "yesterday";
  EXPECT_EQ(check_schema(write_cyclonedx(hostile)), 0);
}

std::string document_of(const std::string& components, const std::string& more = "") {
  return R"({"bomFormat":"CycloneDX","specVersion":"1.5","components":[)" + components + "]" +
         more + "}";
}

std::string component(const std::string& purl, const std::string& properties = "") {
  const std::string name = purl.empty() ? "named" : "";
  return R"({"type":"library","name":")" + name + R"(","purl":")" + purl + R"(","properties":[)" +
         properties + "]}";
}
std::string property(const std::string& name, const std::string& value) {
  return R"({"name":")" + name + R"(","value":")" + value + "\"}";
}

TEST(CycloneDx, PackagesOfOtherTools) {
  const std::string trivy = "aquasecurity:trivy:";
  struct Case {
    const char* name;
    std::string component;
    const char *type, *package, *version, *arch, *source_name, *source_version, *modularity;
  };
  const Case cases[]{
      {"deb",
       component(
           "pkg:deb/debian/libc6@2.36-9%2Bdeb12u3?arch=amd64&distro=debian-12&upstream=glibc"),
       "deb", "libc6", "2.36-9+deb12u3", "amd64", "glibc", "", ""},
      {"deb with source version",
       component("pkg:deb/debian/gcc-12-base@12.2.0-14?upstream=gcc-12%4012.2.0-13"), "deb",
       "gcc-12-base", "12.2.0-14", "", "gcc-12", "12.2.0-13", ""},
      {"deb of Trivy",
       component("pkg:deb/debian/zlib1g@1.2.13-1?arch=amd64&distro=debian-12.1&epoch=1",
                 property(trivy + "SrcName", "zlib") + "," +
                     property(trivy + "SrcVersion", "1.2.13") + "," +
                     property(trivy + "SrcRelease", "1") + "," + property(trivy + "SrcEpoch", "1")),
       "deb", "zlib1g", "1:1.2.13-1", "amd64", "zlib", "1:1.2.13-1", ""},
      {"deb with epoch in the version", component("pkg:deb/debian/a@1%3A2?epoch=1"), "deb", "a",
       "1:2", "", "", "", ""},
      {"apk of Syft",
       component("pkg:apk/alpine/ssl_client@1.36?arch=x86_64",
                 property("syft:metadata:originPackage", "busybox")),
       "apk", "ssl_client", "1.36", "x86_64", "busybox", "", ""},
      {"rpm",
       component("pkg:rpm/almalinux/npm@6.14-1.el8?arch=x86_64&epoch=1&rpmmod=nodejs:12:1:2&"
                 "upstream=nodejs-12.18.2-1.module.el8.src.rpm"),
       "rpm", "npm", "1:6.14-1.el8", "x86_64", "nodejs", "12.18.2-1.module.el8", "nodejs:12:1:2"},
      {"rpm with epoch 0", component("pkg:rpm/rhel/Judy@1-2?epoch=0"), "rpm", "Judy", "1-2", "", "",
       "", ""},
      {"rpm with epoch that is none", component("pkg:rpm/rhel/Judy@1-2?epoch=x"), "rpm", "Judy",
       "1-2", "", "", "", ""},
      {"rpm of Trivy",
       component("pkg:rpm/redhat/npm@6-1?arch=x86_64&modularitylabel=nodejs%3A12%3A1%3A2",
                 property(trivy + "SrcName", "nodejs") + "," +
                     property(trivy + "SrcVersion", "12") + "," +
                     property(trivy + "SrcRelease", "1.el8") + "," +
                     property(trivy + "SrcEpoch", "0")),
       "rpm", "npm", "6-1", "x86_64", "nodejs", "12-1.el8", "nodejs:12:1:2"},
      {"rpm of Syft",
       component("pkg:rpm/rhel/npm@6-1",
                 property("syft:metadata:sourceRpm", "nodejs-12-1.src.rpm") + "," +
                     property("syft:metadata:modularityLabel", "nodejs:12:1:2")),
       "rpm", "npm", "6-1", "", "nodejs", "12-1", "nodejs:12:1:2"},
      {"source rpm without parts", component("pkg:rpm/rhel/a@6-1?upstream=x.src.rpm"), "rpm", "a",
       "6-1", "", "", "", ""},
      {"npm", component("pkg:npm/%40a/b@2"), "other", "b", "2", "", "", "", ""},
      {"no purl", R"({"type":"library","name":"x","version":"3"})", "other", "x", "3", "", "", "",
       ""},
  };
  for (const Case& row : cases) {
    SCOPED_TRACE(row.name);
    const Result<Report> report = parse_sbom(document_of(row.component), Limits{});
    ASSERT_TRUE(report.ok()) << report.error().message;
    ASSERT_EQ(report->inventory.packages.size(), 1u);
    const Package& package = report->inventory.packages[0];
    EXPECT_EQ(name_of(package.type), row.type);
    EXPECT_EQ(package.name, row.package);
    EXPECT_EQ(package.version, row.version);
    EXPECT_EQ(package.arch, row.arch);
    EXPECT_EQ(package.source_name, row.source_name);
    EXPECT_EQ(package.source_version, row.source_version);
    EXPECT_EQ(package.property(kModularity), row.modularity);
    EXPECT_TRUE(report->inventory.problems.empty());
    // Packages of no operating system are no package database.
    const bool of_system = package.type != PackageType::kOther;
    ASSERT_EQ(report->inventory.databases.size(), of_system ? 1u : 0u);
    if (of_system) {
      EXPECT_EQ(report->inventory.databases[0].path, "sbom");
    }
  }
}

// What the two say of one package, as tools write it, and what cannot both be right.
TEST(CycloneDx, AComponentThatContradictsItsPackageUrlIsInDoubt) {
  struct Row {
    const char *name, *component_name, *version, *purl;
    bool contradicts;
  };
  for (const Row& row : {
           Row{"the same", "bash", "5.2-1", "pkg:deb/debian/bash@5.2-1", false},
           Row{"epoch", "bash", "1:5.2-1", "pkg:rpm/rhel/bash@5.2-1?epoch=1", false},
           Row{"without the release", "bash", "5.2", "pkg:rpm/rhel/bash@5.2-1", false},
           Row{"Go's prefixes", "stdlib", "go1.22.1", "pkg:golang/stdlib@1.22.1", false},
           Row{"module path", "example.org/a/b", "v1", "pkg:golang/example.org/a/b@v1", false},
           Row{"scope", "@a/b", "1", "pkg:npm/%40a/b@1", false},
           Row{"group in the name", "org.x:lib", "1", "pkg:maven/org.x/lib@1", false},
           Row{"PyPI's spelling", "My.Pkg", "1", "pkg:pypi/my-pkg@1", false},
           Row{"no version", "bash", "", "pkg:deb/debian/bash@5.2-1", false},
           Row{"another name", "openssl", "5.2-1", "pkg:deb/debian/bash@5.2-1", true},
           Row{"another version", "bash", "5.3-1", "pkg:deb/debian/bash@5.2-1", true},
           Row{"a longer version", "openssl", "1.1.1", "pkg:deb/debian/openssl@1.1.1k", true},
           Row{"of a language", "left-pad", "1.3.0", "pkg:npm/left-pad@1.1.0", true},
       }) {
    SCOPED_TRACE(row.name);
    const std::string component = std::string(R"({"type":"library","name":")") +
                                  row.component_name + R"(","version":")" + row.version +
                                  R"(","purl":")" + row.purl + R"("})";
    const Result<Report> report = parse_sbom(document_of(component), Limits{});
    ASSERT_TRUE(report.ok()) << report.error().message;
    const Inventory& inventory = report->inventory;
    ASSERT_EQ(inventory.packages.size(), 1U);
    EXPECT_THAT(inventory.packages[0].version, testing::EndsWith(parse_purl(row.purl)->version));
    EXPECT_EQ(inventory.packages[0].property(kDoubt).empty(), !row.contradicts);
    ASSERT_EQ(inventory.problems.size(), row.contradicts ? 1U : 0U);
    if (!row.contradicts) continue;
    EXPECT_THAT(inventory.problems[0].message, testing::HasSubstr(row.component_name));
    EXPECT_THAT(inventory.problems[0].message, testing::HasSubstr("judged by the package URL"));
  }
}

// Syft leaves the source out where it is the package itself, Trivy always writes it, and of others
// nobody knows what its absence means.
TEST(CycloneDx, AnAbsentSourceMeansWhatTheToolMeans) {
  struct Case {
    const char *name, *tools, *purl;
    bool unknown;
  };
  const char* none = "pkg:deb/debian/bash@5.2?arch=amd64";
  const Case cases[]{
      {"Syft", R"([{"vendor":"anchore","name":"syft","version":"0.60"}])", none, false},
      {"Syft since 1.5", R"({"components":[{"type":"application","name":"syft"}]})", none, false},
      {"Syft apk", R"([{"name":"syft"}])", "pkg:apk/alpine/a@1", false},
      {"Trivy", R"([{"vendor":"aquasecurity","name":"trivy"}])", none, true},
      {"another", R"([{"name":"example"}])", none, true},
      {"no tool", "[]", none, true},
      {"apk", "[]", "pkg:apk/alpine/a@1", true},
      {"source given", "[]", "pkg:deb/debian/bash@5.2?upstream=bash", false},
      {"rpm", "[]", "pkg:rpm/almalinux/bash@5.2-1", false},
  };
  for (const Case& row : cases) {
    const Result<Report> report = parse_sbom(
        document_of(component(row.purl), std::string(R"(,"metadata":{"tools":)") + row.tools + "}"),
        Limits{});
    ASSERT_TRUE(report.ok()) << row.name;
    EXPECT_EQ(!report->inventory.packages.at(0).property(kSourceUnknown).empty(), row.unknown)
        << row.name;
  }
}

TEST(CycloneDx, PackagesOfAnotherReleaseThanTheDocumentsAreInDoubt) {
  const auto os = [](const std::string& name, const std::string& version) {
    return R"({"type":"operating-system","name":")" + name + R"(","version":")" + version + "\"},";
  };
  struct Row {
    const char* name;
    std::string os;
    const char* purl;
    std::string doubt;
  };
  for (const Row& row : {
           Row{"same", os("debian", "12"), "pkg:deb/debian/a@1?distro=debian-12", ""},
           Row{"more exact", os("debian", "12"), "pkg:deb/debian/a@1?distro=debian-12.4", ""},
           Row{"less exact", os("redhat", "8.4"), "pkg:rpm/redhat/a@1?distro=rhel-8", ""},
           Row{"codename", os("debian", "12"), "pkg:deb/debian/a@1?distro=bookworm", ""},
           Row{"no qualifier", os("debian", "12"), "pkg:deb/ubuntu/a@1", ""},
           Row{"no release", os("wolfi", "20230201"), "pkg:apk/wolfi/a@1?distro=wolfi", ""},
           Row{"other release", os("debian", "11"), "pkg:deb/debian/a@1?distro=debian-12",
               "its package URL says debian 12, the document debian 11"},
           Row{"prefix of digits", os("debian", "1"), "pkg:deb/debian/a@1?distro=debian-12",
               "its package URL says debian 12, the document debian 1"},
           Row{"other distribution", os("debian", "12"), "pkg:deb/ubuntu/a@1?distro=ubuntu-22.04",
               "its package URL says ubuntu 22.04, the document debian 12"},
           Row{"no component", component("pkg:deb/debian/b@1?distro=debian-11") + ",",
               "pkg:deb/debian/a@1?distro=debian-12",
               "its package URL says debian 12, the document debian 11"},
       }) {
    const auto report = parse_sbom(document_of(row.os + component(row.purl)), Limits{});
    ASSERT_TRUE(report.ok()) << row.name;
    const Inventory& inventory = report->inventory;
    EXPECT_EQ(inventory.packages.at(0).property(kDoubt), row.doubt) << row.name;
    const bool told = std::any_of(
        inventory.problems.begin(), inventory.problems.end(), [](const Problem& problem) {
          return problem.code == problem::kUnreadableRecord &&
                 problem.message.find("the document is of") != std::string::npos;
        });
    EXPECT_EQ(told, !row.doubt.empty()) << row.name;
  }
}

TEST(CycloneDx, ComponentsThatAreNoListAreMalformed) {
  for (const char* value : {R"("x")", "{}", "7", "null"}) {
    const auto report = parse_sbom(
        std::string(R"({"bomFormat":"CycloneDX","specVersion":"1.6","components":)") + value + "}",
        Limits{});
    ASSERT_FALSE(report.ok()) << value;
    EXPECT_EQ(report.error().code, ErrorCode::kInvalidInput) << value;
  }
  const auto nested = parse_sbom(
      document_of(R"({"type":"library","name":"a","version":"1","components":"x"})"), Limits{});
  ASSERT_TRUE(nested.ok());
  ASSERT_EQ(nested->inventory.problems.size(), 1U);
  EXPECT_EQ(nested->inventory.problems[0].message, "component 0: its 'components' is not a list");
}

TEST(CycloneDx, TrivysWordForNoDistributionIsNone) {
  const std::string none = R"({"type":"operating-system","name":"none"},)";
  const Result<Report> report = parse_sbom(document_of(none + component("pkg:npm/a@1")), Limits{});
  ASSERT_TRUE(report.ok());
  EXPECT_FALSE(report->inventory.distro.has_value());
  EXPECT_TRUE(report->problems.empty());
  EXPECT_TRUE(report->inventory.databases.empty());
}

TEST(CycloneDx, Distributions) {
  const auto os = [](const std::string& name, const std::string& version,
                     const std::string& properties = "") {
    return R"({"type":"operating-system","name":")" + name + R"(","version":")" + version +
           R"(","properties":[)" + properties + "]}";
  };
  struct Case {
    const char* name;
    std::string components;
    const char *id, *version, *codename;
  };
  const Case cases[]{
      {"component", os("debian", "12"), "debian", "12", ""},
      {"component of Syft",
       os("Debian GNU/Linux", "12",
          property("syft:distro:id", "debian") + "," +
              property("syft:distro:versionCodename", "bookworm")),
       "debian", "12", "bookworm"},
      {"alma", os("alma", "8.9"), "almalinux", "8.9", ""},
      {"redhat", os("redhat", "8.4"), "rhel", "8.4", ""},
      {"amazon", os("amazon", "2"), "amzn", "2", ""},
      {"oracle", os("Oracle", "9"), "ol", "9", ""},
      {"rockylinux", os("rockylinux", "9.3"), "rocky", "9.3", ""},
      {"suse", os("suse linux enterprise server", "15.5"), "sles", "15.5", ""},
      {"qualifier", component("pkg:deb/ubuntu/a@1?distro=ubuntu-22.04"), "ubuntu", "22.04", ""},
      {"qualifier with dashes", component("pkg:rpm/opensuse/a@1?distro=opensuse-leap-15.5"),
       "opensuse-leap", "15.5", ""},
      {"qualifier without version", component("pkg:rpm/opensuse/a@1?distro=opensuse-tumbleweed"),
       "opensuse-tumbleweed", "", ""},
      {"codename behind the id", component("pkg:deb/debian/a@1?distro=debian-sid"), "debian", "",
       "sid"},
      {"codename alone", component("pkg:deb/debian/a@1?distro=jessie"), "debian", "", "jessie"},
      {"version alone", component("pkg:apk/alpine/a@1?distro=3.18.4"), "alpine", "3.18.4", ""},
      {"edge", component("pkg:apk/alpine/a@1?distro=alpine-edge"), "alpine", "edge", ""},
      {"id alone", component("pkg:apk/wolfi/a@1?distro=wolfi"), "wolfi", "", ""},
      {"namespace alone", component("pkg:rpm/redhat/a@1"), "rhel", "", ""},
      {"the component wins",
       os("debian", "11") + "," + component("pkg:deb/debian/a@1?distro=debian-12"), "debian", "11",
       ""},
      {"completed",
       R"({"type":"operating-system","name":"debian"},)" +
           component("pkg:deb/debian/a@1?distro=debian-12"),
       "debian", "12", ""},
      {"the most frequent",
       component("pkg:deb/debian/a@1?distro=debian-11") + "," +
           component("pkg:deb/debian/b@1?distro=debian-12") + "," +
           component("pkg:deb/debian/c@1?distro=debian-12"),
       "debian", "12", ""},
  };
  for (const Case& row : cases) {
    SCOPED_TRACE(row.name);
    const Result<Report> report = parse_sbom(document_of(row.components), Limits{});
    ASSERT_TRUE(report.ok()) << report.error().message;
    ASSERT_TRUE(report->inventory.distro.has_value());
    EXPECT_EQ(report->inventory.distro->id, row.id);
    EXPECT_EQ(report->inventory.distro->version, row.version);
    EXPECT_EQ(report->inventory.distro->codename, row.codename);
  }
  EXPECT_FALSE(parse_sbom(document_of(component("pkg:npm/a@1")), Limits{})->inventory.distro);
}

TEST(CycloneDx, LayersOfTrivy) {
  const std::string metadata =
      R"(,"metadata":{"component":{"type":"container","name":"debian:12","properties":[)" +
      property("aquasecurity:trivy:DiffID", "sha256:one") + "," +
      property("aquasecurity:trivy:DiffID", "sha256:two") + "]}}";
  const Result<Report> report = parse_sbom(
      document_of(
          component("pkg:deb/debian/a@1", property("aquasecurity:trivy:LayerDiffID", "sha256:two")),
          metadata),
      Limits{});
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->target.reference, "debian:12");
  ASSERT_EQ(report->target.layers.size(), 2u);
  EXPECT_EQ(report->inventory.packages[0].layer, 1);
}

TEST(CycloneDx, NestedComponentsAndOthers) {
  const std::string inner = component("pkg:deb/debian/inner@1");
  const Result<Report> report = parse_sbom(
      document_of(
          R"({"type":"application","name":"package-lock.json","components":[)" + inner +
          R"(]},)"
          R"({"type":"file","name":"/etc/passwd"},{"type":"library","name":"x","licenses":[{"license":{"id":"MIT"}},)"
          R"({"license":{"name":"own"}},{"expression":"A OR B"}]},)" +
          inner),
      Limits{});
  ASSERT_TRUE(report.ok());
  ASSERT_EQ(report->inventory.packages.size(), 2u);  // the repeated one once
  EXPECT_EQ(report->inventory.packages[0].name, "inner");
  EXPECT_THAT(report->inventory.packages[1].licenses, testing::ElementsAre("MIT", "own", "A OR B"));
}

TEST(CycloneDx, RecordsThatCannotBeReadAreProblems) {
  struct Case {
    const char *name, *components, *message;
  };
  const Case cases[]{
      {"no object", "7", "component 0: not an object"},
      {"no name", R"({"type":"library"})", "neither a name nor"},
      {"broken purl", R"({"type":"library","name":"x","purl":"pkg:deb"})",
       "'pkg:deb' is not a package URL"},
      {"no version", R"({"type":"library","name":"x","purl":"pkg:deb/debian/x"})",
       "x has no version"},
      {"system without name", R"({"type":"operating-system"})", "it has no name"},
      {"two systems",
       R"({"type":"operating-system","name":"a"},{"type":"operating-system","name":"b"})",
       "second operating system"},
  };
  for (const Case& row : cases) {
    const Result<Report> report = parse_sbom(document_of(row.components), Limits{});
    ASSERT_TRUE(report.ok()) << row.name;
    ASSERT_EQ(report->problems.size(), 1u) << row.name;
    EXPECT_THAT(report->problems[0].message, HasSubstr(row.message)) << row.name;
    EXPECT_EQ(report->problems[0].code, problem::kUnreadableRecord);
  }
}

TEST(CycloneDx, AnIndexPastTheLayersIsDropped) {
  for (const char* layer : {"7", "-2", "99999999999999999999", "x", "1"}) {
    const std::string own = R"({"type":"library","name":"a","version":"1","properties":[)" +
                            property("seaworthy:type", "deb") + "," +
                            property("seaworthy:layer", layer) + "]}";
    const std::string metadata =
        R"(,"metadata":{"properties":[{"name":"seaworthy:problem","value":)"
        R"("{\"layer\":9,\"code\":\"limit\"}"},{"name":"seaworthy:target:layer","value":"{}"}]})";
    const Result<Report> report = parse_sbom(document_of(own, metadata), Limits{});
    ASSERT_TRUE(report.ok());
    EXPECT_EQ(report->inventory.packages[0].layer, -1) << layer;
    EXPECT_EQ(report->problems.at(0).layer, -1);
    EXPECT_EQ(report->problems.at(0).code, problem::kLimit);
  }
}

TEST(CycloneDx, OldProblemsOfFeedsAreNotReadBack) {
  Report report = rpm_report();
  report.problems = {{"", -1, "match", problem::kStaleFeed, "old"},
                     {"a", -1, "read tar", problem::kLimit, "cut"}};
  const Result<Report> again = parse_sbom(write_cyclonedx(report), Limits{});
  ASSERT_TRUE(again.ok());
  ASSERT_EQ(again->problems.size(), 1u);
  EXPECT_EQ(again->problems[0].code, problem::kLimit);
}

TEST(CycloneDx, Refused) {
  struct Case {
    const char* name;
    std::string document;
    const char* message;
  };
  const Case cases[]{
      {"empty", "", "it is empty"},
      {"truncated", write_cyclonedx(debian_report()).substr(0, 700), "not JSON"},
      {"an array", "[]", "bomFormat"},
      {"other JSON", R"({"a":1})", "bomFormat"},
      {"SPDX 2.1", R"({"spdxVersion":"SPDX-2.1"})", "SPDX-2.2 and SPDX-2.3 are read"},
      {"SPDX 3", R"({"@context":"x","@graph":[]})", "SPDX 3"},
      {"Syft", R"({"artifacts":[],"descriptor":{"name":"syft"}})", "Syft's own"},
      {"Trivy", R"({"SchemaVersion":2,"Results":[]})", "Trivy"},
      {"our report", R"({"schema":"seaworthy.report/1"})", "report of Seaworthy"},
      {"XML", "<?xml version=\"1.0\"?><bom/>", "no CycloneDX: its root is 'bom'"},
      {"version 1.1", R"({"bomFormat":"CycloneDX","specVersion":"1.1"})", "1.2 to 1.6"},
      {"version 2.0", R"({"bomFormat":"CycloneDX","specVersion":"2.0"})", "1.2 to 1.6"},
      {"no version", R"({"bomFormat":"CycloneDX"})", "1.2 to 1.6"},
      {"too deep", document_of(std::string(200, '[') + std::string(200, ']')),
       "over the limit nesting"},
  };
  for (const Case& row : cases) {
    const Result<Report> report = parse_sbom(row.document, Limits{});
    ASSERT_FALSE(report.ok()) << row.name;
    EXPECT_THAT(report.error().message, HasSubstr(row.message)) << row.name;
  }
  Limits small;
  small.document_bytes = 10;
  EXPECT_EQ(parse_sbom(write_cyclonedx(rpm_report()), small).error().code,
            ErrorCode::kLimitExceeded);
}

TEST(CycloneDx, ADocumentWithoutComponentsHasNoDatabase) {
  const Result<Report> report =
      parse_sbom(R"({"bomFormat":"CycloneDX","specVersion":"1.4"})", Limits{});
  ASSERT_TRUE(report.ok());
  EXPECT_TRUE(report->inventory.databases.empty());
  EXPECT_TRUE(report->inventory.packages.empty());
}

TEST(CycloneDx, ManyPropertiesOfOnePackageAreCut) {
  std::string properties = property("seaworthy:type", "deb");
  for (int i = 0; i < 1000; ++i)
    properties += "," + property("seaworthy:property:" + std::to_string(i), "x");
  const Result<Report> report = parse_sbom(document_of(component("", properties)), Limits{});
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->inventory.packages.at(0).properties.size(), 256u);
  EXPECT_EQ(report->problems.size(), 1u);
}

}  // namespace
}  // namespace seaworthy
