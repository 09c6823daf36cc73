#include "scan/extract/executable.h"

#include <gmock/gmock.h>

#include "scan/extract/executable_builder.h"
#include "scan/extract/executable_reader.h"

namespace seaworthy {
namespace {

using test::elf_of;
using test::fat_of;
using test::mach_o_of;
using test::pe_of;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string form_of(const std::string& bytes) {
  const auto read = read_executable(bytes, bytes.size());
  if (!read) return "error: " + read.error().message;
  std::string text = read->form == ExecutableForm::kElf  ? "elf"
                     : read->form == ExecutableForm::kPe ? "pe"
                                                         : "mach-o";
  text += read->is_64 ? " 64" : " 32";
  text += read->order == ByteOrder::kBig ? " big" : "";
  for (const ExecutablePart& part : read->parts) {
    text += " [" + part.name + (part.writable ? "w" : "") + (part.executable ? "x" : "") + " " +
            bytes.substr(part.file.offset, part.file.size) + "]";
  }
  return text;
}

TEST(Executable, Forms) {
  struct Row {
    const char* name;
    std::string bytes;
    const char* expected;
  };
  const std::vector<test::TestSegment> segments{{1, 5, "code"}, {1, 6, "data"}, {4, 4, "note"}};
  const test::NamedBytes sections{{".text", "code"}, {".data", "data"}};
  const test::NamedBytes named{{"__TEXT,__text", "code"}, {"__DATA,__data", "data"}};
  const std::vector<Row> rows{
      {"elf 64", elf_of(segments), "elf 64 [x code] [w data]"},
      {"elf 64 big", elf_of(segments, true, ByteOrder::kBig), "elf 64 big [x code] [w data]"},
      {"elf 32", elf_of(segments, false), "elf 32 [x code] [w data]"},
      {"elf 32 big", elf_of(segments, false, ByteOrder::kBig), "elf 32 big [x code] [w data]"},
      {"elf shared", elf_of(segments, true, ByteOrder::kLittle, 3), "elf 64 [x code] [w data]"},
      {"elf object", elf_of(segments, true, ByteOrder::kLittle, 1), "elf 64"},
      {"elf core", elf_of(segments, true, ByteOrder::kLittle, 4), "elf 64"},
      {"pe32+", pe_of(sections), "pe 64 [.textx code] [.dataw data]"},
      {"pe32", pe_of(sections, false), "pe 32 [.textx code] [.dataw data]"},
      {"dos", "MZ" + std::string(100, 'x'), "pe 32"},
      {"mach-o 64", mach_o_of(named), "mach-o 64 [__TEXT,__textw code] [__DATA,__dataw data]"},
      {"mach-o 32 big", mach_o_of(named, false, ByteOrder::kBig),
       "mach-o 32 big [__TEXT,__textw code] [__DATA,__dataw data]"},
      {"elf cut in its header", elf_of(segments).substr(0, 40),
       "error: ELF: cut inside its header"},
      {"elf cut in its table", elf_of(segments).substr(0, 100),
       "error: ELF: cut inside its program headers"},
      {"elf of 48 bits",
       "\x7f"
       "ELF\3\1" +
           std::string(64, '\0'),
       "error: ELF: neither 32 nor 64 bits, or no byte order"},
      {"pe cut in its table", pe_of(sections).substr(0, 0x40 + 24 + 240 + 50),
       "error: PE: cut inside its table of sections"},
      {"mach-o cut", mach_o_of(named).substr(0, 100),
       "error: Mach-O: load commands of 232 bytes: cut, or more than are read"},
      {"text", "#!/bin/sh", "error: no executable"},
      {"empty", "", "error: no executable"},
  };
  for (const Row& row : rows) EXPECT_EQ(form_of(row.bytes), row.expected) << row.name;
}

// Whatever a header claims, a range is inside the file.
TEST(Executable, LyingHeadersStayInside) {
  const std::string bytes = elf_of({{1, 4, "data"}});
  for (const std::size_t field : {72U, 96U}) {  // offset and size of the segment
    std::string lying = bytes;
    lying.replace(field, 8, std::string(8, '\xff'));
    const auto read = read_executable(lying, lying.size());
    ASSERT_TRUE(read) << read.error().message;
    for (const ExecutablePart& part : read->parts) {
      EXPECT_LE(part.file.end(), lying.size());
      EXPECT_GE(part.file.end(), part.file.offset);
    }
  }
  std::string many = bytes;
  many.replace(56, 2, "\x01\x04");
  EXPECT_THAT(form_of(many), HasSubstr("1025 program headers"));
  std::string far = bytes;
  far.replace(32, 8, std::string(7, '\xff') + std::string(1, '\0'));
  EXPECT_EQ(read_executable(far, 1000)->parts.front().file, (FileRange{0, 1000}));
  EXPECT_LE(executable_front(far), kMaxFrontBytes);
}

TEST(Executable, FatSlicesAreNoJavaClass) {
  const std::string one = mach_o_of({{"__DATA,__data", "one"}});
  const std::string fat = fat_of({one, one});
  EXPECT_THAT(fat_slices(fat, fat.size()),
              ElementsAre(FileRange{4096, one.size()}, FileRange{8192, one.size()}));
  EXPECT_THAT(fat_slices(fat, 4000), IsEmpty());
  const std::string java("\xca\xfe\xba\xbe\0\0\0\x34", 8);
  EXPECT_THAT(fat_slices(java + std::string(500, 'x'), 508), IsEmpty());
  std::string overlapping = fat;
  overlapping.replace(8 + 20 + 8, 4, overlapping.substr(8 + 8, 4));
  EXPECT_THAT(fat_slices(overlapping, fat.size()), ElementsAre(FileRange{4096, one.size()}));
}

TEST(Executable, PackedByUpx) {
  EXPECT_TRUE(read_executable(elf_of({{1, 5, "UPX!"}}), 1000)->packed);
  EXPECT_FALSE(read_executable(elf_of({{1, 5, "code"}}), 1000)->packed);
}

TEST(PairSearch, FindsWhatASimpleLoopFinds) {
  const PairSearch search({"ab", "\xff\x01"});
  std::string text;
  std::uint32_t state = 7;
  for (int i = 0; i < 5000; ++i) {
    state = state * 1664525U + 1013904223U;
    text += "abc\xff\x01z"[state >> 24 & 3 ? (state >> 16) % 6 : 2];
  }
  std::vector<std::size_t> expected, found;
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    if (text.substr(i, 2) == "ab" || text.substr(i, 2) == "\xff\x01") expected.push_back(i);
  }
  for (std::size_t at = search.find(text, 0); at != text.npos; at = search.find(text, at + 1)) {
    found.push_back(at);
  }
  EXPECT_EQ(found, expected);
  EXPECT_GT(found.size(), 100U);
  for (std::size_t size = 0; size < 40; ++size) {
    EXPECT_EQ(search.find(std::string(size, '.') + "ab", 0), size);
    EXPECT_EQ(search.find(std::string(size, 'a'), 0), std::string::npos);
  }
}

TEST(Lookahead, ShowsEveryPlaceOnceWithWhatIsBehind) {
  std::string text;
  for (int i = 0; i < 300; ++i) text += std::to_string(i) + ",";
  for (const std::size_t piece : {1U, 3U, 16U, 17U, 100U, 5000U}) {
    Lookahead lookahead(16);
    std::string seen;
    const auto look = [&](std::uint64_t offset, std::string_view view, std::size_t begins) {
      EXPECT_EQ(offset, seen.size());
      EXPECT_EQ(view, std::string_view(text).substr(offset, view.size()));
      EXPECT_GE(view.size() + offset, std::min(text.size(), offset + begins + 15));
      seen += view.substr(0, begins);
    };
    for (std::size_t at = 0; at < text.size(); at += piece) {
      lookahead.feed(at, std::string_view(text).substr(at, piece), look);
    }
    lookahead.end(look);
    EXPECT_EQ(seen, text) << piece;
  }
}

}  // namespace
}  // namespace seaworthy
