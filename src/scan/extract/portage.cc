// Gentoo's database of installed packages (PMS, chapter "VDB"; portage(5), /var/db/pkg): a
// directory CATEGORY/NAME-VERSION per package, one file per datum. Name and version are read from
// the directory's name by the Package Manager Specification, 3.1.2 and 3.2; CONTENTS, which every
// package has, lists what it installed:
//   dir PATH        obj PATH MD5 MTIME        sym PATH -> TARGET MTIME        fif PATH   dev PATH
// Paths may hold blanks, so an object's path ends before the last two words. A directory without
// CONTENTS is a damaged entry: the package is listed by the directory's name, with a doubt. LICENSE
// is one line, an expression of PMS 7.2 ("GPL-3+", "|| ( MIT BSD )"), kept as it stands.
#include <algorithm>
#include <array>
#include <string>

#include "core/codec/digest.h"
#include "core/model/problem.h"
#include "scan/extract/evidence_builder.h"
#include "scan/extract/extractor.h"
#include "scan/extract/lines.h"
#include "scan/extract/other_package.h"

namespace seaworthy {
namespace {

constexpr std::string_view kVdb = "var/db/pkg/";
constexpr std::array<std::string_view, 1> kAnchors{kVdb};
constexpr std::string_view kContents = "/CONTENTS";
constexpr std::string_view kLicense = "/LICENSE";
constexpr std::size_t kMaxLicense = 4096;

// CATEGORY/NAME-VERSION of var/db/pkg/CATEGORY/NAME-VERSION/CONTENTS (or LICENSE); "" for any other
// path.
std::string_view entry_of(std::string_view path) {
  if (!path.starts_with(kVdb)) return {};
  path.remove_prefix(kVdb.size());
  for (const std::string_view file : {kContents, kLicense}) {
    if (!path.ends_with(file)) continue;
    path.remove_suffix(file.size());
    return std::count(path.begin(), path.end(), '/') == 1 ? path : std::string_view{};
  }
  return {};
}

// "-MERGING-NAME" is what portage is unpacking, or left when it was stopped.
bool is_installed(std::string_view entry) {
  return !entry.empty() && base_name(entry).front() != '-';
}

bool wants_entry(const FileInfo& file) {
  return is_installed(entry_of(file.path));
}

bool wants_entry_directory(std::string_view path) {
  return is_installed(entry_of(std::string(path).append(kContents)));
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

void skip_digits(std::string_view& text) {
  while (!text.empty() && is_digit(text.front())) text.remove_prefix(1);
}

// number{.number}[letter]{_suffix[number]}
bool is_version(std::string_view text) {
  static constexpr std::array<std::string_view, 5> kSuffixes{"_alpha", "_beta", "_pre", "_rc",
                                                             "_p"};
  if (text.empty() || !is_digit(text.front())) return false;
  skip_digits(text);
  while (text.size() > 1 && text.front() == '.' && is_digit(text[1])) {
    text.remove_prefix(1);
    skip_digits(text);
  }
  if (!text.empty() && text.front() >= 'a' && text.front() <= 'z') text.remove_prefix(1);
  while (!text.empty()) {
    const auto suffix = std::find_if(kSuffixes.begin(), kSuffixes.end(),
                                     [&](std::string_view one) { return text.starts_with(one); });
    if (suffix == kSuffixes.end()) return false;
    text.remove_prefix(suffix->size());
    skip_digits(text);
  }
  return true;
}

bool is_revision(std::string_view text) {
  return text.size() > 1 && text.front() == 'r' &&
         std::all_of(text.begin() + 1, text.end(), is_digit);
}

struct NameAndVersion {
  std::string_view name, version;
};

// Both empty where the text has no version.
NameAndVersion split(std::string_view text) {
  std::size_t dash = text.rfind('-');
  if (dash == std::string_view::npos || dash == 0) return {};
  std::string_view version = text.substr(dash + 1);
  if (is_revision(version)) {
    const std::size_t end = dash;
    dash = text.rfind('-', dash - 1);
    if (dash == std::string_view::npos || dash == 0) return {};
    version = text.substr(dash + 1, end - dash - 1);
  }
  if (!is_version(version)) return {};
  return {text.substr(0, dash), text.substr(dash + 1)};
}

// The path of a line of CONTENTS that is no directory.
std::string_view path_of(std::string_view line) {
  const std::string_view kind = next_word(line);
  if (!line.empty()) line.remove_prefix(1);
  if (kind == "sym") return line.substr(0, line.find(" -> "));
  if (kind == "obj") {
    for (int word = 0; word < 2; ++word) line = line.substr(0, line.rfind(' '));
    return line;
  }
  return kind == "fif" || kind == "dev" ? line : std::string_view{};
}

bool is_kind(std::string_view line) {
  const std::string_view kind = next_word(line);
  static constexpr std::array<std::string_view, 5> kKinds{"dir", "obj", "sym", "fif", "dev"};
  return std::find(kKinds.begin(), kKinds.end(), kind) != kKinds.end();
}

void read_contents(std::string_view text, OwnedFiles& owned, EvidenceBuilder& evidence) {
  LineReader lines(text);
  std::string_view line;
  while (lines.next(line)) {
    if (line.empty()) continue;
    if (!is_kind(line)) {
      evidence.problem(problem::kUnreadableRecord, "line " + std::to_string(lines.number()) +
                                                       ": no entry; the line is ignored");
      continue;
    }
    std::string_view path = path_of(line);
    while (path.starts_with('/')) path.remove_prefix(1);
    if (!path.empty() && path.size() <= kMaxOwnedPath) owned.path_hashes.push_back(path_hash(path));
  }
  evidence.expect_whole_lines(text);
}

void read_license(std::string_view text, Package& package, EvidenceBuilder& evidence) {
  text = trim(text);
  if (text.empty()) return;
  if (text.size() > kMaxLicense || text.find('\n') != text.npos) {
    evidence.problem(problem::kUnreadableRecord, "it is not one line of licences");
    return;
  }
  package.licenses.emplace_back(text);
}

// The directory gives the package with a doubt, which CONTENTS takes away; LICENSE adds to either.
Result<Evidence> extract_entry(std::span<const FileView> files, const Limits&) {
  EvidenceBuilder evidence("os/portage", files[0].path);
  const std::string_view path = files[0].path;
  const bool is_directory = entry_of(path).empty();
  const std::string_view entry = is_directory ? path.substr(kVdb.size()) : entry_of(path);
  const std::string_view category = entry.substr(0, entry.find('/'));
  const auto [name, version] = split(base_name(entry));
  if (!is_plain_word(category) || !is_plain_word(name) || !is_plain_word(version)) {
    return Error{ErrorCode::kInvalidInput, "its directory's name has no version"};
  }
  Purl purl;
  purl.type = "ebuild";
  purl.name_space = category;
  purl.name = name;
  purl.version = version;
  Package package = other_package(purl);
  package.name = std::string(category) + "/" + std::string(name);
  if (is_directory) {
    package.set_property(kDoubt, std::string(kRecordMissing));
  } else if (path.ends_with(kLicense)) {
    package.set_property(kDoubt, std::string(kRecordMissing));
    read_license(files[0].bytes, package, evidence);
  } else {
    OwnedFiles owned{.package = package.name, .path_hashes = {}, .below_opt = false};
    read_contents(files[0].bytes, owned, evidence);
    evidence.own(std::move(owned));
  }
  evidence.add(std::move(package));
  return evidence.take();
}

}  // namespace

extern const Extractor kPortage;
const Extractor kPortage{
    .name = "os/portage",
    .description = "Gentoo packages, their files and licences of var/db/pkg",
    .max_file_bytes = 64 * kMiB,
    .is_database = true,
    .wants = wants_entry,
    .extract = extract_entry,
    .companions = nullptr,
    .anchors = kAnchors,
    .wants_directory = wants_entry_directory,
};

}  // namespace seaworthy
