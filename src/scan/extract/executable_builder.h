#pragma once

// For tests and fuzz seeds: small executables, right and wrong ones.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/byte_view.h"

namespace seaworthy::test {

// Numbers in a byte order of choice, one behind another.
class Bytes {
 public:
  explicit Bytes(ByteOrder order = ByteOrder::kLittle) : order_(order) {}

  Bytes& number(std::uint64_t value, unsigned size) {
    for (unsigned i = 0; i < size; ++i) {
      const unsigned shift = 8 * (order_ == ByteOrder::kLittle ? i : size - 1 - i);
      text_ += static_cast<char>(value >> shift & 0xff);
    }
    return *this;
  }
  Bytes& u16(std::uint64_t value) { return number(value, 2); }
  Bytes& u32(std::uint64_t value) { return number(value, 4); }
  Bytes& u64(std::uint64_t value) { return number(value, 8); }
  Bytes& text(std::string_view value) {
    text_ += value;
    return *this;
  }
  Bytes& field(std::string_view value, std::size_t size) {
    text_ += value.substr(0, size);
    text_.append(size - std::min(size, value.size()), '\0');
    return *this;
  }
  Bytes& align(std::size_t to) {
    text_.append((to - text_.size() % to) % to, '\0');
    return *this;
  }
  std::size_t size() const { return text_.size(); }
  const std::string& str() const { return text_; }

