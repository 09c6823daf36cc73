// Files that end anywhere, and whose bytes are wrong anywhere: an answer in bounded time, and where
// something is missing from it, a problem that says so.
#include <gmock/gmock.h>

#include "core/codec/zip_builder.h"
#include "scan/extract/content_test_support.h"
#include "scan/extract/executable_builder.h"
#include "scan/extract/extract_test_support.h"

namespace seaworthy {
namespace {

using test::elf_of;
using test::fat_of;
using test::mach_o_of;
using test::pe_of;
using test::purls_of;
using test::read_content;

struct Program {
  const char* name;
  std::string bytes;
  std::size_t headers;  // a file cut inside these cannot be read
};

std::vector<Program> programs() {
  const std::string info = test::Bytes()
                               .text("\xff Go buildinf:")
                               .number(8, 1)
                               .number(2, 1)
                               .field("", 16)
                               .number(6, 1)
                               .text("go1.20")
                               .number(40, 1)
                               .text("path\texample.com/a\nmod\texample.com/a\tv1\n")
                               .str();
  const test::NamedBytes sections{{".text", "code"}, {".data", info}};
  const test::NamedBytes named{{"__TEXT,__text", "code"}, {"__DATA,__go_buildinfo", info}};
  return {{"elf 64", elf_of({{1, 5, "code"}, {1, 6, info}, {4, 4, "note"}}), 64 + 3 * 56},
          {"elf 32 big", elf_of({{1, 6, info}}, false, ByteOrder::kBig), 52 + 32},
          {"pe", pe_of(sections), 0x40 + 24 + 240 + 80},
          {"pe 32 managed", pe_of(sections, false, true), 0x40 + 24 + 224 + 80},
          {"mach-o", mach_o_of(named), 32 + 72 + 160}};
}

std::size_t problems_and_packages(const Evidence& evidence) {
  return evidence.problems.size() + evidence.packages.size();
}

TEST(DamagedFiles, ProgramsCutAnywhere) {
  for (const Program& program : programs()) {
    const Evidence whole = read_content("opt/app.dll", program.bytes);
    EXPECT_FALSE(whole.packages.empty()) << program.name;
    for (std::size_t size = 0; size < program.bytes.size(); ++size) {
      const Evidence cut = read_content("opt/app.dll", program.bytes.substr(0, size), 37);
      EXPECT_LE(cut.packages.size(), whole.packages.size()) << program.name << " " << size;
      // Below 32 bytes it is a text like any other; below PE's signature a program for DOS.
      if (size < 0x80 || size >= program.headers) continue;
      EXPECT_FALSE(cut.problems.empty()) << program.name << " cut at " << size;
    }
  }
}

TEST(DamagedFiles, ProgramsWithAWrongByte) {
  for (const Program& program : programs()) {
    for (std::size_t at = 0; at < program.bytes.size(); ++at) {
      for (const char wrong : {'\0', '\x01', '\x7f', '\xff'}) {
        std::string bytes = program.bytes;
        bytes[at] = wrong;
        EXPECT_LE(problems_and_packages(read_content("opt/app.dll", bytes, 1 << 16)), 100U);
      }
    }
  }
}

// A fat file that says that it holds itself.
TEST(DamagedFiles, FatFileOfItself) {
  std::string fat = fat_of({mach_o_of({{"__DATA,__data", "one"}})});
  fat.replace(8 + 8, 8, std::string(8, '\0'));
  fat.replace(8 + 12, 4, std::string("\0\0\x10\0", 4));
  EXPECT_LE(problems_and_packages(read_content("opt/fat", fat, 11)), 100U);
}

std::string jar() {
  const std::string inner =
      ZipBuilder()
          .add("META-INF/maven/g/inner/pom.properties", "groupId=g\nartifactId=inner\nversion=2\n")
          .build();
  return ZipBuilder()
      .add("META-INF/maven/g/outer/pom.properties", "groupId=g\nartifactId=outer\nversion=1\n",
           true)
      .add("BOOT-INF/lib/inner.jar", inner)
      .build();
}

TEST(DamagedFiles, JarsCutAnywhere) {
  const std::string whole = jar();
  const auto expected = purls_of(test::read_evidence("opt/outer.jar", whole));
  ASSERT_EQ(expected.size(), 2U);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const Result<Evidence> cut = test::run_extractor("opt/outer.jar", whole.substr(0, size));
    ASSERT_TRUE(cut.ok());
    if (size == 0) continue;
    EXPECT_FALSE(cut->problems.empty()) << size;
  }
}

TEST(DamagedFiles, JarsWithAWrongByte) {
  const std::string whole = jar();
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const char wrong : {'\0', '\x01', '\x7f', '\xff'}) {
      std::string bytes = whole;
      bytes[at] = wrong;
      const Result<Evidence> read = test::run_extractor("opt/outer.jar", bytes);
      ASSERT_TRUE(read.ok());
      EXPECT_LE(problems_and_packages(*read), 100U);
    }
  }
}

// Whatever a file claims to be: no UTF-8, endless nesting, one endless line.
TEST(DamagedFiles, TextsOfEveryKind) {
  const std::vector<std::string> texts{std::string(3000, '\xff'),
                                       std::string(200'000, '['),
                                       std::string(200'000, '{'),
                                       std::string(200'000, '"'),
                                       "{\"name\": \"\xc3\x28\", \"version\": \"1\xff\"}",
                                       std::string(200'000, ' '),
                                       std::string(200'000, '\n')};
  for (const char* path :
       {"node_modules/a/package.json", "a.deps.json", "a/packages.config", "a/pubspec.lock",
        "a/Manifest.toml", "a/conan.lock", "a/conaninfo.txt", "vendor/composer/installed.json",
        "a.dist-info/METADATA", "specifications/a.gemspec", "lib/a/ebin/a.app", "conda-meta/a.json",
        "lib/.meta/A-1/MYMETA.json", "x/.registry/a.reg"}) {
    for (const std::string& text : texts) {
      const Result<Evidence> read = test::run_extractor(path, text);
      if (!read.ok()) continue;
      for (const Package& package : read->packages) {
        EXPECT_EQ(package.name.find('\xff'), std::string::npos) << path;
      }
    }
  }
}

}  // namespace
}  // namespace seaworthy
