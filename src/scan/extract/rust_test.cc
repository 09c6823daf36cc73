#include <zlib.h>

#include <gmock/gmock.h>

#include "scan/extract/content_test_support.h"
#include "scan/extract/executable_builder.h"

namespace seaworthy {
namespace {

using test::elf_of;
using test::read_content;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string deflated(const std::string& text, int level) {
  uLongf size = compressBound(text.size());
  std::string out(size, '\0');
  compress2(reinterpret_cast<Bytef*>(out.data()), &size,
            reinterpret_cast<const Bytef*>(text.data()), text.size(), level);
  out.resize(size);
  return out;
}

const std::string kCrates =
    R"({"packages":[{"name":"app","version":"0.3.0","source":"local","root":true,"dependencies":[1]},)"
    R"({"name":"cc","version":"1.0.83","source":"crates.io","kind":"build"},)"
    R"({"name":"regex","version":"1.9.1","source":"crates.io"}]})";

std::vector<std::string> texts_of(const Evidence& evidence) {
  std::vector<std::string> out;
  for (const Package& package : evidence.packages) {
    out.push_back(std::string(package.property("purl")));
  }
  return out;
}

TEST(RustBinary, RuntimeCratesOfEveryForm) {
  const std::string noise = std::string(3000, 'x') + "x\x9cx\xda" + std::string(500, '\x01');
  for (const int level : {1, 5, 6, 9}) {
    const std::string section = noise + deflated(kCrates, level) + noise;
    for (const std::string& bytes :
         {elf_of({{1, 5, "code"}, {1, 4, section}, {1, 6, "data"}}), elf_of({{1, 5, section}}),
          test::pe_of({{".text", "code"}, {".dep-v0", section}}),
          test::mach_o_of({{"__DATA,.dep-v0", section}})}) {
      for (const std::size_t piece : {1U, 13U, 1U << 20}) {
        const Evidence evidence = read_content("usr/bin/app", bytes, piece);
        EXPECT_THAT(texts_of(evidence),
                    ElementsAre("pkg:cargo/app@0.3.0", "pkg:cargo/regex@1.9.1"));
        EXPECT_THAT(evidence.problems, IsEmpty());
      }
    }
  }
}

TEST(RustBinary, DamagedListsAreSaid) {
  const std::string good = deflated(kCrates, 9);
  struct Row {
    const char* name;
    std::string section;
    const char* message;
  };
  for (const Row& row : std::initializer_list<Row>{
           {"cut", good.substr(0, 80), "damaged"},
           {"bad checksum", good.substr(0, good.size() - 1) + "!", "damaged"},
           {"no JSON", deflated(R"({"packages":[nonsense)", 9), "JSON"},
           {"a bomb", deflated(R"({"packages":[)" + std::string(40 << 20, ' '), 9),
            "larger than is read"},
           {"bad name", deflated(R"({"packages":[{"name":"a b","version":"1"}]})", 9),
            "no plain word"},
       }) {
    const Evidence evidence = read_content("x", elf_of({{1, 4, row.section}}));
    EXPECT_THAT(evidence.packages, IsEmpty()) << row.name;
    ASSERT_EQ(evidence.problems.size(), 1U) << row.name;
    EXPECT_THAT(evidence.problems[0].message, HasSubstr(row.message)) << row.name;
  }
  EXPECT_THAT(read_content("x", elf_of({{1, 4, deflated("{\"other\":[]}", 9)}})).problems,
              IsEmpty());
}

std::string note(const std::string& owner, std::uint32_t type, const std::string& text,
                 ByteOrder order) {
  test::Bytes out(order);
  out.u32(owner.size() + 1).u32(text.size() + 1).u32(type);
  out.field(owner, owner.size() + 1).align(4).field(text, text.size() + 1).align(4);
  return out.str();
}

const std::string kMetadata =
    R"({"type":"rpm","os":"fedora","name":"coreutils","version":"9.3-4.fc39","architecture":"x86_64"})";

TEST(ElfNote, PackageMetadata) {
  for (const ByteOrder order : {ByteOrder::kLittle, ByteOrder::kBig}) {
    const std::string notes = note("GNU", 3, "0123456789", order) +
                              note("FDO", 0xcafe1a7e, kMetadata, order) +
                              note("FDO", 1, "{}", order);
    const std::string bytes = elf_of({{4, 4, notes}, {1, 5, "code"}}, true, order);
    for (const std::size_t piece : {1U, 1U << 20}) {
      const Evidence evidence = read_content("opt/ls", bytes, piece);
      EXPECT_THAT(texts_of(evidence),
                  ElementsAre("pkg:rpm/fedora/coreutils@9.3-4.fc39?arch=x86_64"));
      EXPECT_EQ(evidence.packages.at(0).property("unless-owned"), "yes");
    }
  }
}

TEST(ElfNote, HostileNotes) {
  const auto order = ByteOrder::kLittle;
  std::string huge = note("FDO", 0xcafe1a7e, kMetadata, order);
  huge.replace(4, 4, "\xff\xff\xff\xff");
  EXPECT_THAT(read_content("x", elf_of({{4, 4, huge}})).packages, IsEmpty());
  const Evidence bad =
      read_content("x", elf_of({{4, 4, note("FDO", 0xcafe1a7e, "{\"type\":", order)}}));
  ASSERT_EQ(bad.problems.size(), 1U);
  EXPECT_THAT(bad.problems[0].message, HasSubstr("its package note"));
}

}  // namespace
}  // namespace seaworthy
