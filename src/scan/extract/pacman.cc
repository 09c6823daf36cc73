// pacman's local database (libalpm, lib/libalpm/be_local.c): a directory NAME-VERSION-RELEASE per
// package below var/lib/pacman/local, with the files
//   desc    sections of the form  %NAME%\nvalue\n...\n\n
//   files   the section %FILES%, one path per line, directories with a slash at their end
// Of interest in desc: NAME, VERSION ([epoch:]version-release), BASE (the source package), ARCH,
// LICENSE, PACKAGER. The directory's name says name and version a second time; where the two
// differ one of them is damaged, and the package is marked. Where there is no desc the package is
// listed by the directory's name, with a doubt.
#include <algorithm>
#include <array>
#include <string>

#include "core/codec/digest.h"
#include "core/model/problem.h"
#include "scan/extract/evidence_builder.h"
#include "scan/extract/extractor.h"
#include "scan/extract/lines.h"

namespace seaworthy {
namespace {

constexpr std::string_view kLocal = "var/lib/pacman/local/";
constexpr std::array<std::string_view, 1> kAnchors{kLocal};

// "bash-5.2-1" of var/lib/pacman/local/bash-5.2-1/desc; "" for any other path.
std::string_view entry_of(std::string_view path, std::string_view file) {
  if (!path.starts_with(kLocal) || !path.ends_with(file)) return {};
  path.remove_prefix(kLocal.size());
  const std::size_t slash = path.find('/');
  return slash != std::string_view::npos && path.substr(slash + 1) == file ? path.substr(0, slash)
                                                                           : std::string_view{};
}

bool wants_pacman(const FileInfo& file) {
  return !entry_of(file.path, "desc").empty() || !entry_of(file.path, "files").empty();
}

// "bash-5.2-1" of var/lib/pacman/local/bash-5.2-1; "" for any other path.
std::string_view entry_of_directory(std::string_view path) {
  if (!path.starts_with(kLocal)) return {};
  path.remove_prefix(kLocal.size());
  return path.find('/') == std::string_view::npos ? path : std::string_view{};
}

bool wants_entry_directory(std::string_view path) {
  return !entry_of_directory(path).empty();
}

// "bash" of "bash-5.2-1": version and release have no hyphen.
std::string_view name_of_entry(std::string_view entry) {
  const std::size_t release = entry.rfind('-');
  if (release == std::string_view::npos || release == 0) return {};
  const std::size_t version = entry.rfind('-', release - 1);
  return version == std::string_view::npos ? std::string_view{} : entry.substr(0, version);
}

// Calls `take(section, line)` for every line of every section.
template <class Take>
void read_sections(std::string_view text, Take take) {
  LineReader lines(text);
  std::string_view line, section;
  while (lines.next(line)) {
    if (line.empty()) {
      section = {};
    } else if (section.empty() && line.size() > 2 && line.front() == '%' && line.back() == '%') {
      section = line.substr(1, line.size() - 2);
    } else {
      take(section, line, lines.number());
    }
  }
}

void keep_first(std::string& field, std::string_view value) {
  if (field.empty()) field = value;
}

bool is_alpm_name(std::string_view text) {
  return is_plain_word(text) && text.front() != '-' && text.front() != '.' &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  std::string_view("@._+-").find(c) != std::string_view::npos;
         });
}

Package read_desc(std::string_view text, EvidenceBuilder& evidence) {
  Package package;
  package.type = PackageType::kAlpm;
  read_sections(text, [&](std::string_view section, std::string_view line, std::size_t number) {
    if (section.empty()) {
      evidence.problem(problem::kUnreadableRecord,
                       "line " + std::to_string(number) + ": in no section; the line is ignored");
    }
    if (section == "NAME") keep_first(package.name, line);
    if (section == "VERSION") keep_first(package.version, line);
    if (section == "BASE") keep_first(package.source_name, line);
    if (section == "ARCH") keep_first(package.arch, line);
    if (section == "PACKAGER") package.set_property(kMaintainer, std::string(line));
    constexpr std::size_t kMostLicenses = 100;
    if (section == "LICENSE" && package.licenses.size() < kMostLicenses) {
      package.licenses.emplace_back(line);
    }
  });
  return package;
}

