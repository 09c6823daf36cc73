#include "scan/extract/executable.h"

#include <algorithm>

namespace seaworthy {
namespace {

enum class Magic { kNone, kElf, kPe, kMachO };

Magic magic_of(std::string_view head) {
  if (head.starts_with("\x7f"
                       "ELF"))
    return Magic::kElf;
  if (head.starts_with("MZ")) return Magic::kPe;
  for (const std::string_view each :
       {"\xfe\xed\xfa\xce", "\xfe\xed\xfa\xcf", "\xce\xfa\xed\xfe", "\xcf\xfa\xed\xfe"}) {
    if (head.starts_with(each)) return Magic::kMachO;
  }
  return Magic::kNone;
}

// UPX leaves its mark behind the headers that it writes itself.
bool has_upx_mark(std::string_view front) {
  constexpr std::size_t kReach = 1024;
  return front.substr(0, kReach).find("UPX!") != std::string_view::npos;
}

}  // namespace

std::optional<std::uint64_t> Executable::offset_of(std::uint64_t address) const {
  for (const ExecutablePart& part : parts) {
    if (address >= part.address && address - part.address < part.file.size) {
      return part.file.offset + (address - part.address);
    }
  }
  return std::nullopt;
}

FileRange clipped(std::uint64_t offset, std::uint64_t size, std::uint64_t file_size) {
  if (offset >= file_size) return {};
  return {offset, std::min(size, file_size - offset)};
}

bool is_executable(std::string_view head) {
  constexpr std::size_t kLeast = 32;  // an MZ of two letters is a text
  return head.size() >= kLeast && magic_of(head) != Magic::kNone;
}

std::uint64_t executable_front(std::string_view front) {
  std::uint64_t needed = 0;
  switch (magic_of(front)) {
    case Magic::kElf:
      needed = elf_front(front);
      break;
    case Magic::kPe:
      needed = pe_front(front);
      break;
    case Magic::kMachO:
      needed = mach_o_front(front);
      break;
    case Magic::kNone:
      break;
  }
  // A little more, because packers leave their mark behind the headers.
  constexpr std::uint64_t kBehind = 256;
  return std::min(needed + kBehind, kMaxFrontBytes);
}

Result<Executable> read_executable(std::string_view front, std::uint64_t file_size) {
  Result<Executable> read = Error{ErrorCode::kInvalidInput, "no executable"};
  switch (magic_of(front)) {
    case Magic::kElf:
      read = read_elf(front, file_size);
      break;
    case Magic::kPe:
      read = read_pe(front, file_size);
      break;
    case Magic::kMachO:
      read = read_mach_o(front, file_size);
      break;
    case Magic::kNone:
      break;
  }
  if (!read) return read;
  std::erase_if(read->parts, [](const ExecutablePart& part) { return part.file.size == 0; });
  std::stable_sort(read->parts.begin(), read->parts.end(),
                   [](const ExecutablePart& a, const ExecutablePart& b) {
                     return a.file.offset < b.file.offset;
                   });
  read->packed = has_upx_mark(front);
  return read;
}

}  // namespace seaworthy
