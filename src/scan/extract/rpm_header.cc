// The header blob of an rpm database record (rpm's docs/manual/format_header.md; in the database
// without the magic number that package files have in front):
//
//   entries (u32) · data bytes (u32) · entries of 16 bytes: tag, type, offset, count · data
//
// All numbers are big-endian. Types of interest: 3 = u16, 4 = u32, 6 = one text, 8 = texts, 9 =
// translated texts; texts end in NUL. A file's path is DIRNAMES[DIRINDEXES[i]] + BASENAMES[i].
//
// The first entry of a package that rpm 4 built is the region HEADERIMMUTABLE (tag 63, type 7, 16
// bytes): what the builder made and signed. Its data is the trailer at the region's end, again an
// entry, whose offset is minus the bytes of the region's index. What follows the region was added
// at installation: SHA256HEADER and SHA1HEADER among it, the digest of
//   magic number · entries and bytes of the region · its entries · its data
// Every one of these bytes is checked before any is believed, so damage anywhere in a record shows;
// and where there is a region nothing is taken from outside it but the digests. A record whose
// digest is another is still given, marked: most of it is likely right, and leaving it out would
// hide a package.
//
// Only the first entry of a tag counts. SOURCERPM carries no epoch: that of the source package is
// unknown, and is not taken from the binary (several packages, perl above all, differ).
#include "scan/extract/rpm_header.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/byte_view.h"
#include "core/codec/digest.h"
#include "scan/extract/evidence_builder.h"
#include "scan/extract/lines.h"

namespace seaworthy {
namespace {

enum Tag : std::uint32_t {
  kImmutable = 63,
  kSha1Header = 269,
  kSha256Header = 273,
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

enum Type : std::uint32_t {
  kU16 = 3,
  kU32 = 4,
  kText = 6,
  kBinary = 7,
  kTexts = 8,
  kTranslated = 9
};

class Header {
 public:
  static Result<Header> open(std::string_view blob) {
    const ByteView view(blob, ByteOrder::kBig);
    const std::uint64_t entries = view.u32(0), data = view.u32(4);
    if (!view.has(0, kIntro) || entries == 0 || kIntro + entries * kEntry + data != view.size()) {
      return Error{ErrorCode::kInvalidInput, "header of " + std::to_string(entries) +
                                                 " entries and " + std::to_string(data) +
                                                 " data bytes in " + std::to_string(blob.size())};
    }
    Header header(view.slice(kIntro + entries * kEntry, data));
    header.check_region(view, entries);
    const bool has_region = header.region_entries_ != 0;
    header.take_entries(view, 0, has_region ? header.region_entries_ : entries);
    return header;
  }

  // Why the record is not what its package was built with; "" where nothing speaks against it.
  const std::string& damage() const { return damage_; }

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

  explicit Header(std::string_view data) : data_(data) {}

  static Entry entry_at(const ByteView& view, std::uint64_t index) {
    const std::uint64_t at = kIntro + index * kEntry;
    return {view.u32(at), view.u32(at + 4), view.u32(at + 8), view.u32(at + 12)};
  }

  // Sets region_entries_ and damage_.
  void check_region(const ByteView& view, std::uint64_t entries) {
    const Entry first = entry_at(view, 0);
    std::uint64_t outside = 0;
    std::uint64_t region_bytes = 0;
    if (first.tag == kImmutable) {
      const ByteView data(data_, ByteOrder::kBig);
      const std::uint32_t index_bytes = 0U - data.u32(std::uint64_t{first.offset} + 8);
      if (first.type != kBinary || first.count != kEntry || !data.has(first.offset, kEntry) ||
          index_bytes % kEntry != 0 || index_bytes == 0 || index_bytes / kEntry > entries) {
        damage_ = "header region";
        return;
      }
      outside = region_entries_ = index_bytes / kEntry;
      region_bytes = first.offset + kEntry;
    }
    const auto [algorithm, expected] = find_digest(view, outside, entries);
    if (expected.empty()) return;  // before rpm 4.0, or a key
    if (region_entries_ == 0) {
      damage_ = "header region";
    } else if (digest_of_region(view, algorithm, region_bytes) != expected) {
      damage_ = "header digest";
    }
  }

  // The best digest in the entries [begin, end).
  std::pair<Hasher::Algorithm, std::string> find_digest(const ByteView& view, std::uint64_t begin,
                                                        std::uint64_t end) const {
    std::pair<Hasher::Algorithm, std::string> found{Hasher::Algorithm::kSha1, ""};
    for (std::uint64_t i = begin; i < end; ++i) {
      const Entry entry = entry_at(view, i);
      if (entry.type != kText) continue;
      if (entry.tag == kSha256Header) {
        return {Hasher::Algorithm::kSha256, "sha256:" + std::string(text_at(entry.offset))};
      }
      if (entry.tag == kSha1Header) found.second = "sha1:" + std::string(text_at(entry.offset));
    }
    return found;
  }

  std::string digest_of_region(const ByteView& view, Hasher::Algorithm algorithm,
                               std::uint64_t bytes) const {
    constexpr std::string_view kMagic("\x8e\xad\xe8\x01\0\0\0\0", 8);
    std::string counts;
    for (const std::uint64_t number : {region_entries_, bytes}) {
      for (int shift = 24; shift >= 0; shift -= 8) {
        counts += static_cast<char>(number >> shift & 0xff);
      }
    }
    Hasher hasher(algorithm);
    hasher.update(kMagic);
    hasher.update(counts);
    hasher.update(view.slice(kIntro, region_entries_ * kEntry));
    hasher.update(data_.substr(0, static_cast<std::size_t>(bytes)));
    return hasher.finish();
  }

  void take_entries(const ByteView& view, std::uint64_t begin, std::uint64_t end) {
    static constexpr std::uint32_t kWanted[] = {
        kName,       kVersion,   kRelease,      kEpoch,          kVendorTag,
        kLicense,    kArch,      kOldFileNames, kFileModes,      kSourceRpmTag,
        kDirIndexes, kBaseNames, kDirNames,     kModularityLabel};
    for (std::uint64_t i = begin; i < end; ++i) {
      const Entry entry = entry_at(view, i);
      const bool is_wanted =
          std::find(std::begin(kWanted), std::end(kWanted), entry.tag) != std::end(kWanted);
      if (is_wanted && find(entry.tag) == nullptr) entries_.push_back(entry);
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
  std::uint64_t region_entries_ = 0;  // 0: no region
  std::string damage_;
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
  if (!header.damage().empty()) {
    package.set_property(kDoubt, "its record is damaged (" + header.damage() + ")");
  }
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