// What pacman never writes. The package stays, marked.
void check_desc(std::string_view entry, Package& package, EvidenceBuilder& evidence) {
  std::string bad;
  const auto complain = [&](std::string_view section, const std::string& what) {
    if (!bad.empty()) bad += ", ";
    bad += section;
    evidence.problem(problem::kUnreadableRecord,
                     std::string(section) + " of " + package.name + " " + what);
  };
  if (!is_alpm_name(package.name)) complain("NAME", "is no name of a package");
  if (package.name + "-" + package.version != entry) {
    complain("VERSION", package.version + " is not what its directory says");
  }
  if (!package.source_name.empty() && !is_alpm_name(package.source_name)) {
    complain("BASE", "is no name of a package");
    package.source_name.clear();
  }
  if (!package.arch.empty() && !is_alpm_name(package.arch)) {
    complain("ARCH", "is no architecture");
    package.arch.clear();
  }
  if (!bad.empty()) package.set_property(kDoubt, "its record is malformed (" + bad + ")");
}

Result<Evidence> extract_desc(const FileView& file, std::string_view entry) {
  EvidenceBuilder evidence("os/pacman", file.path);
  Package package = read_desc(file.bytes, evidence);
  evidence.expect_whole_lines(file.bytes);
  const bool has_name = is_plain_word(package.name);
  if (!has_name || !is_plain_word(package.version)) {
    return Error{ErrorCode::kInvalidInput,
                 std::string("no usable ") +
                     (has_name ? "%VERSION% of " + package.name : std::string("%NAME%"))};
  }
  check_desc(entry, package, evidence);
  if (package.source_name == package.name) package.source_name.clear();
  evidence.add(std::move(package));
  return evidence.take();
}

Result<Evidence> extract_files(const FileView& file, std::string_view entry) {
  EvidenceBuilder evidence("os/pacman", file.path);
  OwnedFiles owned{
      .package = std::string(name_of_entry(entry)), .path_hashes = {}, .below_opt = false};
  read_sections(file.bytes, [&](std::string_view section, std::string_view line, std::size_t) {
    if (section != "FILES" || line.ends_with('/') || line.size() > kMaxOwnedPath) return;
    owned.path_hashes.push_back(path_hash(line));
  });
  if (!owned.package.empty()) evidence.own(std::move(owned));
  return evidence.take();
}

Result<Evidence> extract_directory(std::string_view path, std::string_view entry) {
  EvidenceBuilder evidence("os/pacman", path);
  const std::string_view name = name_of_entry(entry);
  Package package;
  package.type = PackageType::kAlpm;
  package.name = name;
  if (!name.empty()) package.version = entry.substr(name.size() + 1);
  if (!is_alpm_name(package.name) || !is_plain_word(package.version)) {
    return Error{ErrorCode::kInvalidInput, "its name is not NAME-VERSION-RELEASE"};
  }
  package.set_property(kDoubt, std::string(kRecordMissing));
  evidence.add(std::move(package));
  return evidence.take();
}

Result<Evidence> extract_pacman(std::span<const FileView> files, const Limits&) {
  const std::string_view directory = entry_of_directory(files[0].path);
  if (!directory.empty()) return extract_directory(files[0].path, directory);
  const std::string_view entry = entry_of(files[0].path, "desc");
  if (!entry.empty()) return extract_desc(files[0], entry);
  return extract_files(files[0], entry_of(files[0].path, "files"));
}

}  // namespace

extern const Extractor kPacman;
const Extractor kPacman{
    .name = "os/pacman",
    .description = "Arch Linux packages and their files of var/lib/pacman/local",
    .max_file_bytes = 64 * kMiB,
    .is_database = true,
    .wants = wants_pacman,
    .extract = extract_pacman,
    .companions = nullptr,
    .anchors = kAnchors,
    .wants_directory = wants_entry_directory,
};

}  // namespace seaworthy
