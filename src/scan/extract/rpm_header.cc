// The header blob of an rpm database record (rpm's docs/manual/format_header.md; in the database
// without the magic number that package files have in front):
//
//   entries (u32) · data bytes (u32) · entries of 16 bytes: tag, type, offset, count · data
//
// All numbers are big-endian. Types of interest: 3 = u16, 4 = u32, 6 = one text, 8 = texts, 9 =
// translated texts; texts end in NUL. A file's path is DIRNAMES[DIRINDEXES[i]] + BASENAMES[i].
//
// Only the first entry of a tag counts. SOURCERPM carries no epoch: that of the source package is
// unknown, and is not taken from the binary (several packages, perl above all, differ).
#include "scan/extract/rpm_header.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/codec/digest.h"
#include "scan/extract/byte_view.h"
#include "scan/extract/evidence_builder.h"
#include "scan/extract/lines.h"

namespace seaworthy {
namespace {

enum Tag : std::uint32_t {
  kName = 1000,
  kVersion = 1001,
  kRelease = 1002,
  kEpoch = 1003,
  kVendorTag = 1011,
  kLicense = 1014,
  kArch = 1022,
  kOldFileNames = 1027,
  kFileModes = 1030,
  kSourceRpmTag = 1044,
  kDirIndexes = 1116,
  kBaseNames = 1117,
  kDirNames = 1118,
  kModularityLabel = 5096,
};

enum Type : std::uint32_t { kU16 = 3, kU32 = 4, kText = 6, kTexts = 8, kTranslated = 9 };

class Header {
 public:
  static Result<Header> open(std::string_view blob) {
    const ByteView view(blob, ByteOrder::kBig);
    const std::uint64_t entries = view.u32(0), data = view.u32(4);
    if (!view.has(0, kIntro) || entries == 0 || !view.has(kIntro, entries * kEntry + data)) {
      return Error{ErrorCode::kInvalidInput, "header of " + std::to_string(entries) +
                                                 " entries and " + std::to_string(data) +
                                                 " data bytes in " + std::to_string(blob.size())};
    }
    return Header(view, entries, view.slice(kIntro + entries * kEntry, data));
  }

  std::string_view text(Tag tag) const {
    const Entry* entry = find(tag);
    if (entry == nullptr ||
        (entry->type != kText && entry->type != kTexts && entry->type != kTranslated)) {
      return {};
    }
    return text_at(entry->offset);
  }

  std::optional<std::uint32_t> number(Tag tag) const {
    const Entry* entry = find(tag);
    const ByteView data(data_, ByteOrder::kBig);
    if (entry == nullptr || entry->type != kU32 || !data.has(entry->offset, 4)) return {};
    return data.u32(entry->offset);
  }

  // Fewer than stated where the data ends before.
  std::vector<std::string_view> texts(Tag tag) const {
    std::vector<std::string_view> out;
    const Entry* entry = find(tag);
    if (entry == nullptr || entry->type != kTexts) return out;
    std::uint64_t at = entry->offset;
    for (std::uint32_t i = 0; i < entry->count && at < data_.size(); ++i) {
      out.push_back(text_at(at));
      at += out.back().size() + 1;
    }
    return out;
  }

  std::vector<std::uint32_t> numbers(Tag tag, Type type) const {
    std::vector<std::uint32_t> out;
    const Entry* entry = find(tag);
    if (entry == nullptr || entry->type != type) return out;
    const ByteView data(data_, ByteOrder::kBig);
    const std::uint64_t size = type == kU16 ? 2 : 4;
    std::uint64_t at = entry->offset;
    for (std::uint32_t i = 0; i < entry->count && data.has(at, size); ++i, at += size) {
      out.push_back(type == kU16 ? data.u16(at) : data.u32(at));
    }
    return out;
  }

 private:
  static constexpr std::uint64_t kIntro = 8, kEntry = 16;

  struct Entry {
    std::uint32_t tag, type, offset, count;
  };

  Header(const ByteView& view, std::uint64_t entries, std::string_view data) : data_(data) {
    static constexpr std::uint32_t kWanted[] = {
        kName,       kVersion,   kRelease,      kEpoch,          kVendorTag,
        kLicense,    kArch,      kOldFileNames, kFileModes,      kSourceRpmTag,
        kDirIndexes, kBaseNames, kDirNames,     kModularityLabel};
    for (std::uint64_t at = kIntro; at < kIntro + entries * kEntry; at += kEntry) {
      const std::uint32_t tag = view.u32(at);
      const bool is_wanted =
          std::find(std::begin(kWanted), std::end(kWanted), tag) != std::end(kWanted);
      if (!is_wanted || find(tag) != nullptr) continue;
      entries_.push_back({tag, view.u32(at + 4), view.u32(at + 8), view.u32(at + 12)});
    }
  }

