// The parts of tar that are text: pax extended header records (POSIX.1-2001, "pax Interchange
// Format") and paths.
#include <charconv>
#include <utility>

#include "core/base/path.h"
#include "core/codec/tar.h"

namespace seaworthy {

namespace {

constexpr std::string_view kSparsePrefix = "GNU.sparse.";

// Only what tar.cc asks for is kept; times, owners and extended attributes say nothing to a scan.
bool is_read(std::string_view key) {
  return key == "path" || key == "linkpath" || key == "size" || key.starts_with(kSparsePrefix);
}

void keep(std::string_view key, std::string_view value, TarReader::Extended& into) {
  // Version 0.0 repeats these two for every piece, so their order is the map.
  if (key == "GNU.sparse.offset" || key == "GNU.sparse.numbytes") {
    if (!into.map_pairs.empty()) into.map_pairs += ',';
    into.map_pairs += value;
    return;
  }
  if (!is_read(key)) return;
  if (value.empty()) {
    into.records.erase(std::string(key));
  } else {
    into.records.insert_or_assign(std::string(key), std::string(value));
  }
}

}  // namespace

Status parse_pax_records(std::string_view bytes, TarReader::Extended& into) {
  const Error malformed{ErrorCode::kInvalidInput, "malformed pax record"};
  while (!bytes.empty()) {
    // Some writers pad the last block inside the size.
    if (bytes.front() == '\0') return ok_status();
    std::size_t length = 0;
    const auto number = std::from_chars(bytes.data(), bytes.data() + bytes.size(), length);
    const auto digits = static_cast<std::size_t>(number.ptr - bytes.data());
    if (number.ec != std::errc{} || length > bytes.size() || length < digits + 3 ||
        bytes[digits] != ' ' || bytes[length - 1] != '\n') {
      return malformed;
    }
    const std::string_view record = bytes.substr(digits + 1, length - digits - 2);
    const std::size_t equals = record.find('=');
    if (equals == std::string_view::npos || equals == 0) return malformed;
    keep(record.substr(0, equals), record.substr(equals + 1), into);
    bytes.remove_prefix(length);
  }
  return ok_status();
}

Result<std::string> clean_tar_path(std::string_view path) {
  if (path.find('\0') != std::string_view::npos) {
    return Error{ErrorCode::kInvalidInput, "the path holds a NUL"};
  }
  CleanPath clean = clean_path(path);
  if (clean.left_root) return Error{ErrorCode::kInvalidInput, "the path leaves the root"};
  return std::move(clean.path);
}

}  // namespace seaworthy
