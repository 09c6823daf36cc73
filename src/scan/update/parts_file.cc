#include "scan/update/parts_file.h"

#include <algorithm>

#include "core/codec/digest.h"

namespace seaworthy {
namespace {

constexpr std::uint64_t kPrefixBytes = 12;  // magic and length

std::uint64_t little_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i > 0; --i) {
    value = value << 8 | static_cast<unsigned char>(bytes[i - 1]);
  }
  return value;
}

}  // namespace

bool is_database_file(const std::string& path) {
  const auto fd = open_for_reading(path);
  std::string magic(kFileMagic.size(), '\0');
  return fd && read_exactly_at(fd->get(), magic.data(), magic.size(), 0) && magic == kFileMagic;
}

Result<DatabaseFile> open_database_file(const std::string& path) {
  ASSIGN_OR_RETURN(Fd fd, open_for_reading(path));
  DatabaseFile file{path, std::make_shared<Fd>(std::move(fd)), {}, 0};
  std::string prefix(kPrefixBytes, '\0');
  if (!read_exactly_at(file.file->get(), prefix.data(), prefix.size(), 0) ||
      !prefix.starts_with(kFileMagic)) {
    return Error{ErrorCode::kInvalidInput, path + ": no published database"};
  }
  const std::uint64_t size = little_endian(std::string_view(prefix).substr(kFileMagic.size()));
  if (size > kMaxHeaderBytes) {
    return Error{ErrorCode::kLimitExceeded,
                 path + ": a header of " + std::to_string(size) + " bytes"};
  }
  ASSIGN_OR_RETURN(const std::uint64_t whole, file_size(file.file->get()));
  if (whole < kPrefixBytes + size) {
    return Error{ErrorCode::kInvalidInput, path + ": the file ends inside its header"};
  }
  file.header.resize(size);
  RETURN_IF_ERROR(read_exactly_at(file.file->get(), file.header.data(), size, kPrefixBytes));
  file.parts_begin = kPrefixBytes + size;
  return file;
}

Result<StoredParts> locate_parts(const DatabaseFile& file, const DatabaseHeader& header) {
  ASSIGN_OR_RETURN(const std::uint64_t size, file_size(file.file->get()));
  StoredParts parts;
  std::uint64_t at = file.parts_begin;
  for (const PartEntry& part : header.parts) {
    if (part.digest.empty()) continue;
    if (part.stored > size || at > size - part.stored) {
      return Error{ErrorCode::kInvalidInput,
                   file.path + ": the file ends inside part '" + part.name + "'"};
    }
    parts[part.name] = {file.file, at, part.stored};
    at += part.stored;
  }
  if (at == size) return parts;
  return Error{ErrorCode::kInvalidInput,
               file.path + ": " + std::to_string(size - at) + " bytes behind the last part"};
}

Status verify_part(const PartEntry& part, const StoredPart& stored) {
  ASSIGN_OR_RETURN(const Hasher::Algorithm algorithm, algorithm_of(part.digest));
  Hasher hasher(algorithm);
  std::string block(1 * kMiB, '\0');
  for (std::uint64_t done = 0; done < stored.size;) {
    const std::uint64_t size = std::min<std::uint64_t>(block.size(), stored.size - done);
    RETURN_IF_ERROR(read_exactly_at(stored.file->get(), block.data(), size, stored.offset + done));
    hasher.update(std::string_view(block).substr(0, size));
    done += size;
  }
  if (hasher.finish() == part.digest) return ok_status();
  return Error{ErrorCode::kInvalidInput, "part '" + part.name +
                                             "' does not have the digest that was signed: it was "
                                             "damaged or changed"};
}

}  // namespace seaworthy
