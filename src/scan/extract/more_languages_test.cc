// Languages whose packages stand in a file or two each, software that installs itself, and bills of
// materials in the image: typical, empty, truncated and hostile files of each.
#include <string>

#include <gmock/gmock.h>

#include "core/codec/zip_builder.h"
#include "core/model/problem.h"
#include "scan/extract/extract_test_support.h"
#include "scan/extract/language_package.h"

namespace seaworthy {
namespace {

using test::codes_of;
using test::purls_of;
using test::read_evidence;
using test::run_extractor;
using testing::ElementsAre;
using testing::IsEmpty;

struct Row {
  const char* name;
  const char* path;
  std::string text;
  std::vector<std::string> purls;
  std::size_t problems = 0;
};

class Reads : public testing::TestWithParam<Row> {};

TEST_P(Reads, Packages) {
  const Evidence evidence = read_evidence(GetParam().path, GetParam().text);
  EXPECT_EQ(purls_of(evidence), GetParam().purls);
  EXPECT_EQ(evidence.problems.size(), GetParam().problems);
}

const std::string kEgg =
    ZipBuilder()
        .add("x/__init__.py", "")
        .add("EGG-INFO/PKG-INFO", "Metadata-Version: 1.2\nName: egged\nVersion: 1.5\n", true)
        .build();

INSTANTIATE_TEST_SUITE_P(
    Files, Reads,
    testing::Values(
        Row{"JvmNew",
            "opt/java/openjdk/release",
            "IMPLEMENTOR=\"Eclipse Adoptium\"\nJAVA_RUNTIME_VERSION=\"17.0.8+7-LTS\"\n"
            "JAVA_VERSION=\"17.0.8\"\n",
            {"pkg:generic/temurin@17.0.8%2B7"}},
        Row{"Rule49_JvmEight",
            "jre/release",
            "JAVA_VERSION=\"1.8.0_302\"\nJAVA_RUNTIME_VERSION=\"1.8.0_302-b08\"\n",
            {"pkg:generic/openjdk@8.0.302%2B8"}},
        Row{"JvmOracle",
            "jre/release",
            "JAVA_VERSION=\"21.0.1\"\nIMPLEMENTOR=\"Oracle Corporation\"\n"
            "BUILD_TYPE=\"commercial\"\n",
            {"pkg:generic/jdk@21.0.1"}},
        Row{"NoJvm", "etc/release", "NAME=\"x\"\n", {}},
        Row{"JvmHostile", "jre/release", "JAVA_VERSION=\"1 2\x01\"\n", {}, 1},
        Row{"WordPress",
            "var/www/html/wp-includes/version.php",
            "<?php\n/** @global */\n$wp_version = '6.1.1';\n$wp_db_version = 1;\n",
            {"pkg:generic/wordpress@6.1.1"}},
        Row{"WordPressCut",
            "var/www/html/wp-includes/version.php",
            "<?php\n$wp_version = '",
            {},
            1},
        Row{"Plugin",
            "www/wp-content/plugins/akismet/akismet.php",
            "<?php\n/*\nPlugin Name: Akismet Anti-spam\nVersion: 5.0.1\nLicense: GPLv2\n*/\n",
            {"pkg:wordpress-plugin/akismet@5.0.1"}},
        Row{"PluginOfOneFile",
            "www/wp-content/plugins/hello.php",
            "<?php\n/**\n * Plugin Name: Hello\n * Version: 1.7.2 */",
            {"pkg:wordpress-plugin/hello@1.7.2"}},
        Row{"PluginsOtherFile", "www/wp-content/plugins/akismet/class.php", "<?php\n", {}},
        Row{"PluginHeaderTooFar",
            "www/wp-content/plugins/a/a.php",
            std::string(9000, ' ') + "\nPlugin Name: A\nVersion: 1\n",
            {}},
        Row{"Theme",
            "www/wp-content/themes/twenty/style.css",
            "/*\nTheme Name: Twenty\nVersion: 1.8\n*/",
            {"pkg:wordpress-theme/twenty@1.8"}},
        Row{"R",
            "usr/lib/R/site-library/xml2/DESCRIPTION",
            "Package: xml2\nVersion: 1.3.3\nLicense: MIT\nDescription: a\n  Version: 9\n"
            "Built: R 4.2.2\n",
            {"pkg:cran/xml2@1.3.3"}},
        Row{"Bioconductor",
            "lib/limma/DESCRIPTION",
            "Package: limma\nVersion: 3.54.0\nbiocViews: x\nBuilt: R 4\n",
            {"pkg:bioconductor/limma@3.54.0"}},
        Row{"SourcesOfR", "src/xml2/DESCRIPTION", "Package: xml2\nVersion: 1.3.3\n", {}},
        Row{"RCut", "lib/xml2/DESCRIPTION", "Package: xml2\nBuilt: R 4\n", {}, 1},
        Row{"Lua",
            "usr/lib/luarocks/rocks-5.3/luasocket/3.0-1/luasocket-3.0-1.rockspec",
            "package = \"LuaSocket\"\nversion = '3.0-1'\ndescription = {\n license = \"MIT\",\n}\n",
            {"pkg:luarocks/luasocket@3.0-1"}},
        Row{"LuaCut", "lib/rocks/a/1-1/a-1-1.rockspec", "package = \"a\"\nversion = \"", {}, 1},
        Row{"PerlMeta",
            "usr/lib/perl5/.meta/HTTP-Tiny-0.080/MYMETA.json",
            R"({"name":"HTTP-Tiny","version":"0.080","license":["perl_5"]})",
            {"pkg:cpan/HTTP-Tiny@0.080"}},
        Row{"PerlNumber",
            "usr/lib/perl5/.meta/A-1.5/MYMETA.json",
            R"({"name":"A","version":1.5})",
            {"pkg:cpan/A@1.5"}},
        Row{"PerlLocal",
            "usr/lib/perl5/perllocal.pod",
            "=head2 Mon Jan  1: C<Module> L<HTTP::Tiny|HTTP::Tiny>\n\n=item *\n\nC<VERSION: "
            "0.076>\n"
            "=head2 Tue Jan  2: C<Module> L<HTTP::Tiny|HTTP::Tiny>\n\nC<VERSION: 0.080>\n"
            "=head2 broken\nC<VERSION: 9>\n",
            {"pkg:cpan/HTTP-Tiny@0.080"}},
        Row{"Erlang",
            "app/lib/cowboy-2.9.0/ebin/cowboy.app",
            "{application, 'cowboy', [\n\t{description, \"Small \\\"vsn\\\"\"},\n\t{vsn,\n "
            "\"2.9.0\"},"
            "\n\t{modules, []}]}.",
            {"pkg:hex/cowboy@2.9.0"}},
        Row{"ErlangOwn",
            "app/lib/stdlib-4.2/ebin/stdlib.app",
            "{application, stdlib, [{vsn, \"4.2\"}]}.",
            {"pkg:otp/stdlib@4.2"}},
        Row{"ErlangCut", "lib/a/ebin/a.app", "{application, a, [{vsn, \"", {}, 1},
        Row{"Pecl",
            "usr/local/lib/php/.registry/.channel.pecl.php.net/redis.reg",
            "a:3:{s:4:\"name\";s:5:\"redis\";s:7:\"channel\";s:12:\"pecl.php.net\";"
            "s:7:\"version\";a:2:{s:7:\"release\";s:5:\"5.3.7\";s:3:\"api\";s:5:\"5.3.0\";}}",
            {"pkg:pear/pecl.php.net/redis@5.3.7"}},
        Row{"PearOld",
            "usr/share/php/.registry/pear.reg",
            "a:2:{s:7:\"package\";s:4:\"PEAR\";s:7:\"version\";s:6:\"1.10.1\";}",
            {"pkg:pear/pear.php.net/PEAR@1.10.1"}},
        Row{"PearHostile",
            "usr/share/php/.registry/x.reg",
            "s:4:\"name\";s:99999999999:\"x\";s:7:\"release\";s:5:\"1\"",
            {},
            1},
        Row{"Egg", "site-packages/egged-1.5-py3.8.egg", kEgg, {"pkg:pypi/egged@1.5"}},
        Row{"Vendored",
            "site-packages/pip/_vendor/vendor.txt",
            "CacheControl==0.12.11  # why\n# remark\nrequests==2.28.1\n    urllib3==1.26.10\nx\n",
            {"pkg:pypi/cachecontrol@0.12.11", "pkg:pypi/requests@2.28.1",
             "pkg:pypi/urllib3@1.26.10"}}),
    [](const auto& row) { return row.param.name; });

TEST(Jvm, HasTheNamesOfNvd) {
  const Evidence evidence = read_evidence(
      "opt/zulu/release", "IMPLEMENTOR=\"Azul Systems, Inc.\"\nJAVA_VERSION=\"11.0.20\"\n");
  EXPECT_EQ(evidence.packages[0].property(kCpe),
            "cpe:2.3:a:azul:zulu:11.0.20:*:*:*:*:*:*:* "
            "cpe:2.3:a:oracle:openjdk:11.0.20:*:*:*:*:*:*:*");
}

TEST(WordPress, TheReadmeTellsWhatTheHeaderDoesNot) {
  constexpr const char* kReadme = "www/wp-content/plugins/a/readme.txt";
  const Evidence evidence =
      read_evidence("www/wp-content/plugins/a/a.php", "<?php\n/* Plugin Name: A */",
                    {{kReadme, "=== A ===\nStable tag: 2.5\n"}});
  EXPECT_THAT(purls_of(evidence), ElementsAre("pkg:wordpress-plugin/a@2.5"));
  EXPECT_THAT(read_evidence(kReadme, "Stable tag: 2.5\n").packages, IsEmpty());
}

TEST(Egg, BadZips) {
  for (const std::string& text :
       {std::string(), std::string("PK"), kEgg.substr(0, 60), ZipBuilder().add("a", "b").build()}) {
    EXPECT_FALSE(run_extractor("x-1-py3.egg", text).ok()) << text.size();
  }
}

TEST(EmbeddedSbom, Rule59_TheDatabaseWins) {
  const Evidence evidence = read_evidence("opt/bitnami/redis/.spdx-redis.spdx", R"({
    "spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "redis",
    "packages": [
      {"SPDXID": "SPDXRef-r", "name": "redis", "versionInfo": "7.0.11-0", "externalRefs": [
        {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
         "referenceLocator": "pkg:bitnami/redis@7.0.11-0?arch=amd64&distro=debian-11"}]},
      {"SPDXID": "SPDXRef-g", "name": "net", "versionInfo": "v0.1.0", "externalRefs": [
        {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
         "referenceLocator": "pkg:golang/golang.org/x/net@v0.1.0?type=module"}]},
      {"SPDXID": "SPDXRef-m", "name": "log4j-core", "versionInfo": "2.14.1", "externalRefs": [
        {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
         "referenceLocator": "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1"}]},
      {"SPDXID": "SPDXRef-d", "name": "libc6", "versionInfo": "2.31", "externalRefs": [
        {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
         "referenceLocator": "pkg:deb/debian/libc6@2.31"}]},
      {"SPDXID": "SPDXRef-x", "name": "nameless", "versionInfo": "1"}]})");
  EXPECT_THAT(purls_of(evidence), testing::UnorderedElementsAre(
                                      "pkg:bitnami/redis@7.0.11-0?arch=amd64&distro=debian-11",
                                      "pkg:golang/golang.org/x/net@v0.1.0",
                                      "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1"));
  EXPECT_THAT(codes_of(evidence), ElementsAre(problem::kDocument));
  // As the jar itself would be named, so that both are one package.
  std::vector<std::string> names;
  for (const Package& package : evidence.packages) names.push_back(package.name);
  EXPECT_THAT(names, testing::Contains("org.apache.logging.log4j:log4j-core"));
  EXPECT_THAT(names, testing::Contains("golang.org/x/net"));
}

TEST(EmbeddedSbom, WantsAndRefuses) {
  for (const char* path : {"opt/bitnami/a/.spdx-a.spdx", "var/lib/db/sbom/a.spdx.json",
                           "x/y.cdx.json", "p/a-1.dist-info/sboms/bundled.json"}) {
    const Extractor* extractor = extractor_for({path, 10});
    ASSERT_NE(extractor, nullptr) << path;
    EXPECT_EQ(extractor->name, "sbom/embedded") << path;
  }
  for (const char* text : {"", "{", "{}", "SPDXVersion: SPDX-9"}) {
    EXPECT_FALSE(run_extractor("a.spdx.json", text).ok()) << text;
  }
}

}  // namespace
}  // namespace seaworthy
