// PE, the executables of Windows and of .NET (Microsoft's "PE Format"): a DOS header whose field at
// 0x3c leads to the signature, the COFF header, the optional header in its 32-bit (PE32) or 64-bit
// form (PE32+), its data directories, and the table of sections. All of it is in front.
#include <algorithm>
#include <string>

#include "scan/extract/executable.h"

namespace seaworthy {
namespace {

constexpr std::uint64_t kDosHeader = 64;
constexpr std::uint64_t kCoffBytes = 24;  // with the signature
constexpr std::uint64_t kSectionBytes = 40;
constexpr std::uint16_t kPe32 = 0x10b;
constexpr std::uint16_t kPe32Plus = 0x20b;
constexpr std::uint32_t kExecute = 0x20000000;
constexpr std::uint32_t kWrite = 0x80000000;
constexpr unsigned kResourceDirectory = 2;
constexpr unsigned kClrDirectory = 14;
constexpr std::uint16_t kMaxSections = 2048;

struct Header {
  std::uint64_t at = 0;  // of the signature
  std::uint16_t sections = 0, optional_bytes = 0;
  std::uint64_t table() const { return at + kCoffBytes + optional_bytes; }
  std::uint64_t end() const { return table() + sections * kSectionBytes; }
};

Header header_of(const ByteView& view) {
  const std::uint64_t at = view.u32(0x3c);
  return {at, view.u16(at + 6), view.u16(at + 20)};
}

bool is_signed(const ByteView& view, const Header& header) {
  return view.slice(header.at, 4) == std::string_view("PE\0\0", 4);
}

std::string section_name(const ByteView& view, std::uint64_t at) {
  const std::string_view name = view.slice(at, 8);
  return std::string(name.substr(0, name.find('\0')));
}

// Where the bytes of an address in the loaded image are in the file.
FileRange range_of(const Executable& pe, std::uint64_t address, std::uint64_t size) {
  for (const ExecutablePart& part : pe.parts) {
    if (address < part.address || address - part.address >= part.file.size) continue;
    const std::uint64_t inside = address - part.address;
    return {part.file.offset + inside, std::min(size, part.file.size - inside)};
  }
  return {};
}

void read_directories(const ByteView& view, const Header& header, Executable& out) {
  const std::uint64_t optional = header.at + kCoffBytes;
  const std::uint64_t count_at = optional + (out.is_64 ? 108 : 92);
  const auto directory = [&](unsigned index) {
    const std::uint64_t at = count_at + 4 + 8ULL * index;
    const bool there = index < view.u32(count_at) && at + 8 <= header.table();
    return there ? FileRange{view.u32(at), view.u32(at + 4)} : FileRange{};
  };
  out.managed = directory(kClrDirectory).size > 0;
  const FileRange resources = directory(kResourceDirectory);
  out.resources = range_of(out, resources.offset, resources.size);
  out.resources_address = resources.offset;
}

}  // namespace

std::uint64_t pe_front(std::string_view front) {
  if (front.size() < kDosHeader) return kDosHeader;
  const ByteView view(front, ByteOrder::kLittle);
  const Header header = header_of(view);
  if (header.at > kMaxFrontBytes || header.end() > kMaxFrontBytes) return kDosHeader;
  return front.size() < header.at + kCoffBytes ? header.at + kCoffBytes : header.end();
}

// Addresses in `parts` are those of the image's own beginning (RVA), without the base it is loaded
// at; offsets of pointers are found by way of image_base.
Result<Executable> read_pe(std::string_view front, std::uint64_t file_size) {
  const ByteView view(front, ByteOrder::kLittle);
  const Header header = header_of(view);
  Executable out;
  out.form = ExecutableForm::kPe;
  // A program for DOS, or something else that begins with the letters of its author.
  if (header.at > kMaxFrontBytes || !is_signed(view, header)) return out;
  const std::uint16_t magic = view.u16(header.at + kCoffBytes);
  if (magic != kPe32 && magic != kPe32Plus) {
    return Error{ErrorCode::kInvalidInput, "PE: neither PE32 nor PE32+"};
  }
  if (header.sections > kMaxSections) {
    return Error{ErrorCode::kInvalidInput, "PE: " + std::to_string(header.sections) + " sections"};
  }
  if (header.end() > front.size()) {
    return Error{ErrorCode::kInvalidInput, "PE: cut inside its table of sections"};
  }
  out.is_64 = magic == kPe32Plus;
  for (std::uint64_t i = 0; i < header.sections; ++i) {
    const std::uint64_t at = header.table() + i * kSectionBytes;
    const std::uint32_t flags = view.u32(at + 36);
    out.parts.push_back({section_name(view, at),
                         clipped(view.u32(at + 20), view.u32(at + 16), file_size),
                         view.u32(at + 12), (flags & kWrite) != 0, (flags & kExecute) != 0});
  }
  read_directories(view, header, out);
  const std::uint64_t optional = header.at + kCoffBytes;
  const std::uint64_t base = out.is_64 ? view.u64(optional + 24) : view.u32(optional + 28);
  for (ExecutablePart& part : out.parts) part.address += base;
  return out;
}

}  // namespace seaworthy
