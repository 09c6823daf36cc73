// Go programs, made here byte by byte; tests/executables_test.py builds real ones.
#include <gmock/gmock.h>

#include "core/model/functions.h"
#include "core/model/problem.h"
#include "scan/extract/content_test_support.h"
#include "scan/extract/executable_builder.h"
#include "scan/extract/go_build_info.h"
#include "scan/extract/go_functions.h"

namespace seaworthy {
namespace {

using test::Bytes;
using test::elf_of;
using test::kTestBase;
using test::read_content;
using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string kBegins("\x30\x77\xaf\x0c\x92\x74\x08\x02\x41\xe1\xc1\x07\xe6\xd6\x18\xe6", 16);
const std::string kEnds("\xf9\x32\x43\x31\x86\x18\x20\x72\x00\x82\x42\x10\x41\x16\xd8\xf2", 16);
const std::string kList =
    "path\texample.com/team/app/cmd/app\n"
    "mod\texample.com/team/app\t(devel)\t\n"
    "dep\tgolang.org/x/text\tv0.14.0\th1:abc=\n"
    "dep\tgithub.com/old/name\tv1.0.0\n"
    "=>\tgithub.com/new/name\tv1.0.1\th1:def=\n"
    "build\tvcs.revision=0123456789abcdef\n";

std::string varint(std::uint64_t value) {
  std::string out;
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  return out + static_cast<char>(value);
}

std::string inline_info(const std::string& toolchain, const std::string& list) {
  const std::string marked = list.empty() ? list : kBegins + list + kEnds;
  return "\xff Go buildinf:" + std::string("\x08\x02", 2) + std::string(16, '\0') +
         varint(toolchain.size()) + toolchain + varint(marked.size()) + marked;
}

// A table of functions of the given magic.
std::string function_table(std::uint32_t magic, const std::vector<std::string>& names,
                           ByteOrder order = ByteOrder::kLittle, unsigned word = 8) {
  std::string texts;
  for (const std::string& name : names) texts += name + '\0';
  const bool has_text_start = magic == 0xfffffff0 || magic == 0xfffffff1;
  const std::uint64_t header = 8 + (has_text_start ? 8 : 7) * word;
  Bytes out(order);
  out.u32(magic).u16(0).number(1, 1).number(word, 1);
  out.number(names.size(), word).number(1, word);
  if (has_text_start) out.number(kTestBase, word);
  out.number(header, word).number(header + texts.size(), word);
  out.number(0, word).number(0, word).number(0, word);
  return out.text(texts).text("file.go\0").str();
}

const std::vector<std::string> kNames{"main.main", "net/http.(*Transport).RoundTrip",
                                      "gopkg.in/yaml%2ev3.Unmarshal", "a/b.Run.func1.2",
                                      "slices.Sort[go.shape.[]string,go.shape.string]"};

std::vector<std::string> texts_of(const Evidence& evidence) {
  std::vector<std::string> out;
  for (const Package& package : evidence.packages) {
    out.push_back(std::string(package.property("purl")));
  }
  return out;
}

bool holds(const Evidence& evidence, const char* package, const char* symbol) {
  return std::binary_search(evidence.functions.begin(), evidence.functions.end(),
                            advised_function_hash(package, symbol));
}

TEST(GoBinary, ModulesReplacementsAndStandardLibrary) {
  const std::string bytes =
      elf_of({{1, 5, std::string(5000, 'c')},
              {1, 4, std::string(1000, 'r')},
              {1, 6, inline_info("go1.21.3", kList) + std::string(700, 'd')}});
  for (const std::size_t piece : {1U, 7U, 64U, 1000U, 1U << 20}) {
    const Evidence evidence = read_content("usr/bin/app", bytes, piece);
    EXPECT_THAT(
        texts_of(evidence),
        ElementsAre("pkg:golang/example.com/team/app", "pkg:golang/golang.org/x/text@v0.14.0",
                    "pkg:golang/github.com/new/name@v1.0.1", "pkg:golang/stdlib@1.21.3"))
        << piece;
    ASSERT_EQ(evidence.packages.size(), 4U);
    EXPECT_EQ(evidence.packages[0].version, "(devel)");
    EXPECT_EQ(evidence.packages[0].property("go-vcs.revision"), "0123456789abcdef");
    EXPECT_EQ(evidence.packages[0].property("go-main-package"), "example.com/team/app/cmd/app");
    EXPECT_THAT(evidence.problems, IsEmpty());
  }
}

TEST(GoBinary, EveryFormOfExecutable) {
  const std::string info = inline_info("go1.22.0", kList);
  const std::string table = function_table(0xfffffff1, kNames);
  struct Row {
    const char* name;
    std::string bytes;
  };
  const std::string mach_o =
      test::mach_o_of({{"__TEXT,__gopclntab", table}, {"__DATA,__go_buildinfo", info}});
  for (const Row& row : std::initializer_list<Row>{
           {"elf", elf_of({{1, 4, table}, {1, 6, info}})},
           {"elf, read-only data with code", elf_of({{1, 5, table}, {1, 6, info}})},
           {"elf 32", elf_of({{1, 4, table}, {1, 6, info}}, false)},
           {"pe", test::pe_of({{".text", "x"}, {".rdata", table}, {".data", info}})},
           {"mach-o", mach_o},
           {"fat", test::fat_of({mach_o, mach_o})},
       }) {
    for (const std::size_t piece : {100U, 1U << 20}) {
      const Evidence evidence = read_content("x", row.bytes, piece);
      EXPECT_EQ(evidence.packages.size(), 4U) << row.name;
      EXPECT_TRUE(holds(evidence, "net/http", "Transport.RoundTrip")) << row.name;
      EXPECT_THAT(evidence.problems, IsEmpty()) << row.name;
    }
  }
}

TEST(GoBinary, Functions) {
  struct Row {
    const char* name;
    std::string table;
    std::size_t alignment = 0;
  };
  for (const Row& row : std::initializer_list<Row>{
           {"1.20", function_table(0xfffffff1, kNames)},
           {"1.18", function_table(0xfffffff0, kNames)},
           {"1.16", function_table(0xfffffffa, kNames)},
           {"1.20 big", function_table(0xfffffff1, kNames, ByteOrder::kBig)},
           {"1.26", function_table(0xfffffff1, kNames), 8},
           {"1.26, 32 bits", function_table(0xfffffff1, kNames, ByteOrder::kLittle, 4), 4},
           {"1.20, 32 bits", function_table(0xfffffff1, kNames, ByteOrder::kLittle, 4)},
       }) {
    const std::string in_front(4096 + row.alignment, 'r');
    const std::string bytes =
        elf_of({{1, 4, in_front + row.table}, {1, 6, inline_info("go1.21.3", kList)}});
    for (const std::size_t piece : {1U, 50U, 1U << 20}) {
      const Evidence evidence = read_content("x", bytes, piece);
      // Each of a package of its own; and a module that stands in the place of another.
      EXPECT_EQ(evidence.functions.size(), 2 * kNames.size() + 1) << row.name << " " << piece;
      EXPECT_TRUE(holds(evidence, "example.com/team/app/cmd/app", "main"));
      EXPECT_TRUE(holds(evidence, "slices", ""));
      EXPECT_TRUE(holds(evidence, "net/http", "Transport.RoundTrip"));
      EXPECT_TRUE(holds(evidence, "gopkg.in/yaml.v3", "Unmarshal"));
      EXPECT_TRUE(holds(evidence, "a/b", "Run"));
      EXPECT_TRUE(holds(evidence, "slices", "Sort"));
      EXPECT_FALSE(holds(evidence, "net/http", "Transport.CloseIdleConnections"));
    }
  }
  const Evidence old = read_content("x", elf_of({{1, 4, function_table(0xfffffffb, kNames)},
                                                 {1, 6, inline_info("go1.15.2", kList)}}));
  EXPECT_THAT(old.functions, IsEmpty());
  EXPECT_EQ(old.packages.size(), 4U);
}

// Before Go 1.18: pointers to the headers of strings, whose texts are in front of them.
std::string pointer_program(ByteOrder order, unsigned word, bool relocated) {
  const std::string toolchain = "go1.17.5";
  const std::string list = kBegins + kList + kEnds;
  const std::string read_only = "xxxgo1.16yyy" + toolchain + "zz" + list;
  const bool is_64 = word == 8;
  const std::uint64_t header_end = is_64 ? 64 + 2 * 56 : 52 + 2 * 32;
  const std::uint64_t first = (header_end + 63) / 64 * 64;
  const std::uint64_t second = (first + read_only.size() + 63) / 64 * 64;
  const auto address = [&](std::uint64_t offset) { return relocated ? 0 : kTestBase + offset; };
  Bytes data(order);
  data.text("\xff Go buildinf:").number(word, 1).number(order == ByteOrder::kBig ? 1 : 0, 1);
  data.number(address(second + 64), word).number(address(second + 96), word);
  data.align(64);
  data.number(address(first + read_only.find(toolchain)), word).number(toolchain.size(), word);
  data.field("", 96 - data.size());
  data.number(address(first + read_only.find(kBegins)), word).number(list.size(), word);
  return elf_of({{1, 4, read_only}, {1, 6, data.str()}}, is_64, order);
}

TEST(GoBinary, PointersOfOlderToolchains) {
  for (const unsigned word : {4U, 8U}) {
    for (const ByteOrder order : {ByteOrder::kLittle, ByteOrder::kBig}) {
      for (const std::size_t piece : {1U, 90U, 1U << 20}) {
        const Evidence evidence = read_content("x", pointer_program(order, word, false), piece);
        EXPECT_EQ(texts_of(evidence).size(), 4U) << word;
        EXPECT_EQ(evidence.packages.back().version, "1.17.5") << word;
      }
    }
  }
  // A program whose pointers the loader fills in: the modules are known, the toolchain is not.
  const Evidence evidence = read_content("x", pointer_program(ByteOrder::kLittle, 8, true));
  ASSERT_EQ(evidence.packages.size(), 4U);
  EXPECT_EQ(evidence.packages[1].version, "v0.14.0");
  EXPECT_NE(evidence.packages.back().property(kDoubt), "");
}

TEST(GoBinary, WhatIsNotListedIsSaid) {
  struct Row {
    const char* name;
    std::string bytes;
    const char* message;
  };
  const std::string table = function_table(0xfffffff1, kNames);
  const std::string cut = inline_info("go1.21.3", kList);
  for (const Row& row : std::initializer_list<Row>{
           {"no record", elf_of({{1, 4, table}}), "without its record of modules"},
           {"packed", elf_of({{1, 5, "UPX!"}, {1, 5, table}}), "packed by UPX"},
           {"empty list", elf_of({{1, 6, inline_info("go1.21.3", "")}}),
            "does not list its modules"},
           {"cut", elf_of({{1, 6, cut.substr(0, 100)}}), "cut or damaged"},
           {"claims 3 GB", elf_of({{1, 6, cut.substr(0, 32) + "\xff\xff\xff\xff\x0f"}}),
            "longer than is read"},
           {"cut in its headers", elf_of({{1, 6, cut}}).substr(0, 80), "cut inside"},
       }) {
    const Evidence evidence = read_content("x", row.bytes);
    ASSERT_EQ(evidence.problems.size(), 1U) << row.name;
    EXPECT_EQ(evidence.problems[0].code, problem::kOpaqueFile) << row.name;
    EXPECT_THAT(evidence.problems[0].message, HasSubstr(row.message)) << row.name;
  }
  EXPECT_THAT(read_content("x", elf_of({{1, 6, "nothing of Go"}})).problems, IsEmpty());
}

// A table of sections that begin at these offsets: behind the file, or where `at` says.
std::string with_sections(std::string file, const std::vector<std::uint64_t>& offsets,
                          std::size_t at = 0) {
  Bytes table;
  for (const std::uint64_t offset : offsets) {
    table.u32(1).u32(1).u64(2).u64(kTestBase + offset).u64(offset).u64(64).u64(0).u64(16).u64(0);
  }
  if (at == 0) at = file.size();
  file.resize(std::max(file.size(), at + table.size()));
  file.replace(at, table.size(), table.str());
  file.replace(40, 8, Bytes().u64(at).str());
  return file.replace(58, 4, Bytes().u16(64).u16(offsets.size()).str());
}

// Programs that look for such records themselves hold the mark.
TEST(GoBinary, TheMarkCountsWhereALinkerPutsTheRecord) {
  const std::string info = inline_info("go1.21.3", kList);
  const std::string mark = std::string("\xff Go buildinf:\0\0", 16) + std::string(48, 'x');
  const std::string fake = inline_info("go1.1", "path\tfake\n") + std::string(64, 'x');
  const std::string own = elf_of({{1, 4, fake}, {1, 6, std::string(64, 'd') + info}});
  const std::string late(1000, 'l');
  const std::uint64_t at = own.find(info);
  struct Row {
    const char* name;
    std::string bytes;
    std::size_t packages;
  };
  for (const Row& row : std::initializer_list<Row>{
           {"only in what is read", elf_of({{1, 4, fake}, {1, 6, "data"}}), 0},
           {"with the code", elf_of({{1, 5, fake}, {1, 6, "data"}}), 0},
           {"a text in data", elf_of({{1, 6, mark}}), 0},
           {"a text, then the record", elf_of({{1, 6, mark + info}}), 4},
           {"a record in what is read, then the record", own, 4},
           {"a section of its own", with_sections(own, {64, at - 64, at}), 4},
           {"the table in front",
            with_sections(elf_of({{1, 4, std::string(256, 't')}, {1, 6, info}}), {192, 448}, 192),
            4},
           {"inside of a section", with_sections(own, {64, at - 64}), 0},
           {"a section of its own, read only", with_sections(elf_of({{1, 4, info}}), {128}), 4},
           {"the record in a far table", with_sections(own + late, {at, 5000}), 4},
           {"pe", test::pe_of({{".rdata", fake}, {".data", late}}), 0},
           {"pe, then the record", test::pe_of({{".rdata", fake}, {".data", info}}), 4},
           {"mach-o", test::mach_o_of({{"__TEXT,__const", fake}, {"__DATA,__go_buildinfo", info}}),
            4},
           {"mach-o, elsewhere",
            test::mach_o_of({{"__DATA,__go_buildinfo", late}, {"__DATA,__data", info}}), 0},
       }) {
    for (const std::size_t piece : {1U, 100U, 1U << 20}) {
      const Evidence evidence = read_content("x", row.bytes, piece);
      EXPECT_EQ(texts_of(evidence).size(), row.packages) << row.name << " " << piece;
      EXPECT_THAT(evidence.problems, IsEmpty()) << row.name << " " << piece;
    }
  }
}

TEST(GoBuildInfo, VersionOfTheProgramItself) {
  struct Row {
    const char* flags;
    const char* version;
  };
  for (const Row& row : std::initializer_list<Row>{
           {"-ldflags=-s -w -X main.version=1.2.3", "v1.2.3"},
           {"-ldflags=\"-X 'main.Version=v1.2.3'\"", "v1.2.3"},
           {"-ldflags=-X=main.version=v2.0.0-rc.1", "v2.0.0-rc.1"},
           {"-ldflags=-X example.com/app/internal/build.Version=1.0.0", "v1.0.0"},
           {"-ldflags=-X github.com/other/thing.Version=9.9.9", "(devel)"},
           {"-ldflags=-X main.version=dev", "(devel)"},
           {"-ldflags=-X main.commit=1.2.3", "(devel)"},
           {"-ldflags=-X", "(devel)"},
           {"-tags=x", "(devel)"},
       }) {
    const GoBuildInfo info = parse_go_build_info(
        "go1.21.3", "mod\texample.com/app\t(devel)\nbuild\t" + std::string(row.flags) + "\n");
    EvidenceBuilder builder("bin/go", "x");
    add_go_packages(info, builder);
    EXPECT_EQ(builder.take().packages.at(0).version, row.version) << row.flags;
  }
}

TEST(GoBuildInfo, Releases) {
  struct Row {
    const char* toolchain;
    const char* release;
  };
  for (const Row& row : std::initializer_list<Row>{
           {"go1.21.3", "1.21.3"},
           {"go1.20", "1.20"},
           {"go1.21rc2", "1.21.0-rc.2"},
           {"go1.18beta1", "1.18.0-beta.1"},
           {"go1.19.13 X:boringcrypto", "1.19.13"},
           {"go1.19.13-X:boringcrypto", "1.19.13"},
           {"go1.22.1 (Red Hat 1.22.1-2.el9)", "1.22.1"},
           {"devel go1.23-abcdef Tue", ""},
           {"unknown", ""},
           {"", ""},
       }) {
    EXPECT_EQ(go_release(row.toolchain), row.release) << row.toolchain;
  }
}

TEST(GoBuildInfo, HostileLines) {
  const GoBuildInfo info = parse_go_build_info(
      "go1.21", "dep\n=>\t\t\n=>\tx\ty\nmod\nnonsense\ndep\t\tv1\ndep\tbad name\tv1\nbuild\tx\n");
  EvidenceBuilder builder("bin/go", "x");
  add_go_packages(info, builder);
  const Evidence evidence = builder.take();
  EXPECT_THAT(texts_of(evidence), ElementsAre("pkg:golang/stdlib@1.21"));
  EXPECT_EQ(evidence.problems.size(), 1U);
}

TEST(GoFunctions, HeadersThatLieAreNone) {
  const std::string good = function_table(0xfffffff1, kNames);
  EXPECT_TRUE(GoFunctions::open(0, good));
  for (const std::size_t field : {8U, 32U, 40U}) {  // count, begin and end of the names
    std::string lying = good;
    lying.replace(field, 8, std::string(8, '\xff'));
    EXPECT_FALSE(GoFunctions::open(0, lying)) << field;
  }
  EXPECT_FALSE(GoFunctions::open(0, good.substr(0, 40)));
  EXPECT_FALSE(GoFunctions::open(0, ""));
}

}  // namespace
}  // namespace seaworthy
