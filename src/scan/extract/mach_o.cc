// Mach-O, the executables of macOS (Apple's "OS X ABI Mach-O File Format Reference" and
// mach-o/loader.h): a header, then load commands, of which the segments list their sections. A fat
// file (mach-o/fat.h) is a table of such files, always in big-endian order; its magic is also that
// of a compiled Java class, whose version stands where the number of architectures would.
#include <algorithm>
#include <string>

#include "scan/extract/executable.h"

namespace seaworthy {
namespace {

constexpr std::uint32_t kMagic32 = 0xfeedface;
constexpr std::uint32_t kMagic64 = 0xfeedfacf;
constexpr std::uint32_t kSegment32 = 1;
constexpr std::uint32_t kSegment64 = 0x19;
constexpr std::uint32_t kFatMagic = 0xcafebabe;
constexpr std::uint32_t kFatMagic64 = 0xcafebabf;
constexpr std::uint32_t kMaxArchitectures = 15;  // fit into a head; Java's first version is 45
constexpr std::uint32_t kMaxSections = 4096;
constexpr std::uint32_t kWriteProtection = 2;
constexpr std::uint32_t kExecuteProtection = 4;

struct Header {
  ByteOrder order = ByteOrder::kLittle;
  bool is_64 = false;
  std::uint32_t commands = 0, command_bytes = 0;
  std::uint64_t begin() const { return is_64 ? 32 : 28; }
  std::uint64_t end() const { return begin() + command_bytes; }
};

Header header_of(std::string_view front) {
  Header header;
  const std::uint32_t big = ByteView(front, ByteOrder::kBig).u32(0);
  header.order = big == kMagic32 || big == kMagic64 ? ByteOrder::kBig : ByteOrder::kLittle;
  const ByteView view(front, header.order);
  header.is_64 = view.u32(0) == kMagic64;
  header.commands = view.u32(16);
  header.command_bytes = view.u32(20);
  return header;
}

std::string fixed_text(std::string_view field) {
  return std::string(field.substr(0, field.find('\0')));
}

bool has_no_bytes(std::uint32_t section_flags) {
  const std::uint32_t type = section_flags & 0xff;
  return type == 1 || type == 0xc || type == 0x12;  // zero fill, large, thread-local
}

// One segment command of `size` bytes at `at`.
Status read_segment(const ByteView& view, std::uint64_t at, std::uint64_t size, bool is_64,
                    std::uint64_t file_size, Executable& out) {
  const std::uint64_t protection_at = at + (is_64 ? 60 : 44);
  const std::uint32_t count = view.u32(at + (is_64 ? 64 : 48));
  const std::uint64_t header_bytes = is_64 ? 72 : 56;
  const std::uint64_t section_bytes = is_64 ? 80 : 68;
  const std::uint64_t room = size < header_bytes ? 0 : (size - header_bytes) / section_bytes;
  if (count > room || out.parts.size() + count > kMaxSections) {
    return Error{ErrorCode::kInvalidInput,
                 "Mach-O: a segment of " + std::to_string(count) + " sections"};
  }
  const std::uint32_t protection = view.u32(protection_at);
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t section = at + header_bytes + i * section_bytes;
    const std::uint64_t numbers = section + 32;
    ExecutablePart part;
    part.name =
        fixed_text(view.slice(section + 16, 16)) + "," + fixed_text(view.slice(section, 16));
    part.address = is_64 ? view.u64(numbers) : view.u32(numbers);
    const std::uint64_t bytes = is_64 ? view.u64(numbers + 8) : view.u32(numbers + 4);
    const std::uint64_t offset = view.u32(numbers + (is_64 ? 16 : 8));
    if (!has_no_bytes(view.u32(numbers + (is_64 ? 32 : 24)))) {
      part.file = clipped(offset, bytes, file_size);
    }
    part.writable = (protection & kWriteProtection) != 0;
    part.executable = (protection & kExecuteProtection) != 0;
    out.parts.push_back(std::move(part));
  }
  return ok_status();
}

}  // namespace

std::uint64_t mach_o_front(std::string_view front) {
  constexpr std::uint64_t kHeaderBytes = 32;
  return front.size() < kHeaderBytes ? kHeaderBytes : header_of(front).end();
}

Result<Executable> read_mach_o(std::string_view front, std::uint64_t file_size) {
  const Header header = header_of(front);
  if (header.end() > front.size()) {
    return Error{ErrorCode::kInvalidInput, "Mach-O: load commands of " +
                                               std::to_string(header.command_bytes) +
                                               " bytes: cut, or more than are read"};
  }
  const ByteView view(front.substr(0, header.end()), header.order);
  Executable out;
  out.form = ExecutableForm::kMachO;
  out.is_64 = header.is_64;
  out.order = header.order;
  std::uint64_t at = header.begin();
  for (std::uint32_t i = 0; i < header.commands; ++i) {
    const std::uint32_t command = view.u32(at);
    const std::uint64_t size = view.u32(at + 4);
    if (size < 8 || !view.has(at, size)) {
      return Error{ErrorCode::kInvalidInput,
                   "Mach-O: load command " + std::to_string(i) + " is outside its table"};
    }
    if (command == kSegment32 || command == kSegment64) {
      RETURN_IF_ERROR(read_segment(view, at, size, command == kSegment64, file_size, out));
    }
    at += size;
  }
  return out;
}

std::vector<FileRange> fat_slices(std::string_view head, std::uint64_t file_size) {
  const ByteView view(head, ByteOrder::kBig);
  const std::uint32_t magic = view.u32(0);
  const std::uint32_t count = view.u32(4);
  if ((magic != kFatMagic && magic != kFatMagic64) || count == 0 || count > kMaxArchitectures) {
    return {};
  }
  const bool is_64 = magic == kFatMagic64;
  std::vector<FileRange> slices;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t at = 8 + i * (is_64 ? 32 : 20);
    const FileRange slice = is_64 ? clipped(view.u64(at + 8), view.u64(at + 16), file_size)
                                  : clipped(view.u32(at + 8), view.u32(at + 12), file_size);
    if (slice.size > 0) slices.push_back(slice);
  }
  std::sort(slices.begin(), slices.end(),
            [](const FileRange& a, const FileRange& b) { return a.offset < b.offset; });
  std::uint64_t end = 0;
  std::erase_if(slices, [&](const FileRange& slice) {
    if (slice.offset < end) return true;
    end = slice.end();
    return false;
  });
  return slices;
}

}  // namespace seaworthy
