#include <gmock/gmock.h>

#include "core/codec/digest.h"
#include "core/model/ownership_rule.h"
#include "core/model/problem.h"
#include "scan/extract/content_test_support.h"
#include "scan/extract/executable_builder.h"
#include "scan/extract/extract_test_support.h"
#include "scan/extract/pe_version.h"

namespace seaworthy {
namespace {

using test::Bytes;
using test::pe_of;
using test::purls_of;
using test::read_content;
using testing::ElementsAre;
using testing::IsEmpty;

std::string wide(std::string_view text) {
  Bytes out;
  for (const char letter : text) out.u16(static_cast<unsigned char>(letter));
  return out.u16(0).str();
}

// A block of a version resource, its value in front of its children.
std::string block(std::string_view key, const std::string& value, const std::string& children,
                  bool text = true) {
  Bytes body;
  body.text(wide(key));
  const std::size_t header = 6;
  std::string out = body.str();
  out.append((4 - (header + out.size()) % 4) % 4, '\0');
  out += value;
  if (!children.empty()) out.append((4 - (header + out.size()) % 4) % 4, '\0');
  out += children;
  Bytes whole;
  whole.u16(header + out.size()).u16(text ? value.size() / 2 : value.size()).u16(text ? 1 : 0);
  std::string bytes = whole.text(out).str();
  bytes.append((4 - bytes.size() % 4) % 4, '\0');
  return bytes;
}

std::string version_block(const std::vector<std::pair<std::string, std::string>>& texts) {
  std::string strings;
  for (const auto& [key, value] : texts) strings += block(key, wide(value), "");
  const std::string table = block("000004b0", "", strings);
  const std::string fixed = Bytes().u32(0xfeef04bd).field("", 48).str();
  const std::string translation = block("VarFileInfo", "", block("Translation", "1234", "", false));
  return block("VS_VERSION_INFO", fixed, translation + block("StringFileInfo", "", table), false);
}

constexpr std::uint64_t kAddress = 0x1000;  // of the first section that pe_of() makes

// Resources: an icon in front, then the version.
std::string resources_of(const std::string& version) {
  Bytes out;
  const auto directory = [&](unsigned entries) { out.field("", 12).u16(0).u16(entries); };
  directory(2);
  out.u32(3).u32(0x80000000 | 32).u32(16).u32(0x80000000 | 32);
  directory(1);
  out.u32(1).u32(0x80000000 | 56);
  directory(1);
  out.u32(1033).u32(80);
  out.u32(kAddress + 96).u32(version.size()).u32(0).u32(0);
  return out.text(version).str();
}

std::string assembly(const std::vector<std::pair<std::string, std::string>>& texts) {
  return pe_of({{".rsrc", resources_of(version_block(texts))}, {".text", "code"}}, true, true);
}

const std::vector<std::pair<std::string, std::string>> kTexts{
    {"CompanyName", "Some Company"},
    {"FileVersion", "13.0.3.27908"},
    {"InternalName", "Newtonsoft.Json.dll"},
    {"OriginalFilename", "Newtonsoft.Json.dll"},
    {"ProductVersion", "13.0.3+0a2e291c0d9c0c7675d445703e51750363a549ef"}};

TEST(DotnetAssembly, ByItsVersionResource) {
  for (const std::size_t piece : {1U, 13U, 1U << 20}) {
    const Evidence evidence = read_content("app/bin/Newtonsoft.Json.dll", assembly(kTexts), piece);
    EXPECT_THAT(purls_of(evidence), ElementsAre("pkg:nuget/Newtonsoft.Json@13.0.3"));
    EXPECT_NE(evidence.packages.at(0).property(kDoubt), "");
    EXPECT_EQ(evidence.packages.at(0).property(kUnlessOwned), "yes");
    EXPECT_THAT(evidence.problems, IsEmpty());
  }
}

TEST(DotnetAssembly, Versions) {
  struct Row {
    const char* product;
    const char* file;
    const char* expected;  // "" none
  };
  for (const Row& row : std::initializer_list<Row>{
           {"8.0.1", "8.0.123.58001", "8.0.1"},
           {"2.1.0-rc.1+abc", "2.1.0.0", "2.1.0-rc.1"},
           {"", "4.5.1.0", "4.5.1"},
           {"4.700.20", "4.700.20.12001", "4.700.20"},
           {"6.0 built by: team", "6.0.1.2", "6.0"},
           {"Some product", "1.2.3.4", "1.2.3.4"},
           {"unknown", "unknown", ""},
           {"", "", ""},
       }) {
    const std::string bytes =
        assembly({{"ProductVersion", row.product}, {"FileVersion", row.file}});
    const Evidence evidence = read_content("bin/Some.Library.DLL", bytes);
    const std::string found = evidence.packages.empty() ? "" : evidence.packages[0].version;
    EXPECT_EQ(found, row.expected) << row.product;
    if (!found.empty()) {
      EXPECT_EQ(evidence.packages[0].name, "Some.Library");
    }
  }
}

TEST(DotnetAssembly, WhatIsNone) {
  const std::string resources = resources_of(version_block(kTexts));
  EXPECT_THAT(read_content("bin/native.dll", pe_of({{".rsrc", resources}})).packages, IsEmpty());
  EXPECT_THAT(read_content("bin/de/A.resources.dll", assembly(kTexts)).packages, IsEmpty());
  EXPECT_THAT(read_content("bin/A.so", assembly(kTexts)).packages, IsEmpty());
  EXPECT_THAT(read_content("bin/A.dll", pe_of({{".text", "code"}}, true, true)).packages,
              IsEmpty());
  const Evidence large =
      read_content("bin/A.dll", pe_of({{".rsrc", std::string(5 << 20, 'x')}}, true, true));
  EXPECT_THAT(large.packages, IsEmpty());
}

// Wherever it is cut, and whichever byte is wrong: an answer, and no byte outside of it is read.
TEST(VersionResource, CutAndDamaged) {
  const std::string good = resources_of(version_block(kTexts));
  ASSERT_EQ(read_version_resource(good, kAddress)->product_version, kTexts[4].second);
  ASSERT_EQ(read_version_resource(good, kAddress)->internal_name, "Newtonsoft.Json.dll");
  for (std::size_t size = 0; size < good.size(); ++size) {
    const auto read = read_version_resource(good.substr(0, size), kAddress);
    if (size < 96) {
      EXPECT_TRUE(!read || read->product_version.empty());
    }
  }
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const char wrong : {'\0', '\1', '\x7f', '\xff'}) {
      std::string bad = good;
      bad[at] = wrong;
      const auto read = read_version_resource(bad, kAddress);
      if (read) {
        EXPECT_LE(read->product_version.size(), 1024U);
      }
    }
  }
  EXPECT_FALSE(read_version_resource(good, kAddress + 97));
  EXPECT_TRUE(read_version_resource("", 0)->product_version.empty());
}

// The assemblies that deps.json lists are its own: another record of them would be a guess.
TEST(Dotnet, DepsJsonOwnsItsAssemblies) {
  const Evidence evidence = test::read_evidence("app/shop.deps.json", R"({
    "targets": {".NETCoreApp,Version=v8.0": {
      "shop/1.0.0": {"runtime": {"shop.dll": {}}},
      "Newtonsoft.Json/13.0.3": {"runtime": {"lib/net6.0/Newtonsoft.Json.dll": {}}},
      "Some.Driver/1.0.0": {"runtimeTargets": {"runtimes/unix/lib/net8.0/Some.Driver.dll": {}}}}},
    "libraries": {"Newtonsoft.Json/13.0.3": {"type": "package"}}})");
  ASSERT_EQ(evidence.owned.size(), 1U);
  EXPECT_EQ(evidence.owned[0].package, "");
  EXPECT_THAT(
      evidence.owned[0].path_hashes,
      testing::UnorderedElementsAre(path_hash("app/shop.dll"), path_hash("app/Newtonsoft.Json.dll"),
                                    path_hash("app/runtimes/unix/lib/net8.0/Some.Driver.dll")));
}

}  // namespace
}  // namespace seaworthy
