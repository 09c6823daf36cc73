// Java archives: what a jar is, jars in jars, and archives that lie.
#include <string>

#include <gmock/gmock.h>

#include "core/codec/zip_builder.h"
#include "core/model/problem.h"
#include "scan/extract/extract_test_support.h"

namespace seaworthy {
namespace {

using test::codes_of;
using test::read_evidence;
using test::run_extractor;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// "purl path" of each package; the path behind the file's own.
std::vector<std::string> found_in(const Evidence& evidence) {
  std::vector<std::string> out;
  for (const Package& package : evidence.packages) {
    out.push_back(purl_of(package, nullptr) + " " + package.path.substr(evidence.path.size()));
  }
  return out;
}

std::string properties(const std::string& group, const std::string& artifact,
                       const std::string& version) {
  return "#Generated\r\ngroupId=" + group + "\r\nartifactId=" + artifact +
         "\r\nversion=" + version + "\r\n";
}

ZipBuilder& add_pom(ZipBuilder& jar, const std::string& group, const std::string& artifact,
                    const std::string& version) {
  return jar.add("META-INF/maven/" + group + "/" + artifact + "/pom.properties",
                 properties(group, artifact, version), true);
}

std::string jar_of(const std::string& group, const std::string& artifact,
                   const std::string& version) {
  ZipBuilder jar;
  return add_pom(jar.add("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\r\n\r\n"), group, artifact,
                 version)
      .build();
}

std::string with_manifest(const std::string& attributes) {
  return ZipBuilder().add("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\r\n" + attributes).build();
}

TEST(Java, WantsArchives) {
  for (const char* path : {"app.jar", "opt/a/b.war", "x.ear", "x.par", "x.sar", "x.hpi", "x.jpi",
                           "X.JAR", "app/META-INF/maven/g/a/pom.properties"}) {
    const Extractor* extractor = extractor_for({path, 1});
    ASSERT_NE(extractor, nullptr) << path;
    EXPECT_EQ(extractor->name, "lang/java") << path;
  }
  for (const char* path : {"jar", "a.jars", "jar/x", "java.base.jmod", "app/pom.properties"}) {
    EXPECT_EQ(extractor_for({path, 1}), nullptr) << path;
  }
}

TEST(Java, Rule46_EveryShadedLibraryByItsPom) {
  ZipBuilder jar;
  add_pom(jar, "org.example", "app", "1.0");
  add_pom(jar, "com.google.guava", "guava", "31.1-jre");
  jar.add("META-INF/maven/commons-io/commons-io/pom.xml",
          "<project><parent><groupId>commons-io</groupId><version>2.11.0</version></parent>"
          "<artifactId>commons-io</artifactId><name>x</name></project>");
  EXPECT_THAT(
      found_in(read_evidence("opt/app-1.0.jar", jar.build())),
      ElementsAre("pkg:maven/org.example/app@1.0 ", "pkg:maven/com.google.guava/guava@31.1-jre ",
                  "pkg:maven/commons-io/commons-io@2.11.0 "));
}

TEST(Java, JarsInJarsHaveTheirPath) {
  const std::string inner = jar_of("g", "inner", "2");
  const std::string war = ZipBuilder().add("WEB-INF/lib/inner-2.jar", inner, true).build();
  ZipBuilder ear;
  ear.add("web.war", war).add("lib/b-1.jar", jar_of("g", "b", "1"));
  ear.prefix = "#!/bin/sh\nexec java -jar \"$0\"\n";
  const Evidence evidence = read_evidence("opt/all.ear", ear.build());
  EXPECT_THAT(
      found_in(evidence),
      ElementsAre("pkg:maven/g/inner@2 !/web.war!/WEB-INF/lib/inner-2.jar",
                  "pkg:maven/web !/web.war", "pkg:maven/g/b@1 !/lib/b-1.jar", "pkg:maven/all "));
  EXPECT_THAT(evidence.problems, IsEmpty());
  EXPECT_EQ(file_of(evidence.packages[0].path), "opt/all.ear");
}

struct Named {
  const char* name;
  const char* file;
  const char* manifest;
  const char* purl;
};

class WithoutPom : public testing::TestWithParam<Named> {};

TEST_P(WithoutPom, IsNamedByFileAndManifest) {
  const Evidence evidence =
      read_evidence(std::string("lib/") + GetParam().file, with_manifest(GetParam().manifest));
  ASSERT_EQ(evidence.packages.size(), 1U);
  const Package& package = evidence.packages[0];
  EXPECT_EQ(purl_of(package, nullptr), GetParam().purl);
  EXPECT_EQ(package.property(kArchiveSha1).size(), 40U);
  const bool whole = purl_of(package, nullptr).find('@') != std::string::npos &&
                     package.name.find(':') != std::string::npos;
  EXPECT_EQ(package.property(kDoubt).empty(), whole) << package.property(kDoubt);
}

INSTANTIATE_TEST_SUITE_P(
    Jars, WithoutPom,
    testing::Values(
        Named{"Spring", "spring-web-5.3.9.jar", "",
              "pkg:maven/org.springframework/spring-web@5.3.9"},
        Named{"HibernateFive", "hibernate-core-5.6.jar", "",
              "pkg:maven/org.hibernate/hibernate-core@5.6"},
        Named{"HibernateSix", "hibernate-core-6.1.jar", "",
              "pkg:maven/org.hibernate.orm/hibernate-core@6.1"},
        Named{"Tomcat", "catalina.jar",
              "Implementation-Title: Apache Tomcat\r\nImplementation-Version: 9.0.71\r\n",
              "pkg:maven/org.apache.tomcat/tomcat-catalina@9.0.71"},
        Named{"NoGroup", "log4j-1.2-api-2.17.1.jar", "", "pkg:maven/log4j-1.2-api@2.17.1"},
        Named{"Shared", "jstl-1.2.jar", "", "pkg:maven/jstl@1.2"},
        Named{"Classifier", "netty-all-4.1.9.Final-linux-x86_64.jar", "",
              "pkg:maven/netty-all@4.1.9.Final"},
        Named{"Qualifier", "foo-31.1-jre.jar", "", "pkg:maven/foo@31.1-jre"},
        Named{"Bundle", "jackson-databind-2.9.1.jar",
              "Bundle-SymbolicName: com.fasterxml.jackson.core.jackson-databind;x=y\r\n",
              "pkg:maven/com.fasterxml.jackson.core/jackson-databind@2.9.1"},
        Named{"BundleShortened", "guava-20.0.jar", "Bundle-SymbolicName: com.google.guava\r\n",
              "pkg:maven/guava@20.0"},
        Named{"ManifestVersion", "h2.jar",
              "Implementation-Title: H2 Database Engine\r\nImplementation-Version: 1.4.200\r\n",
              "pkg:maven/com.h2database/h2@1.4.200"},
        Named{"Renamed", "app.jar",
              "Implementation-Title: shop-api\r\nImplementation-Version: 1.2\r\n",
              "pkg:maven/shop-api@1.2"},
        Named{"Continued", "x.jar", "Implementation-Version: 1.\r\n 5\r\n", "pkg:maven/x@1.5"},
        Named{"Jenkins", "git.hpi",
              "Short-Name: git\r\nGroup-Id: org.jenkins-ci.plugins\r\n"
              "Plugin-Version: 4.11 (private-x)\r\n",
              "pkg:maven/org.jenkins-ci.plugins/git@4.11"},
        Named{"Eclipse", "org.eclipse.osgi_3.18.0.v2022.jar", "",
              "pkg:maven/org.eclipse.osgi@3.18.0.v2022"},
        Named{"Nothing", "app.jar", "", "pkg:maven/app"},
        Named{"Placeholder", "app.jar", "Implementation-Version: ${version}\r\n", "pkg:maven/app"}),
    [](const auto& row) { return row.param.name; });

TEST(Java, AShadedPomIsNotTheJar) {
  ZipBuilder jar;
  add_pom(jar, "com.fasterxml.jackson.core", "jackson-core", "2.10.4");
  EXPECT_THAT(found_in(read_evidence("elasticsearch-x-content-7.1.jar", jar.build())),
              ElementsAre("pkg:maven/com.fasterxml.jackson.core/jackson-core@2.10.4 ",
                          "pkg:maven/elasticsearch-x-content@7.1 "));
  // Renamed: the pom that is there is the best that is known.
  EXPECT_THAT(found_in(read_evidence("app.jar", jar.build())),
              ElementsAre("pkg:maven/com.fasterxml.jackson.core/jackson-core@2.10.4 "));
}

TEST(Java, Rule48_AnAgentsDescriptionIsNoLibrary) {
  EXPECT_THAT(read_evidence("spring-webmvc-4.3.0-1.0.jar",
                            with_manifest("Weave-Classes: org.springframework.x\r\n"))
                  .packages,
              IsEmpty());
}

std::string core_classes(const std::string& where, const std::string& ending,
                         const std::string& manager, bool lookup) {
  ZipBuilder jar;
  const std::string core = where + "log4j/core/";
  jar.add(core + "Logger" + ending, "x").add(core + "config/builder/api/Component" + ending, "x");
  jar.add(core + "net/JndiManager" + ending, manager, true);
  if (lookup) jar.add(core + "lookup/JndiLookup" + ending, "x");
  return jar.build();
}

TEST(Java, Rule47_Log4jByItsClasses) {
  const Evidence agent =
      read_evidence("agent.jar", core_classes("inst/org/apache/logging/", ".esclazz", "", true));
  EXPECT_THAT(found_in(agent), ElementsAre("pkg:maven/agent ",
                                           "pkg:maven/org.apache.logging.log4j/log4j-core@2.4 "));
  EXPECT_EQ(agent.packages[1].property(kJndiLookup), "present");
  EXPECT_THAT(agent.packages[1].property(kDoubt), HasSubstr("by its classes"));
  const Evidence fixed =
      read_evidence("a.jar", core_classes("org/apache/logging/", ".class", "isJndiEnabled", false));
  EXPECT_EQ(fixed.packages[1].version, "2.12.2");
  EXPECT_EQ(fixed.packages[1].property(kJndiLookup), "absent");
}

TEST(Java, AJarThatNamesLog4jIsNotFoundTwice) {
  const Evidence evidence = read_evidence("log4j-core-2.14.1.jar",
                                          core_classes("org/apache/logging/", ".class", "", false));
  EXPECT_THAT(found_in(evidence),
              ElementsAre("pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1 "));
  EXPECT_EQ(evidence.packages[0].property(kJndiLookup), "absent");
  // log4j-api has neither (rule 46).
  const Evidence api = read_evidence("log4j-api-2.14.1.jar",
                                     jar_of("org.apache.logging.log4j", "log4j-api", "2.14.1"));
  EXPECT_EQ(api.packages[0].property(kJndiLookup), "");
}

TEST(Java, ReadsUnpackedPoms) {
  EXPECT_THAT(
      found_in(read_evidence("app/META-INF/maven/g/a/pom.properties", properties("g", "a", "1.0"))),
      ElementsAre("pkg:maven/g/a@1.0 "));
  EXPECT_FALSE(run_extractor("app/META-INF/maven/g/a/pom.properties", "version=1").ok());
}

TEST(Java, OneBadMemberLeavesTheRest) {
  ZipBuilder jar;
  jar.add({.name = "lib/bad-1.jar", .content = "PK\3\4 not a jar"});
  jar.add({.name = "lib/secret-1.jar", .content = "x", .flags = 1});
  jar.add("lib/good-1.jar", jar_of("g", "good", "1"));
  const Evidence evidence = read_evidence("app.war", jar.build());
  EXPECT_THAT(found_in(evidence),
              ElementsAre("pkg:maven/g/good@1 !/lib/good-1.jar", "pkg:maven/app "));
  ASSERT_EQ(evidence.problems.size(), 2U);
  EXPECT_THAT(evidence.problems[0].message, HasSubstr("lib/bad-1.jar: zip: "));
  EXPECT_THAT(evidence.problems[1].message, HasSubstr("lib/secret-1.jar: zip: encrypted"));
}

TEST(Java, NoArchive) {
  EXPECT_THAT(read_evidence("a.jar", "").packages, IsEmpty());
  EXPECT_THAT(codes_of(read_evidence("a.jar", "a text about jars")),
              ElementsAre(problem::kDocument));
  EXPECT_THAT(codes_of(read_evidence("a.jar", jar_of("g", "a", "1").substr(0, 100))),
              ElementsAre(problem::kUnreadableRecord));
}

TEST(Java, ArchivesInsideArchivesEnd) {
  std::string bytes = jar_of("g", "deep", "1");
  for (int i = 0; i < 12; ++i) bytes = ZipBuilder().add("n.jar", bytes, true).build();
  const Evidence evidence = read_evidence("n.jar", bytes);
  EXPECT_THAT(codes_of(evidence), ElementsAre(problem::kLimit));
  EXPECT_THAT(evidence.problems[0].message, HasSubstr("nesting"));
}

TEST(Java, ABombIsCutShort) {
  // Each level inflates a thousandfold; what is read altogether is bounded by the file's size.
  const std::string zeros(16 << 20, '\0');
  ZipBuilder level;
  for (int i = 0; i < 3; ++i) {
    level.add("META-INF/maven/g/a" + std::to_string(i) + "/pom.properties", zeros, true);
  }
  const std::string inner = level.build();
  ZipBuilder outer;
  for (int i = 0; i < 20; ++i) outer.add("b" + std::to_string(i) + ".jar", inner, true);
  const std::string bomb = outer.build();
  const Evidence evidence = read_evidence("bomb.jar", bomb);
  ASSERT_FALSE(evidence.problems.empty());
  EXPECT_EQ(evidence.problems.back().code, problem::kLimit);
  EXPECT_THAT(evidence.problems.back().message, HasSubstr("ratio"));
}

TEST(Java, MembersAreCounted) {
  Limits limits;
  limits.entries = 100;
  ZipBuilder jar;
  for (int i = 0; i < 200; ++i) jar.add("c" + std::to_string(i) + ".class", "");
  const std::string bytes = jar.build();
  const FileView file{"many-1.jar", bytes};
  const auto evidence = find_extractor("lang/java")->extract({&file, 1}, limits);
  ASSERT_TRUE(evidence.ok());
  EXPECT_THAT(codes_of(*evidence), ElementsAre(problem::kLimit));
  EXPECT_EQ(evidence->packages.size(), 1U);
}

}  // namespace
}  // namespace seaworthy
