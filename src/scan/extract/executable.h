#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/byte_view.h"
#include "core/base/result.h"

namespace seaworthy {

struct FileRange {
  std::uint64_t offset = 0, size = 0;
  std::uint64_t end() const { return offset + size; }
  bool operator==(const FileRange&) const = default;
};

enum class ExecutableForm { kElf, kPe, kMachO };

// A piece of the file that is loaded: a segment of an ELF file, a section of the others.
struct ExecutablePart {
  std::string name;  // PE ".rsrc", Mach-O "__DATA,__go_buildinfo"; "" for ELF
  FileRange file;    // inside the file
  std::uint64_t address = 0;
  bool writable = false;
  bool executable = false;
};

// What the front of an executable says of the rest. Every range is inside the file, whatever the
// headers claim; parts may overlap.
struct Executable {
  ExecutableForm form = ExecutableForm::kElf;
  bool is_64 = false;
  ByteOrder order = ByteOrder::kLittle;
  std::vector<ExecutablePart> parts;  // by file offset
  std::vector<FileRange> notes;       // ELF: note segments
  FileRange sections;                 // ELF: the table of sections; empty where there is none
  FileRange resources;                // PE: the resource directory
  std::uint64_t resources_address = 0;
  bool managed = false;  // PE: it has a header of the .NET runtime
  bool packed = false;   // by UPX: what runs is compressed

  unsigned pointer_bytes() const { return is_64 ? 8 : 4; }
  // Where in the file the byte of that address is stored.
  std::optional<std::uint64_t> offset_of(std::uint64_t address) const;
};

// By the first 64 bytes.
bool is_executable(std::string_view head);

// How many bytes from the file's beginning read_executable needs, as far as `front` tells: more
// than it has means "come again with so many". At most kMaxFrontBytes.
std::uint64_t executable_front(std::string_view front);
inline constexpr std::uint64_t kMaxFrontBytes = 256 * 1024;

// kInvalidInput: headers that are cut or contradict themselves.
Result<Executable> read_executable(std::string_view front, std::uint64_t file_size);

// Whether a section of the program's own begins at that offset of the file; `table` is the bytes of
// Executable::sections.
bool elf_section_begins(const Executable& executable, std::string_view table, std::uint64_t offset);

// The executables in a fat Mach-O file, by offset, none overlapping; empty for any other file.
std::vector<FileRange> fat_slices(std::string_view head, std::uint64_t file_size);

// Of the three forms; each keeps to its own specification.
std::uint64_t elf_front(std::string_view front);
Result<Executable> read_elf(std::string_view front, std::uint64_t file_size);
std::uint64_t pe_front(std::string_view front);
Result<Executable> read_pe(std::string_view front, std::uint64_t file_size);
std::uint64_t mach_o_front(std::string_view front);
Result<Executable> read_mach_o(std::string_view front, std::uint64_t file_size);

// The part of [offset, offset + size) that is inside a file of that size.
FileRange clipped(std::uint64_t offset, std::uint64_t size, std::uint64_t file_size);

}  // namespace seaworthy
