#include <filesystem>

#include <gtest/gtest.h>

#include "core/base/file.h"
#include "core/codec/json.h"
#include "core/model/package.h"

namespace seaworthy {
namespace {

Distro distro_named(std::string id, std::string version, std::string codename = "") {
  Distro distro;
  distro.id = std::move(id);
  distro.version = std::move(version);
  distro.codename = std::move(codename);
  return distro;
}

struct PackageCase {
  const char* name;
  PackageType type;
  const char *package, *version, *arch, *source_name, *source_version;
  std::vector<std::pair<std::string, std::string>> properties;
  Distro distro;
  const char* purl;
};

TEST(Purl, OfPackages) {
  const Distro debian = distro_named("debian", "12", "bookworm");
  const Distro alpine = distro_named("alpine", "3.18.4");
  const Distro alma = distro_named("almalinux", "8.9");
  const PackageCase cases[]{
      {"deb without source",
       PackageType::kDeb,
       "bash",
       "5.2.15-2+b2",
       "amd64",
       "",
       "",
       {},
       debian,
       "pkg:deb/debian/bash@5.2.15-2%2Bb2?arch=amd64&distro=debian-12"},
      {"deb with the same source",
       PackageType::kDeb,
       "bash",
       "5.2",
       "amd64",
       "bash",
       "5.2",
       {},
       debian,
       "pkg:deb/debian/bash@5.2?arch=amd64&distro=debian-12"},
      {"deb with source name",
       PackageType::kDeb,
       "libc6",
       "2.36-9",
       "amd64",
       "glibc",
       "",
       {},
       debian,
       "pkg:deb/debian/libc6@2.36-9?arch=amd64&distro=debian-12&upstream=glibc"},
      {"deb with source version",
       PackageType::kDeb,
       "gcc-12-base",
       "12.2.0-14+b1",
       "amd64",
       "gcc-12",
       "12.2.0-14",
       {},
       debian,
       "pkg:deb/debian/gcc-12-base@12.2.0-14%2Bb1?arch=amd64&distro=debian-12&"
       "upstream=gcc-12%4012.2.0-14"},
      {"deb with epoch",
       PackageType::kDeb,
       "zlib1g",
       "1:1.2.13",
       "amd64",
       "zlib",
       "",
       {},
       debian,
       "pkg:deb/debian/zlib1g@1:1.2.13?arch=amd64&distro=debian-12&upstream=zlib"},
      {"deb of a rolling release",
       PackageType::kDeb,
       "bash",
       "5.2",
       "all",
       "",
       "",
       {},
       distro_named("debian", "", "sid"),
       "pkg:deb/debian/bash@5.2?arch=all&distro=debian-sid"},
      {"apk",
       PackageType::kApk,
       "ssl_client",
       "1.36.1-r5",
       "x86_64",
       "busybox",
       "",
       {},
       alpine,
       "pkg:apk/alpine/ssl_client@1.36.1-r5?arch=x86_64&distro=alpine-3.18.4&upstream=busybox"},
      {"rpm",
       PackageType::kRpm,
       "Judy",
       "1.0.5-18.el8",
       "x86_64",
       "Judy",
       "1.0.5-18.el8",
       {{std::string(kSourceRpm), "Judy-1.0.5-18.el8.src.rpm"}},
       alma,
       "pkg:rpm/almalinux/Judy@1.0.5-18.el8?arch=x86_64&distro=almalinux-8.9&"
       "upstream=Judy-1.0.5-18.el8.src.rpm"},
      {"rpm modular with epoch",
       PackageType::kRpm,
       "npm",
       "1:6.14.4-1",
       "x86_64",
       "nodejs",
       "1:12.18.2-1",
       {{std::string(kModularity), "nodejs:12:80:22"}},
       alma,
       "pkg:rpm/almalinux/npm@6.14.4-1?arch=x86_64&distro=almalinux-8.9&epoch=1&"
       "rpmmod=nodejs:12:80:22&upstream=nodejs-12.18.2-1.src.rpm"},
      {"other",
       PackageType::kOther,
       "lib/x",
       "1 0",
       "",
       "",
       "",
       {},
       debian,
       "pkg:generic/lib%2Fx@1%200"},
      {"other with its own",
       PackageType::kOther,
       "x",
       "1",
       "",
       "",
       "",
       {{"purl", "pkg:npm/x@1"}},
       debian,
       "pkg:npm/x@1"},
  };
  for (const PackageCase& row : cases) {
    SCOPED_TRACE(row.name);
    Package package;
    package.type = row.type;
    package.name = row.package;
    package.version = row.version;
    package.arch = row.arch;
    package.source_name = row.source_name;
    package.source_version = row.source_version;
    package.properties = row.properties;
    const std::string text = purl_of(package, &row.distro);
    EXPECT_EQ(text, row.purl);
    const std::optional<Purl> again = parse_purl(text);
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(to_text(*again), text);
  }
}

TEST(Purl, APlainZeroByteIsRefused) {
  EXPECT_FALSE(parse_purl(std::string_view("pkg:deb/a\0b", 11)).has_value());
}

TEST(Purl, WithoutDistroHasNoNamespace) {
  Package package;
  package.type = PackageType::kDeb;
  package.name = "bash";
  package.version = "5";
  EXPECT_EQ(purl_of(package, nullptr), "pkg:deb/bash@5");
}

TEST(Purl, Canonical) {
  struct Case {
    const char *name, *in, *out;
  };
  const Case cases[]{
      {"scheme and type in capitals", "PKG:DEB/Debian/Bash@5", "pkg:deb/debian/bash@5"},
      {"slashes before the type", "pkg:///deb/debian/a@1", "pkg:deb/debian/a@1"},
      {"rpm names keep their case", "pkg:rpm/Fedora/Judy@1", "pkg:rpm/fedora/Judy@1"},
      {"scope without version", "pkg:npm/@babel/core", "pkg:npm/%40babel/core"},
      {"scope with version", "pkg:npm/@babel/core@7", "pkg:npm/%40babel/core@7"},
      {"plus", "pkg:deb/debian/g++@1+2", "pkg:deb/debian/g%2B%2B@1%2B2"},
      {"colon stays", "pkg:deb/debian/a@1%3A2", "pkg:deb/debian/a@1:2"},
      {"qualifiers sorted", "pkg:rpm/a/b@1?z=1&Arch=x&e=", "pkg:rpm/a/b@1?arch=x&z=1"},
      {"subpath cleaned", "pkg:golang/a/b@1#/./x/../y/", "pkg:golang/a/b@1#x/y"},
      {"empty version", "pkg:generic/a@", "pkg:generic/a"},
  };
  for (const Case& row : cases) {
    const std::optional<Purl> purl = parse_purl(row.in);
    ASSERT_TRUE(purl.has_value()) << row.name;
    EXPECT_EQ(to_text(*purl), row.out) << row.name;
  }
}

TEST(Purl, Refused) {
  struct Case {
    const char *name, *in;
  };
  const Case cases[]{{"empty", ""},
                     {"no scheme", "deb/debian/bash"},
                     {"other scheme", "http://deb/bash"},
                     {"nothing behind the scheme", "pkg:"},
                     {"slashes only", "pkg:////"},
                     {"no name", "pkg:deb"},
                     {"empty name", "pkg:deb/"},
                     {"type begins with a digit", "pkg:3eb/a"},
                     {"type with a space", "pkg:d b/a"},
                     {"cut percent", "pkg:deb/a%2"},
                     {"no hex", "pkg:deb/a%zz"},
                     {"zero byte", "pkg:deb/a%00"},
                     {"slash hidden in a namespace", "pkg:deb/a%2Fb/c"},
                     {"qualifier without value", "pkg:deb/a?b"},
                     {"qualifier key", "pkg:deb/a?b c=1"},
                     {"qualifier twice", "pkg:deb/a?b=1&B=2"}};
  for (const Case& row : cases) {
    EXPECT_FALSE(parse_purl(row.in).has_value()) << row.name;
  }
}

// The specification's own cases. A case of "input in capitals must fail to parse" contradicts
// another that asks for its canonical form, and is passed over.
class PublishedCases : public testing::Test {
 protected:
  static Purl purl_from(const JsonValue& parts) {
    Purl purl;
    purl.type = parts["type"].text();
    purl.name_space = parts["namespace"].text();
    purl.name = parts["name"].text();
    purl.version = parts["version"].text();
    purl.subpath = parts["subpath"].text();
    for (const auto& member : parts["qualifiers"].members()) {
      purl.qualifiers.emplace_back(member.key, member.value.text());
    }
    return purl;
  }
  static void check(const JsonValue& test) {
    const std::string_view kind = test["test_type"].text();
    const JsonValue expected = test["expected_output"];
    if (kind == "build") {
      EXPECT_EQ(to_text(purl_from(test["input"])), expected.text());
      return;
    }
    const std::optional<Purl> purl = parse_purl(test["input"].text());
    ASSERT_TRUE(purl.has_value()) << test["input"].text();
    EXPECT_EQ(to_text(*purl), kind == "parse" ? to_text(purl_from(expected)) : expected.text());
    if (kind == "parse") {
      EXPECT_EQ(purl->type, expected["type"].text());
      EXPECT_EQ(purl->name_space, expected["namespace"].text());
      EXPECT_EQ(purl->name, expected["name"].text());
      EXPECT_EQ(purl->version, expected["version"].text());
      EXPECT_EQ(purl->subpath, expected["subpath"].text());
    }
  }
};

TEST_F(PublishedCases, AllTypes) {
  const std::filesystem::path directory = std::filesystem::path(SHARED_DATA) / "corpora/purl";
  if (!std::filesystem::exists(directory)) GTEST_SKIP() << "no " << directory;
  int checked = 0, passed_over = 0;
  for (const auto& file : std::filesystem::directory_iterator(directory)) {
    const Result<std::string> bytes = read_file(file.path(), kMiB);
    ASSERT_TRUE(bytes.ok());
    JsonDocument document;
    ASSERT_TRUE(document.parse(*bytes, Limits{}).ok());
    for (const JsonValue& test : document.root()["tests"].elements()) {
      if (test["expected_failure"].boolean()) {
        ++passed_over;
        continue;
      }
      SCOPED_TRACE(file.path().filename().string() + ": " +
                   std::string(test["description"].text()));
      check(test);
      ++checked;
    }
  }
  EXPECT_EQ(passed_over, 2);
  EXPECT_GT(checked, 150);
}

}  // namespace
}  // namespace seaworthy
