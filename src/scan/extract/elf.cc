// ELF (System V ABI, "Object Files" and "Program Loading"; gABI draft of 2013), read as a loader
// reads it: the ELF header and the program headers behind it. The table of sections stands at the
// end of most files, so it comes too late for a reader that passes over the file once, and nothing
// that runs depends on it: a stripped file need not have one. What is looked for inside (notes,
// build information) is found by segments and by its own marks; the table, where it is, can only
// confirm it.
#include "scan/extract/executable.h"

namespace seaworthy {
namespace {

constexpr std::uint16_t kTypeExecutable = 2;
constexpr std::uint16_t kTypeShared = 3;
constexpr std::uint32_t kLoad = 1;
constexpr std::uint32_t kNote = 4;
constexpr std::uint32_t kProgramBits = 1;  // the type of a section that the program itself defines
constexpr std::uint32_t kFlagExecute = 1;
constexpr std::uint32_t kFlagWrite = 2;
constexpr std::size_t kIdentBytes = 16;
constexpr std::uint16_t kMaxSegments = 1024;
constexpr std::uint64_t kSectionBytes = 64;    // of an entry of the table of sections
constexpr std::uint64_t kSectionBytes32 = 40;  // the same in files of 32 bits

struct Header {
  bool is_64 = false;
  ByteOrder order = ByteOrder::kLittle;
  std::uint16_t type = 0;
  std::uint64_t table = 0;  // of program headers
  std::uint16_t entry_bytes = 0, entries = 0;

  std::uint64_t table_end() const { return table + std::uint64_t{entry_bytes} * entries; }
  // Beyond the reach of what is kept of a file's front: patched by a tool that moved it.
  bool table_is_far() const { return table > kMaxFrontBytes || table_end() > kMaxFrontBytes; }
};

std::size_t header_bytes(std::string_view front) {
  return front.size() > 4 && front[4] == 2 ? 64 : 52;
}

Header header_of(std::string_view front) {
  Header header;
  header.is_64 = front[4] == 2;
  header.order = front[5] == 2 ? ByteOrder::kBig : ByteOrder::kLittle;
  const ByteView view(front, header.order);
  header.type = view.u16(kIdentBytes);
  header.table = header.is_64 ? view.u64(32) : view.u32(28);
  header.entry_bytes = view.u16(header.is_64 ? 54 : 42);
  header.entries = view.u16(header.is_64 ? 56 : 44);
  return header;
}

// Empty where there is none, or one that is cut.
FileRange sections_of(std::string_view front, const Header& header, std::uint64_t file_size) {
  const ByteView view(front, header.order);
  const std::uint64_t begin = header.is_64 ? view.u64(40) : view.u32(32);
  const std::uint64_t entry = view.u16(header.is_64 ? 58 : 46);
  const std::uint64_t size = entry * view.u16(header.is_64 ? 60 : 48);
  if (begin == 0 || entry != (header.is_64 ? kSectionBytes : kSectionBytes32)) return {};
  const FileRange table = clipped(begin, size, file_size);
  return table.size == size ? table : FileRange{};
}

struct Segment {
  std::uint32_t type = 0, flags = 0;
  std::uint64_t offset = 0, address = 0, size = 0;
};

Segment segment_at(const ByteView& view, std::uint64_t at, bool is_64) {
  if (is_64) {
    return {view.u32(at), view.u32(at + 4), view.u64(at + 8), view.u64(at + 16), view.u64(at + 32)};
  }
  return {view.u32(at), view.u32(at + 24), view.u32(at + 4), view.u32(at + 8), view.u32(at + 16)};
}

}  // namespace

std::uint64_t elf_front(std::string_view front) {
  const std::size_t size = header_bytes(front);
  if (front.size() < size) return size;
  const Header header = header_of(front);
  return header.table_is_far() ? size : header.table_end();
}

bool elf_section_begins(const Executable& executable, std::string_view table,
                        std::uint64_t offset) {
  const ByteView view(table, executable.order);
  const std::uint64_t entry = executable.is_64 ? kSectionBytes : kSectionBytes32;
  for (std::uint64_t at = 0; view.has(at, entry); at += entry) {
    const std::uint64_t begin = executable.is_64 ? view.u64(at + 24) : view.u32(at + 16);
    const std::uint64_t size = executable.is_64 ? view.u64(at + 32) : view.u32(at + 20);
    if (begin == offset && size > 0 && view.u32(at + 4) == kProgramBits) return true;
  }
  return false;
}

Result<Executable> read_elf(std::string_view front, std::uint64_t file_size) {
  if (front.size() < header_bytes(front)) {
    return Error{ErrorCode::kInvalidInput, "ELF: cut inside its header"};
  }
  if ((front[4] != 1 && front[4] != 2) || (front[5] != 1 && front[5] != 2)) {
    return Error{ErrorCode::kInvalidInput, "ELF: neither 32 nor 64 bits, or no byte order"};
  }
  const Header header = header_of(front);
  Executable out;
  out.form = ExecutableForm::kElf;
  out.is_64 = header.is_64;
  out.order = header.order;
  out.sections = sections_of(front, header, file_size);
  // Objects before linking, kernel modules and memory dumps are no programs.
  if (header.type != kTypeExecutable && header.type != kTypeShared) return out;
  if (header.table_is_far()) {
    // Addresses are unknown, but what has marks of its own is found.
    out.parts.push_back({"", {0, file_size}, 0, false, false});
    return out;
  }
  if (header.entries > 0 && header.entry_bytes != (header.is_64 ? 56 : 32)) {
    return Error{ErrorCode::kInvalidInput,
                 "ELF: program headers of " + std::to_string(header.entry_bytes) + " bytes"};
  }
  if (header.entries > kMaxSegments) {
    return Error{ErrorCode::kInvalidInput,
                 "ELF: " + std::to_string(header.entries) + " program headers"};
  }
  if (header.table_end() > front.size()) {
    return Error{ErrorCode::kInvalidInput, "ELF: cut inside its program headers"};
  }
  const ByteView view(front, header.order);
  for (std::uint64_t i = 0; i < header.entries; ++i) {
    const Segment segment = segment_at(view, header.table + i * header.entry_bytes, header.is_64);
    const FileRange file = clipped(segment.offset, segment.size, file_size);
    if (segment.type == kNote && file.size > 0) out.notes.push_back(file);
    if (segment.type != kLoad) continue;
    out.parts.push_back({"", file, segment.address, (segment.flags & kFlagWrite) != 0,
                         (segment.flags & kFlagExecute) != 0});
  }
  return out;
}

}  // namespace seaworthy