  const Entry* find(std::uint32_t tag) const {
    const auto found = std::find_if(entries_.begin(), entries_.end(),
                                    [&](const Entry& entry) { return entry.tag == tag; });
    return found == entries_.end() ? nullptr : &*found;
  }

  std::string_view text_at(std::uint64_t offset) const {
    if (offset >= data_.size()) return {};
    const std::string_view rest = data_.substr(static_cast<std::size_t>(offset));
    return rest.substr(0, rest.find('\0'));
  }

  std::string_view data_;
  std::vector<Entry> entries_;
};

void add_path(std::string_view directory, std::string_view name, OwnedFiles& owned) {
  while (directory.starts_with('/')) directory.remove_prefix(1);
  if (directory.size() + name.size() > kMaxOwnedPath) return;
  std::string path(directory);
  path += name;
  if (!path.empty()) owned.path_hashes.push_back(path_hash(path));
}

OwnedFiles read_files(const Header& header) {
  constexpr std::uint32_t kKind = 0170000, kDirectory = 0040000;  // st_mode, inode(7)
  OwnedFiles owned;
  const std::vector<std::uint32_t> modes = header.numbers(kFileModes, kU16);
  const auto is_directory = [&](std::size_t file) {
    return file < modes.size() && (modes[file] & kKind) == kDirectory;
  };
  const std::vector<std::string_view> names = header.texts(kBaseNames);
  const std::vector<std::string_view> directories = header.texts(kDirNames);
  const std::vector<std::uint32_t> indexes = header.numbers(kDirIndexes, kU32);
  for (std::size_t file = 0; file < names.size() && file < indexes.size(); ++file) {
    if (is_directory(file) || indexes[file] >= directories.size()) continue;
    add_path(directories[indexes[file]], names[file], owned);
  }
  if (!names.empty()) return owned;
  const std::vector<std::string_view> paths = header.texts(kOldFileNames);  // before rpm 4
  for (std::size_t file = 0; file < paths.size(); ++file) {
    if (!is_directory(file)) add_path(paths[file], {}, owned);
  }
  return owned;
}

Error unusable(std::string_view what, std::string_view name) {
  std::string message = "no usable " + std::string(what);
  if (is_plain_word(name)) message += " of " + std::string(name);
  return Error{ErrorCode::kInvalidInput, std::move(message)};
}

}  // namespace

Result<RpmRecord> read_rpm_header(std::string_view blob) {
  ASSIGN_OR_RETURN(const Header header, Header::open(blob));
  const std::string_view name = header.text(kName);
  const std::string_view version = header.text(kVersion);
  const std::string_view release = header.text(kRelease);
  if (!is_plain_word(name)) return unusable("name", {});
  if (!is_plain_word(version)) return unusable("version", name);
  if (!is_plain_word(release)) return unusable("release", name);

  RpmRecord out;
  Package& package = out.package;
  package.type = PackageType::kRpm;
  package.name = name;
  package.version = rpm_version(header.number(kEpoch).value_or(0), version, release);
  package.arch = header.text(kArch);
  set_source_rpm(header.text(kSourceRpmTag), package);
  const std::string_view license = header.text(kLicense);
  if (!license.empty()) package.licenses.emplace_back(license);
  package.set_property(kVendor, std::string(header.text(kVendorTag)));
  package.set_property(kModularity, std::string(header.text(kModularityLabel)));
  if (is_rpm_key(name)) return out;
  out.owned = read_files(header);
  out.owned.package = name;
  package.files = static_cast<std::uint32_t>(out.owned.path_hashes.size());
  return out;
}

void set_source_rpm(std::string_view source_rpm, Package& package) {
  if (source_rpm.empty() || source_rpm == "(none)") return;
  package.set_property(kSourceRpm, std::string(source_rpm));
  for (const std::string_view suffix : {".src.rpm", ".nosrc.rpm"}) {
    if (!source_rpm.ends_with(suffix)) continue;
    const std::string_view text = source_rpm.substr(0, source_rpm.size() - suffix.size());
    const std::size_t release = text.rfind('-');
    if (release == std::string_view::npos || release == 0) return;
    const std::size_t version = text.rfind('-', release - 1);
    if (version == std::string_view::npos || version == 0 || !is_plain_word(text)) return;
    package.source_name = text.substr(0, version);
    package.source_version = text.substr(version + 1);
    return;
  }
}

std::string rpm_version(std::uint32_t epoch, std::string_view version, std::string_view release) {
  std::string out;
  if (epoch != 0) out = std::to_string(epoch) + ":";
  out += version;
  out += '-';
  out += release;
  return out;
}

bool is_rpm_key(std::string_view name) {
  return name == "gpg-pubkey";
}

}  // namespace seaworthy
