// The Singularity Image Format, version 1, as Singularity and Apptainer write it (the `sif` library
// of both projects is its specification): a header of 128 bytes, a table of descriptors of 585
// bytes each, and the data objects they point to. All numbers are little-endian.
//
//   header      launch script 32 | "SIF_MAGIC\0" | version 3 | architecture 3 | id 16 | created 8 |
//               modified 8 | descriptors free 8 | total 8 | their offset 8 | their size 8 |
//               data offset 8 | data size 8
//   descriptor  kind 4 | used 1 | id 4 | group 4 | link 4 | offset 8 | size 8 | padded size 8 |
//               created 8 | modified 8 | uid 8 | gid 8 | name 128 | extra 384
//   extra of a partition   file system 4 | role 4 | architecture 3
#include "core/codec/sif.h"

#include <array>
#include <charconv>

#include "core/base/byte_view.h"

namespace seaworthy {
namespace {

constexpr std::uint64_t kHeaderBytes = 128;
constexpr std::uint64_t kMagicOffset = 32;
constexpr std::string_view kMagic{"SIF_MAGIC\0", 10};
constexpr std::uint64_t kDescriptorBytes = 585;
constexpr std::uint64_t kMaxDescriptors = 4096;  // the tools make 48
constexpr std::uint64_t kNameOffset = 73;
constexpr std::uint64_t kNameBytes = 128;
constexpr std::uint64_t kExtraOffset = kNameOffset + kNameBytes;

constexpr std::array<std::string_view, 13> kArchs{
    "",     "386",    "amd64",  "arm",      "arm64", "ppc64",  "ppc64le",
    "mips", "mipsle", "mips64", "mips64le", "s390x", "riscv64"};

std::string_view text_at(const ByteView& bytes, std::uint64_t offset, std::uint64_t size) {
  const std::string_view field = bytes.slice(offset, size);
  return field.substr(0, field.find('\0'));
}

// Two decimal digits and a NUL.
std::string arch_of(std::string_view code) {
  std::size_t number = 0;
  const auto [end, failure] = std::from_chars(code.data(), code.data() + code.size(), number);
  if (failure != std::errc{} || end != code.data() + code.size()) return {};
  return number < kArchs.size() ? std::string(kArchs[number]) : std::string();
}

Error damaged(const std::string& what) {
  return {ErrorCode::kInvalidInput, "SIF: " + what};
}

SifObject read_object(const ByteView& table, std::uint64_t at) {
  SifObject object;
  object.kind = static_cast<SifKind>(table.u32(at));
  object.offset = table.u64(at + 17);
  object.size = table.u64(at + 25);
  object.name = text_at(table, at + kNameOffset, kNameBytes);
  if (object.kind == SifKind::kPartition) {
    object.file_system = static_cast<SifFileSystem>(table.u32(at + kExtraOffset));
    object.role = static_cast<SifRole>(table.u32(at + kExtraOffset + 4));
    object.arch = arch_of(text_at(table, at + kExtraOffset + 8, 3));
  }
  return object;
}

}  // namespace

bool is_sif(std::string_view first_bytes) {
  return first_bytes.size() >= kMagicOffset + kMagic.size() &&
         first_bytes.substr(kMagicOffset, kMagic.size()) == kMagic;
}

Result<SifFile> parse_sif(RangeReader& file) {
  if (file.size() < kHeaderBytes) return damaged("the file ends inside its header");
  ASSIGN_OR_RETURN(const std::string bytes, file.read(0, kHeaderBytes));
  if (!is_sif(bytes)) return damaged("there is no header");
  const ByteView header(bytes, ByteOrder::kLittle);
  const std::string_view version = text_at(header, 42, 3);
  if (version != "01") {
    return Error{ErrorCode::kUnsupported, "SIF: only version 1 of the format is read"};
  }
  const std::uint64_t total = header.u64(88);
  if (total > kMaxDescriptors) {
    return Error{ErrorCode::kLimitExceeded, "SIF: " + std::to_string(total) +
                                                " descriptors, more than the " +
                                                std::to_string(kMaxDescriptors) + " that are read"};
  }
  auto table_bytes = file.read(header.u64(96), total * kDescriptorBytes);
  if (!table_bytes) return std::move(table_bytes).error().during("SIF: table of descriptors");
  const ByteView table(*table_bytes, ByteOrder::kLittle);
  SifFile sif;
  sif.arch = arch_of(text_at(header, 45, 3));
  constexpr std::int64_t kYear2200 = 7'258'118'400;
  const auto created = static_cast<std::int64_t>(header.u64(64));
  if (created > 0 && created < kYear2200) sif.created = created;
  for (std::uint64_t i = 0; i < total; ++i) {
    const std::uint64_t at = i * kDescriptorBytes;
    if (table.u8(at + 4) == 0) continue;  // a free place
    SifObject object = read_object(table, at);
    if (object.offset > file.size() || object.size > file.size() - object.offset) {
      return damaged("object " + std::to_string(i + 1) + " of " + std::to_string(object.size) +
                     " bytes at offset " + std::to_string(object.offset) +
                     " is not inside the file of " + std::to_string(file.size()));
    }
    sif.objects.push_back(std::move(object));
  }
  return sif;
}

}  // namespace seaworthy