 private:
  const ByteOrder order_;
  std::string text_;
};

struct TestSegment {
  std::uint32_t type = 1;   // PT_LOAD
  std::uint32_t flags = 4;  // readable
  std::string bytes;
};

constexpr std::uint64_t kTestBase = 0x400000;

// An ELF file; each segment begins at a multiple of 64 and is loaded at kTestBase + its offset.
inline std::string elf_of(const std::vector<TestSegment>& segments, bool is_64 = true,
                          ByteOrder order = ByteOrder::kLittle, unsigned type = 2) {
  const std::size_t header_bytes = is_64 ? 64 : 52;
  const std::size_t entry_bytes = is_64 ? 56 : 32;
  const unsigned word = is_64 ? 8 : 4;
  Bytes out(order);
  out.text(
         "\x7f"
         "ELF")
      .number(is_64 ? 2 : 1, 1)
      .number(order == ByteOrder::kLittle ? 1 : 2, 1);
  out.number(1, 1).field("", 9).u16(type).u16(is_64 ? 62 : 3).u32(1);
  out.number(0, word).number(header_bytes, word).number(0, word).u32(0);
  out.u16(header_bytes).u16(entry_bytes).u16(segments.size()).u16(0).u16(0).u16(0);
  std::uint64_t at = header_bytes + entry_bytes * segments.size();
  Bytes content(order);
  for (const TestSegment& segment : segments) {
    at = (at + 63) / 64 * 64;
    const std::uint64_t size = segment.bytes.size();
    out.u32(segment.type);
    if (is_64) out.u32(segment.flags);
    out.number(at, word).number(kTestBase + at, word).number(kTestBase + at, word);
    out.number(size, word).number(size, word);
    if (!is_64) out.u32(segment.flags);
    out.number(64, word);
    at += size;
  }
  std::string file = out.str();
  for (const TestSegment& segment : segments) {
    file.append((64 - file.size() % 64) % 64, '\0');
    file += segment.bytes;
  }
  return file;
}

using NamedBytes = std::vector<std::pair<std::string, std::string>>;

// A PE file; sections begin at multiples of 512 and are loaded at 0x1000, 0x2000, ...
inline std::string pe_of(const NamedBytes& sections, bool plus = true, bool managed = false) {
  Bytes out;
  out.field("MZ", 0x3c).u32(0x40).text(std::string_view("PE\0\0", 4));
  const unsigned directories = 16;
  const std::size_t optional = (plus ? 112 : 96) + 8 * directories;
  out.u16(0x8664).u16(sections.size()).u32(0).u32(0).u32(0).u16(optional).u16(0x22);
  const std::size_t begin = out.size();
  out.u16(plus ? 0x20b : 0x10b).field("", 22);
  if (plus) {
    out.u64(0x140000000);
  } else {
    out.u32(0).u32(0x400000);
  }
  out.field("", (plus ? 108U : 92U) - (out.size() - begin)).u32(directories);
  std::uint64_t address = 0x1000;
  std::uint64_t resources = 0;
  for (const auto& [name, bytes] : sections) {
    if (name == ".rsrc") resources = address;
    address += (bytes.size() / 0x1000 + 1) * 0x1000;
  }
  for (unsigned i = 0; i < directories; ++i) {
    const bool is_resources = i == 2 && resources != 0;
    const bool is_clr = i == 14 && managed;
    out.u32(is_resources ? resources : is_clr ? 0x2000 : 0);
    out.u32(is_resources ? 0x10000 : is_clr ? 72 : 0);
  }
  std::uint64_t at = (out.size() + 40 * sections.size() + 511) / 512 * 512;
  address = 0x1000;
  for (const auto& [name, bytes] : sections) {
    out.field(name, 8).u32(bytes.size()).u32(address).u32(bytes.size()).u32(at).field("", 12);
    out.u32(name == ".data" ? 0xc0000040 : name == ".text" ? 0x60000020 : 0x40000040);
    at = (at + bytes.size() + 511) / 512 * 512;
    address += (bytes.size() / 0x1000 + 1) * 0x1000;
  }
  std::string file = out.str();
  for (const auto& [name, bytes] : sections) {
    file.append((512 - file.size() % 512) % 512, '\0');
    file += bytes;
  }
  return file;
}

// A Mach-O file of one segment; names are "__DATA,__go_buildinfo".
inline std::string mach_o_of(const NamedBytes& sections, bool is_64 = true,
                             ByteOrder order = ByteOrder::kLittle) {
  const unsigned word = is_64 ? 8 : 4;
  const std::size_t header_bytes = is_64 ? 32 : 28;
  const std::size_t command_bytes = (is_64 ? 72 : 56) + (is_64 ? 80 : 68) * sections.size();
  Bytes out(order);
  out.u32(is_64 ? 0xfeedfacf : 0xfeedface).u32(0x0100000c).u32(0).u32(2).u32(1).u32(command_bytes);
  out.u32(0);
  if (is_64) out.u32(0);
  out.u32(is_64 ? 0x19 : 1).u32(command_bytes).field("__DATA", 16).field("", 4 * word);
  out.u32(3).u32(3).u32(sections.size()).u32(0);
  std::uint64_t at = header_bytes + command_bytes;
  for (const auto& [name, bytes] : sections) {
    at = (at + 63) / 64 * 64;
    const std::size_t comma = name.find(',');
    out.field(name.substr(comma + 1), 16).field(name.substr(0, comma), 16);
    out.number(kTestBase + at, word).number(bytes.size(), word).u32(at).field("", 20);
    if (is_64) out.u32(0).u32(0);
    if (!is_64) out.u32(0);
    at += bytes.size();
  }
  std::string file = out.str();
  for (const auto& [name, bytes] : sections) {
    file.append((64 - file.size() % 64) % 64, '\0');
    file += bytes;
  }
  return file;
}

// A fat Mach-O file.
inline std::string fat_of(const std::vector<std::string>& slices) {
  Bytes out(ByteOrder::kBig);
  out.u32(0xcafebabe).u32(slices.size());
  std::uint64_t at = 4096;
  for (const std::string& slice : slices) {
    out.u32(0x0100000c).u32(0).u32(at).u32(slice.size()).u32(12);
    at = (at + slice.size() + 4095) / 4096 * 4096;
  }
  std::string file = out.str();
  for (const std::string& slice : slices) {
    file.append((4096 - file.size() % 4096) % 4096, '\0');
    file += slice;
  }
  return file;
}

}  // namespace seaworthy::test
