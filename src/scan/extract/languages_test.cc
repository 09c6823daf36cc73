// Packages of programming languages: typical, empty, truncated and hostile files of each.
#include <string>

#include <gmock/gmock.h>

#include "core/model/problem.h"
#include "scan/extract/extract_test_support.h"

namespace seaworthy {
namespace {

using test::codes_of;
using test::purls_of;
using test::read_evidence;
using test::run_extractor;
using testing::ElementsAre;
using testing::IsEmpty;

bool is_wanted(std::string_view path) {
  const Extractor* extractor = extractor_for({path, 100});
  return extractor != nullptr && extractor->name.starts_with("lang/");
}

// They say what a build asked for, not what is installed.
TEST(LockFiles, Rule44_AreNotRead) {
  for (const char* path :
       {"app/package-lock.json", "app/node_modules/.package-lock.json", "app/npm-shrinkwrap.json",
        "app/yarn.lock", "app/pnpm-lock.yaml", "app/poetry.lock", "app/composer.lock",
        "app/Gemfile.lock", "app/go.sum", "app/Cargo.lock"}) {
    EXPECT_FALSE(is_wanted(path)) << path;
  }
}

TEST(Node, WantsRootsOfPackagesOnly) {
  for (const char* path :
       {"app/package.json", "package.json", "app/node_modules/a/package.json",
        "node_modules/@s/a/package.json", "usr/local/lib/node_modules/npm/package.json",
        "usr/local/lib/node_modules/npm/node_modules/tar/package.json",
        "app/node_modules/.pnpm/a@1.0.0/node_modules/a/package.json",
        "app/node_modules/.pnpm/@s+a@1.0.0/node_modules/@s/a/package.json",
        "app/.yarn/cache/a-npm-1.0.0-0123456789-0123456789.zip"}) {
    EXPECT_TRUE(is_wanted(path)) << path;
  }
  for (const char* path :
       {"app/package-lock.json", "app/yarn.lock", "app/node_modules/package.json",
        "app/node_modules/a/lib/package.json",  // Rule43_HelperManifests
        "app/node_modules/@s/a/esm/package.json", "app/node_modules/@s/package.json",
        "app/node_modules/a/not-package.json", "app/cache/a-npm-1.0.0-0-0.zip",
        "app/.yarn/cache/a.zip"}) {
    EXPECT_FALSE(is_wanted(path)) << path;
  }
}

TEST(Node, Rule43_ReadsInstalledPackages) {
  const Evidence plain = read_evidence("app/node_modules/lodash/package.json",
                                       R"({"name":"lodash","version":"4.17.21","license":"MIT"})");
  EXPECT_THAT(purls_of(plain), ElementsAre("pkg:npm/lodash@4.17.21"));
  EXPECT_THAT(plain.packages[0].licenses, ElementsAre("MIT"));
  const Evidence scoped = read_evidence(
      "app/node_modules/@babel/core/package.json",
      R"({"name":"@babel/core","version":"7.23.2","license":{"type":"ISC"},"private":true})");
  EXPECT_THAT(purls_of(scoped), ElementsAre("pkg:npm/%40babel/core@7.23.2"));
  EXPECT_EQ(scoped.packages[0].name, "@babel/core");
  EXPECT_THAT(scoped.packages[0].licenses, ElementsAre("ISC"));
}

TEST(Node, WhatIsNoPublishedPackageIsNone) {
  for (const char* text : {"{}", R"({"type":"module"})", R"({"name":"a"})", R"({"version":"1"})",
                           R"({"name":7,"version":"1"})"}) {
    const Evidence evidence = read_evidence("app/node_modules/a/package.json", text);
    EXPECT_THAT(evidence.packages, IsEmpty()) << text;
    EXPECT_THAT(evidence.problems, IsEmpty()) << text;
  }
  const char* own = R"({"name":"shop","version":"1.0.0","private":true})";
  EXPECT_THAT(read_evidence("app/package.json", own).packages, IsEmpty());
  const char* published = R"({"name":"verdaccio","version":"5.1.0"})";
  EXPECT_THAT(purls_of(read_evidence("opt/verdaccio/package.json", published)),
              ElementsAre("pkg:npm/verdaccio@5.1.0"));
}

TEST(Node, YarnsCache) {
  const auto cached = [](const std::string& file) {
    return purls_of(read_evidence("app/.yarn/cache/" + file, "PK"));
  };
  EXPECT_THAT(cached("lodash-npm-4.17.21-6382451519-eb835a2e51.zip"),
              ElementsAre("pkg:npm/lodash@4.17.21"));
  EXPECT_THAT(cached("@babel-helper-plugin-utils-npm-7.22.5-192e38a55c-d1f29e4f19.zip"),
              ElementsAre("pkg:npm/%40babel/helper-plugin-utils@7.22.5"));
  EXPECT_THAT(cached("next-npm-14.0.0-rc.1-192e38a55c-d1f29e4f19.zip"),
              ElementsAre("pkg:npm/next@14.0.0-rc.1"));
}

TEST(Node, BadFiles) {
  constexpr const char* kPath = "app/node_modules/a/package.json";
  for (const std::string& text :
       std::vector<std::string>{"", "{", R"({"name":"a","version":"1")", "\xff\xfe"}) {
    EXPECT_FALSE(run_extractor(kPath, text).ok()) << text;
  }
  EXPECT_FALSE(run_extractor(kPath, std::string(100'000, '[')).ok());
  const Evidence hostile = read_evidence(kPath, R"({"name":"a b\u001b[2J","version":"1.0.0"})");
  EXPECT_THAT(hostile.packages, IsEmpty());
  EXPECT_THAT(codes_of(hostile), ElementsAre(problem::kUnreadableRecord));
}

TEST(Python, ReadsEveryFormOfMetadata) {
  const std::string text =
      "Metadata-Version: 2.1\nName: Zope.Interface\nVersion: 5.4.0\n"
      "License: ZPL 2.1\n\nName: not-this\n";
  const std::string site = "usr/lib/python3.11/site-packages/";
  for (const std::string& path :
       {site + "zope.interface-5.4.0.dist-info/METADATA", site + "zope.interface.egg-info/PKG-INFO",
        site + "zope.interface-5.4.0-py3.11.egg-info",
        site + "zope.interface-5.4.0-py3.11.egg/EGG-INFO/PKG-INFO"}) {
    const Evidence evidence = read_evidence(path, text);
    EXPECT_THAT(purls_of(evidence), ElementsAre("pkg:pypi/zope.interface@5.4.0")) << path;
    EXPECT_THAT(evidence.packages[0].licenses, ElementsAre("ZPL 2.1"));
  }
  for (const std::string& path :
       {site + "x.dist-info/RECORD", site + "x/METADATA", site + "PKG-INFO"}) {
    EXPECT_FALSE(is_wanted(path)) << path;
  }
}

TEST(Python, HeadersAsOfMail) {
  constexpr const char* kPath = "site-packages/x.dist-info/METADATA";
  const Evidence evidence =
      read_evidence(kPath,
                    "NAME: x\r\nversion:1.0\r\nSummary: one\r\n  Name: folded\r\n"
                    "License: UNKNOWN\r\nLicense-Expression: MIT OR Apache-2.0\r\n\r\nbody");
  EXPECT_THAT(purls_of(evidence), ElementsAre("pkg:pypi/x@1.0"));
  EXPECT_THAT(evidence.packages[0].licenses, ElementsAre("MIT OR Apache-2.0"));
  for (const char* text : {"", "Name: x\n", "Version: 1\n", "\nName: x\nVersion: 1\n"}) {
    EXPECT_FALSE(run_extractor(kPath, text).ok()) << text;
  }
  EXPECT_THAT(codes_of(read_evidence(kPath, "Name: a b\nVersion: 1\n")),
              ElementsAre(problem::kUnreadableRecord));
}

TEST(Python, Conda) {
  const Evidence evidence =
      read_evidence("opt/conda/conda-meta/numpy-1.24.3-py311.json",
                    R"({"name":"numpy","version":"1.24.3","license":"BSD-3-Clause"})");
  EXPECT_THAT(purls_of(evidence), ElementsAre("pkg:conda/numpy@1.24.3"));
  EXPECT_FALSE(is_wanted("opt/conda/conda-meta/history"));
  EXPECT_FALSE(run_extractor("opt/conda/conda-meta/x.json", "{").ok());
}

TEST(Ruby, ReadsInstalledSpecifications) {
  const std::string text =
      "# -*- encoding: utf-8 -*-\n# stub: rack 2.2.6 ruby lib\n\n"
      "Gem::Specification.new do |s|\n  s.name = \"rack\".freeze\n  s.version = \"2.2.6\"\n\n"
      "  s.required_rubygems_version = Gem::Requirement.new(\">= 0\".freeze)\n"
      "  s.licenses = [\"MIT\".freeze]\n  s.rubygems_version = \"3.4.1\"\nend\n";
  for (const char* path : {"usr/local/bundle/specifications/rack-2.2.6.gemspec",
                           "usr/lib/ruby/gems/3.1.0/specifications/default/rack-2.2.6.gemspec",
                           "specifications/rack-2.2.6-x86_64-linux.gemspec"}) {
    const Evidence evidence = read_evidence(path, text);
    EXPECT_THAT(purls_of(evidence), ElementsAre("pkg:gem/rack@2.2.6")) << path;
    EXPECT_THAT(evidence.packages[0].licenses, ElementsAre("MIT"));
  }
  EXPECT_THAT(purls_of(read_evidence("a/specifications/x.gemspec",
                                     "s.name = 'x'\ns.version = Gem::Version.new(\"1.0.a\")\n")),
              ElementsAre("pkg:gem/x@1.0.a"));
  // The source's own specification is Ruby that somebody wrote.
  EXPECT_FALSE(is_wanted("usr/local/bundle/gems/rack-2.2.6/rack.gemspec"));
}

TEST(Ruby, BadFiles) {
  for (const char* text : {"", "s.name = \"x\"", "s.name = \"x\ns.version = \"1\"",
                           "= = =", "s.name = NAME\ns.version = VERSION\n"}) {
    EXPECT_FALSE(run_extractor("a/specifications/x.gemspec", text).ok()) << text;
  }
}

TEST(Php, ReadsBothForms) {
  constexpr const char* kPath = "app/vendor/composer/installed.json";
  const std::string list =
      R"([{"name":"symfony/http-kernel","version":"v5.4.20","license":["MIT"]},)"
      R"({"name":"monolog/monolog","version":"2.9.1"}])";
  for (const std::string& text : {list, R"({"packages":)" + list + R"(,"dev":false})"}) {
    const Evidence evidence = read_evidence(kPath, text);
    EXPECT_THAT(purls_of(evidence), ElementsAre("pkg:composer/symfony/http-kernel@v5.4.20",
                                                "pkg:composer/monolog/monolog@2.9.1"));
    EXPECT_THAT(evidence.packages[0].licenses, ElementsAre("MIT"));
  }
  EXPECT_THAT(read_evidence(kPath, "[]").packages, IsEmpty());
  const Evidence bad = read_evidence(kPath, R"([{"name":"a/b"},7,{"name":"c/d","version":"1"}])");
  EXPECT_THAT(purls_of(bad), ElementsAre("pkg:composer/c/d@1"));
  EXPECT_EQ(bad.problems.size(), 2U);
  for (const char* text : {"", "{}", R"({"packages":7})", "[{"}) {
    EXPECT_FALSE(run_extractor(kPath, text).ok()) << text;
  }
}

TEST(Dotnet, ReadsDepsJson) {
  const Evidence evidence = read_evidence("app/shop.deps.json", R"({
    "runtimeTarget": {"name": ".NETCoreApp,Version=v8.0/linux-x64"},
    "libraries": {
      "shop/1.0.0": {"type": "project"},
      "Newtonsoft.Json/12.0.1": {"type": "package", "sha512": "x"},
      "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/8.0.1": {"type": "runtimepack"},
      "Some.Reference/1.0.0.0": {"type": "reference"}}})");
  EXPECT_THAT(purls_of(evidence),
              ElementsAre("pkg:nuget/Newtonsoft.Json@12.0.1",
                          "pkg:nuget/Microsoft.NETCore.App.Runtime.linux-x64@8.0.1"));
  const Evidence bad =
      read_evidence("app/x.deps.json", R"({"libraries":{"NoVersion":{"type":"package"}}})");
  EXPECT_THAT(codes_of(bad), ElementsAre(problem::kUnreadableRecord));
  for (const char* text : {"", "[]", "{}", R"({"libraries":[]})"}) {
    EXPECT_FALSE(run_extractor("app/x.deps.json", text).ok()) << text;
  }
}

TEST(Dotnet, ReadsPackagesConfig) {
  const Evidence evidence = read_evidence(
      "app/packages.config",
      "<?xml version=\"1.0\"?>\n<packages>\n  <package id=\"jQuery\" version=\"3.4.1\" "
      "targetFramework=\"net48\" />\n  <package id=\"NoVersion\" />\n</packages>\n");
  EXPECT_THAT(purls_of(evidence), ElementsAre("pkg:nuget/jQuery@3.4.1"));
  EXPECT_THAT(codes_of(evidence), ElementsAre(problem::kUnreadableRecord));
  for (const char* text : {"", "<other/>", "<packages><package", "not xml"}) {
    EXPECT_FALSE(run_extractor("app/packages.config", text).ok()) << text;
  }
}

}  // namespace
}  // namespace seaworthy
