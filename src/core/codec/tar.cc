// tar, read front to back: POSIX.1-1988 ustar, POSIX.1-2001 pax, GNU tar's extensions and the V7
// form before all of them (the GNU tar manual, "Basic Tar Format", and POSIX "pax" are the
// specifications). One reader for all: each header block says by its type and magic what it is.
//
// Two readings of one archive are how things get hidden from scanners, so where the formats leave a
// choice this reader takes the one that container runtimes take: links, devices and directories
// have no content whatever their size field says; a lone zero block inside an archive is an error;
// the last extended header before an entry wins.
#include "core/codec/tar.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "core/codec/tar_header.h"

namespace seaworthy {

namespace {

// A path of limits.path_length fits many times; what is larger is only passed over.
constexpr std::uint64_t kMaxExtensionBytes = 8 * kMiB;
constexpr int kMaxExtensionsPerEntry = 32;
constexpr std::uint64_t kReadStep = 1 * kMiB;

TarKind kind_of(char type) {
  switch (type) {
    case '1':
      return TarKind::kHardLink;
    case '2':
      return TarKind::kSymlink;
    case '3':  // character device
    case '4':  // block device
    case '6':  // FIFO
    case 'M':  // the rest of a file from an earlier volume
      return TarKind::kOther;
    case '5':
    case 'D':  // GNU dump directory: its content lists names
      return TarKind::kDirectory;
    default:  // POSIX: an unknown type is a regular file
      return TarKind::kFile;
  }
}

bool has_content(char type) {
  return type < '1' || type > '6';
}

std::string shown(std::string_view name) {
  constexpr std::size_t kShown = 200;
  std::string text(name.substr(0, kShown));
  if (name.size() > kShown) text += "...";
  return text;
}

std::uint64_t padding_behind(std::uint64_t size) {
  return (kTarBlock - size % kTarBlock) % kTarBlock;
}

const std::string* find(const TarReader::Extended& local, std::string_view key) {
  const auto found = local.records.find(key);
  return found == local.records.end() ? nullptr : &found->second;
}

}  // namespace

Error TarReader::damaged(const std::string& what, std::uint64_t offset) const {
  return {ErrorCode::kInvalidInput, "tar: " + what + " at offset " + std::to_string(offset)};
}

// A whole block; false where the stream ends before its first byte.
Result<bool> TarReader::read_block(char* block) {
  std::size_t have = 0;
  while (have < kTarBlock) {
    ASSIGN_OR_RETURN(const std::size_t got, source_.read({block + have, kTarBlock - have}));
    if (got == 0 && have == 0) return false;
    if (got == 0) return damaged("truncated block", position_);
    have += got;
    position_ += got;
  }
  return true;
}

Status TarReader::pass(std::uint64_t size) {
  if (size == 0) return ok_status();
  ASSIGN_OR_RETURN(const std::uint64_t passed, source_.skip(size));
  position_ += passed;
  if (passed == size) return ok_status();
  return damaged("truncated content, " + std::to_string(size - passed) + " bytes are missing",
                 position_);
}

Status TarReader::read_content(char* to, std::uint64_t size) {
  if (size > left_) return damaged("the content ends early", position_);
  while (size > 0) {
    ASSIGN_OR_RETURN(const std::size_t got, source_.read({to, size}));
    if (got == 0) {
      return damaged("truncated content, " + std::to_string(left_) + " bytes are missing",
                     position_);
    }
    to += got;
    size -= got;
    left_ -= got;
    position_ += got;
  }
  return ok_status();
}

bool TarReader::is_extension(char type) {
  return std::string_view("xXgLK").find(type) != std::string_view::npos;
}

// The next block that is a header with a good checksum; false at the archive's end.
Result<bool> TarReader::next_header(char* block) {
  ASSIGN_OR_RETURN(const bool more, read_block(block));
  if (!more) return false;
  if (is_zero_block(block)) {
    ASSIGN_OR_RETURN(const bool second, read_block(block));
    if (!second || is_zero_block(block)) return false;
    return damaged("a single zero block inside the archive", position_ - 2 * kTarBlock);
  }
  if (!tar_checksum_matches(block)) {
    const bool first = position_ == kTarBlock;
    return damaged(first ? "no tar archive: there is no header" : "bad header checksum",
                   position_ - kTarBlock);
  }
  return true;
}

Result<bool> TarReader::next(TarEntry& entry) {
  usable_ = false;
  RETURN_IF_ERROR(pass(std::exchange(left_, 0) + std::exchange(padding_, 0)));
  Extended local = global_;
  entry_offset_ = position_;
  std::array<char, kTarBlock> block;
  bool pending = false;  // an extended header waits for its entry
  for (int extensions = 0;; ++extensions) {
    if (extensions > kMaxExtensionsPerEntry) {
      return damaged("too many extended headers before one entry", entry_offset_);
    }
    ASSIGN_OR_RETURN(const bool more, next_header(block.data()));
    if (!more && pending) {
      return damaged("an extended header without an entry", entry_offset_);
    }
    if (!more) return false;
    const auto size = tar_header_size(block.data());
    const char type = tar_header_type(block.data());
    if (has_content(type) && !size) {
      return damaged("size: " + size.error().message, position_ - kTarBlock);
    }
    if (type == 'V') {  // a volume's label
      RETURN_IF_ERROR(pass(*size + padding_behind(*size)));
    } else if (is_extension(type)) {
      RETURN_IF_ERROR(read_extension(type, *size, local));
      pending = pending || type != 'g';
    } else {
      RETURN_IF_ERROR(describe(block.data(), has_content(type) ? *size : 0, local, entry));
      return true;
    }
  }
}

Status TarReader::read_extension(char type, std::uint64_t size, Extended& local) {
  const std::uint64_t begin = position_ - kTarBlock;
  if (size > kMaxExtensionBytes) {
    local.complaint = "an extended header of " + std::to_string(size) + " bytes";
    local.complaint_code = ErrorCode::kLimitExceeded;
    RETURN_IF_ERROR(pass(size));
    return pass(padding_behind(size));
  }
  std::string bytes(size, '\0');
  left_ = size;
  RETURN_IF_ERROR(read_content(bytes.data(), size));
  RETURN_IF_ERROR(pass(padding_behind(size)));
  if (type == 'L' || type == 'K') {
    bytes.resize(tar_text(bytes.data(), bytes.size()).size());
    if (!bytes.empty()) {
      local.records.insert_or_assign(type == 'L' ? "path" : "linkpath", std::move(bytes));
    }
    return ok_status();
  }
  if (auto parsed = parse_pax_records(bytes, local); !parsed) {
    return damaged(parsed.error().message, begin);
  }
  if (type == 'g') {
    RETURN_IF_ERROR(parse_pax_records(bytes, global_));
    global_.map_pairs.clear();
    local.map_pairs.clear();
  }
  return ok_status();
}

Status TarReader::describe(const char* block, std::uint64_t size, Extended& local,
                           TarEntry& entry) {
  if (++entries_ > limits_.entries) {
    return over_limit(limits_, &Limits::entries,
                      "tar: entries at offset " + std::to_string(entry_offset_));
  }
  const char type = tar_header_type(block);
  if (const std::string* text = find(local, "size"); text != nullptr && has_content(type)) {
    const auto [end, failure] = std::from_chars(text->data(), text->data() + text->size(), size);
    if (failure != std::errc{} || end != text->data() + text->size() || size >> 63 != 0) {
      return damaged("malformed pax size", entry_offset_);
    }
  }
  entry = TarEntry{};
  entry.kind = kind_of(type);
  entry.modified = modified_of(block, local);
  pieces_.clear();
  map_leads_content_ = false;
  content_open_ = false;
  content_at_ = 0;
  piece_ = 0;
  left_ = size;
  padding_ = padding_behind(size);
  if (entry.kind == TarKind::kFile) entry.size_bytes = size;
  if (type == 'S') {
    RETURN_IF_ERROR(read_old_sparse_map(block, entry, local));
  } else if (entry.kind == TarKind::kFile) {
    use_pax_sparse(local, entry);
  }
  entry.offset_bytes = position_;
  set_names(block, local, entry);
  size_ = entry.size_bytes;
  sparse_ = entry.sparse;
  usable_ = entry.complaint.empty();
  return ok_status();
}

// A time that cannot be read is no reason to refuse an entry.
std::uint64_t TarReader::modified_of(const char* block, const Extended& local) const {
  std::uint64_t time = 0;
  if (const std::string* text = find(local, "mtime"); text != nullptr) {
    std::from_chars(text->data(), text->data() + text->size(), time);  // the fraction is left out
    return time;
  }
  constexpr std::size_t kField = 136;
  constexpr std::size_t kFieldBytes = 12;
  const auto stored = tar_number(block + kField, kFieldBytes);
  return stored ? *stored : 0;
}

void TarReader::set_names(const char* block, const Extended& local, TarEntry& entry) {
  const std::string* chosen = find(local, "GNU.sparse.name");
  if (chosen == nullptr || !entry.sparse) chosen = find(local, "path");
  const std::string raw = chosen != nullptr ? *chosen : tar_header_path(block);
  const std::string* long_link = find(local, "linkpath");
  std::string link;
  if (entry.kind == TarKind::kHardLink || entry.kind == TarKind::kSymlink) {
    link = long_link != nullptr ? *long_link : std::string(tar_header_link(block));
  }
  if (!local.complaint.empty()) {
    return complain(entry, local.complaint_code, local.complaint, raw);
  }
  if (std::max(raw.size(), link.size()) > limits_.path_length) {
    return complain(entry, ErrorCode::kLimitExceeded,
                    over_limit(limits_, &Limits::path_length, "a path").message, raw);
  }
  auto path = clean_tar_path(raw);
  if (!path) return complain(entry, path.error().code, path.error().message, raw);
  entry.path = *std::move(path);
  if (entry.kind == TarKind::kFile && raw.ends_with('/') && left_ == 0) {
    entry.kind = TarKind::kDirectory;  // the V7 form, which has no type for directories
  }
  if (entry.path.empty() && entry.kind != TarKind::kDirectory) {
    return complain(entry, ErrorCode::kInvalidInput, "an entry without a name", raw);
  }
  if (entry.kind != TarKind::kHardLink) {
    entry.link_target = std::move(link);
    return;
  }
  auto target = clean_tar_path(link);
  if (!target) return complain(entry, target.error().code, "link: " + target.error().message, link);
  if (target->empty()) {
    return complain(entry, ErrorCode::kInvalidInput, "a hard link without a target", raw);
  }
  entry.link_target = *std::move(target);
}

void TarReader::complain(TarEntry& entry, ErrorCode code, const std::string& why,
                         std::string_view name) {
  entry.kind = TarKind::kOther;
  entry.path.clear();
  entry.link_target.clear();
  entry.complaint_code = code;
  entry.complaint =
      "tar: " + why + ": '" + shown(name) + "' at offset " + std::to_string(entry_offset_);
}

Result<std::string> TarReader::content(std::uint64_t max_bytes) {
  if (!usable_) return Error{ErrorCode::kInvalidInput, "tar: no usable entry to read"};
  usable_ = false;
  if (size_ > max_bytes) {
    return Error{ErrorCode::kLimitExceeded, "tar: a file of " + std::to_string(size_) +
                                                " bytes, more than the " +
                                                std::to_string(max_bytes) + " that are read"};
  }
  // Reserved at once but touched as it arrives: a header that claims more than follows costs
  // address space, not memory.
  usable_ = true;
  std::string bytes;
  bytes.reserve(size_);
  while (bytes.size() < size_) {
    const std::size_t have = bytes.size();
    bytes.resize(have + std::min(kReadStep, size_ - have));
    ASSIGN_OR_RETURN(const std::size_t got, read(std::span(bytes).subspan(have)));
    bytes.resize(have + got);
  }
  usable_ = false;
  return bytes;
}

Status TarReader::open_content() {
  if (!usable_) return Error{ErrorCode::kInvalidInput, "tar: no usable entry to read"};
  if (std::exchange(content_open_, true) || !sparse_) return ok_status();
  usable_ = false;
  if (map_leads_content_) RETURN_IF_ERROR(read_leading_map());
  RETURN_IF_ERROR(check_map());
  usable_ = true;
  return ok_status();
}

Result<std::size_t> TarReader::read(std::span<char> out) {
  RETURN_IF_ERROR(open_content());
  const Run run = next_run(out.size());
  if (run.hole) {
    holes_ += run.size;
    if (holes_ > limits_.layer_bytes) {
      return over_limit(limits_, &Limits::layer_bytes, "tar: holes of sparse files");
    }
    std::fill_n(out.begin(), run.size, '\0');
  } else if (run.size > 0) {
    RETURN_IF_ERROR(read_content(out.data(), run.size));
  }
  content_at_ += run.size;
  return static_cast<std::size_t>(run.size);
}

Status TarReader::skip(std::uint64_t size) {
  RETURN_IF_ERROR(open_content());
  while (size > 0) {
    const Run run = next_run(size);
    if (run.size == 0) break;
    if (!run.hole) {
      left_ -= run.size;
      RETURN_IF_ERROR(pass(run.size));
    }
    content_at_ += run.size;
    size -= run.size;
  }
  return ok_status();
}

}  // namespace seaworthy
