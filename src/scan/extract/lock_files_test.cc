#include <gmock/gmock.h>

#include "core/model/problem.h"
#include "scan/extract/extract_test_support.h"

namespace seaworthy {
namespace {

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

class LockFile : public testing::TestWithParam<Row> {};

TEST_P(LockFile, Packages) {
  const Evidence evidence = read_evidence(GetParam().path, GetParam().text);
  EXPECT_EQ(purls_of(evidence), GetParam().purls);
  EXPECT_EQ(evidence.problems.size(), GetParam().problems);
  for (const Package& package : evidence.packages) {
    EXPECT_EQ(package.property(kDoubt).empty(), std::string(GetParam().name).starts_with("Info"));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Files, LockFile,
    testing::Values(
        Row{"Pub",
            "app/pubspec.lock",
            "packages:\n  http:\n    dependency: \"direct main\"\n    description:\n"
            "      name: http\n    source: hosted\n    version: \"0.13.5\"\n"
            "  flutter:\n    source: sdk\n    version: \"0.0.0\"\n"
            "  own:\n    source: git\n    version: \"1.0.0\"\nsdks:\n  dart: \">=2.19.0\"\n",
            {"pkg:pub/http@0.13.5", "pkg:pub/own@1.0.0"}},
        Row{"PubEmpty", "app/pubspec.lock", "packages: {}\n", {}},
        Row{"PubHostile",
            "app/pubspec.lock",
            "packages:\n  http:\n    source: hosted\n    version: \"1 2\"\n",
            {},
            1},
        Row{"Julia",
            "root/.julia/environments/v1.9/Manifest.toml",
            "julia_version = \"1.9.4\"\nmanifest_format = \"2.0\"\n\n[[deps.HTTP]]\n"
            "git-tree-sha1 = \"abc\"\nuuid = \"cd3eb016\"\nversion = \"1.10.1\"\n\n"
            "[[deps.Dates]]\ndeps = [\"Printf\"]\nuuid = \"ade2ca70\"\nversion = \"1.11.0\"\n",
            {"pkg:julia/HTTP@1.10.1"}},
        Row{"JuliaOld",
            "srv/Manifest.toml",
            "[[HTTP]]\ngit-tree-sha1 = \"abc\"\nversion = \"0.9.17\"\n[[Dates]]\nuuid = \"a\"\n",
            {"pkg:julia/HTTP@0.9.17"}},
        Row{"ManifestOfSomethingElse", "srv/Manifest.toml", "[package]\nname = \"x\"\n", {}},
        Row{"Conan",
            "app/conan.lock",
            R"({"version": "0.5", "requires": ["zlib/1.2.13#e377bee636333ae348d51ca90874e353%1690",
             "openssl/3.1.1@user/stable#1", "zlib/1.2.13#other"], "build_requires": ["cmake/3.2"]})",
            {"pkg:conan/zlib@1.2.13", "pkg:conan/openssl@3.1.1"}},
        Row{"ConanOld",
            "app/conan.lock",
            R"({"graph_lock": {"nodes": {"0": {"path": "conanfile.txt"},
             "1": {"ref": "zlib/1.2.11#0"}}}, "version": "0.4"})",
            {"pkg:conan/zlib@1.2.11"}},
        Row{"InfoOfConan",
            "root/.conan/data/poco/1.12.4/_/_/package/0a1b/conaninfo.txt",
            "[settings]\n    os=Linux\n\n[requires]\n    zlib/1.Y.Z\n\n[full_requires]\n"
            "    zlib/1.2.13:0a1b2c\n    expat/2.5.0:1\n\n[options]\n    shared=False\n",
            {"pkg:conan/poco@1.12.4", "pkg:conan/zlib@1.2.13", "pkg:conan/expat@2.5.0"}},
        Row{"InfoOfConanTwo",
            "root/.conan2/p/b/poco1/p/conaninfo.txt",
            "[settings]\nos=Linux\n[requires]\nzlib/1.2.13\n",
            {"pkg:conan/zlib@1.2.13"}}),
    [](const auto& row) { return row.param.name; });

TEST(LockFiles, BadFiles) {
  for (const char* path : {"a/pubspec.lock", "a/conan.lock", "a/Manifest.toml"}) {
    const Result<Evidence> cut = run_extractor(path, "[[\"a\": {<");
    EXPECT_FALSE(cut.ok()) << path;
    const Result<Evidence> deep = run_extractor(path, std::string(100'000, '['));
    EXPECT_FALSE(deep.ok()) << path;
  }
  EXPECT_THAT(read_evidence("a/conaninfo.txt", std::string(5000, '\xff')).packages, IsEmpty());
}

TEST(Ruby, CheckoutsOfBundler) {
  const std::string place = "usr/local/bundle/ruby/3.1.0/bundler/gems/";
  const Evidence plain =
      read_evidence(place + "rack-0a1b2c3d4e5f/rack.gemspec",
                    "Gem::Specification.new do |s|\n  s.name = 'rack'\n  s.version = '3.1.0'\n");
  EXPECT_THAT(purls_of(plain), ElementsAre("pkg:gem/rack@3.1.0"));
  EXPECT_EQ(plain.packages[0].property("vcs.revision"), "0a1b2c3d4e5f");
  for (const char* text :
       {"s.name = NAME\ns.version = VERSION\n", "s.version = File.read('VERSION')\n", ""}) {
    const Evidence computed = read_evidence(place + "my-gem-0a1b2c3d4e5f/my-gem.gemspec", text);
    EXPECT_THAT(purls_of(computed), ElementsAre("pkg:gem/my-gem")) << text;
    EXPECT_THAT(computed.problems, IsEmpty());
  }
  for (const char* path :
       {"rack-0a1b2c3d4e5f/spec/rack.gemspec", "rack/rack.gemspec", "rack-main/rack.gemspec"}) {
    EXPECT_EQ(extractor_for({place + path, 9}), nullptr) << path;
  }
}

}  // namespace
}  // namespace seaworthy
