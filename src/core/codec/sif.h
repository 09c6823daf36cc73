#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/codec/range_reader.h"

namespace seaworthy {

// What a data object of a SIF file is; the numbers are the format's.
enum class SifKind : std::uint32_t {
  kDefinition = 0x4001,
  kEnvironment = 0x4002,
  kLabels = 0x4003,
  kPartition = 0x4004,
  kSignature = 0x4005,
  kOciRootIndex = 0x400A,
  kOciBlob = 0x400B,
};
enum class SifFileSystem : std::uint32_t {
  kNone = 0,
  kSquashfs,
  kExt3,
  kArchive,
  kRaw,
  kEncrypted
};
enum class SifRole : std::uint32_t { kNone = 0, kSystem, kPrimarySystem, kData, kOverlay };

struct SifObject {
  SifKind kind{};  // may be a number that has no name here
  std::uint64_t offset = 0, size = 0;
  std::string name;
  // Of a partition.
  SifFileSystem file_system{};
  SifRole role{};
  std::string arch;  // in the words of the OCI image-spec; "" unknown
};

struct SifFile {
  std::string arch;          // of the primary partition
  std::int64_t created = 0;  // seconds since 1970
  std::vector<SifObject> objects;
};

// True for the first 42 bytes of a SIF file.
bool is_sif(std::string_view first_bytes);

// Reads header and descriptors; no data object is opened. kInvalidInput: damaged, or an object
// outside the file; kUnsupported: another version; kLimitExceeded: too many objects.
Result<SifFile> parse_sif(RangeReader& file);

}  // namespace seaworthy
