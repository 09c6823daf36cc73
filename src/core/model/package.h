#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace seaworthy {

// The package manager that a package belongs to. Append only: the numbers are stored in caches.
enum class PackageType { kDeb, kApk, kRpm, kOther, kAlpm, kEnd };
std::string_view name_of(PackageType type);  // "deb", "apk", "rpm", "other", "alpm"

// One installed package, as its package manager names it. A fixed struct with a small property
// list: an ecosystem's own fields go there, so that adding an extractor touches nothing else.
struct Package {
  PackageType type = PackageType::kOther;
  std::string name;     // binary package name
  std::string version;  // full, as the package manager compares it: [epoch:]version[-release]
  std::string arch;     // as the package manager writes it: amd64, x86_64, noarch, all
  // What it was built from. Empty: the same as name and version (deb, apk), unknown (rpm).
  std::string source_name;
  std::string source_version;
  std::vector<std::string> licenses;
  // Sorted by key. Keys: kModularity, kVendor, kMaintainer, kOrigin, ...
  std::vector<std::pair<std::string, std::string>> properties;
  // Evidence: the package database or file it was read from, no leading slash; inside an archive
  // "outer.jar!/lib/inner.jar".
  std::string path;
  int layer = -1;  // index of the first layer in which this name and version appears; -1 unknown
  std::uint32_t files = 0;  // how many files its package manager records for it

  std::string_view property(std::string_view key) const;       // "" where absent
  void set_property(std::string_view key, std::string value);  // keeps the order; "" is not stored

  bool operator==(const Package&) const = default;
};

// rpm's modularity label ("nodejs:12:8030020201124152102:229f0a1c"); the property is absent where
// the header has no such tag.
inline constexpr std::string_view kModularity = "modularity";
inline constexpr std::string_view kVendor = "vendor";          // rpm VENDOR, deb Vendor field
inline constexpr std::string_view kMaintainer = "maintainer";  // deb, apk
inline constexpr std::string_view kOrigin = "origin";          // deb Origin field
inline constexpr std::string_view kStatus = "status";          // deb: state other than "installed"
inline constexpr std::string_view kSourceRpm = "sourcerpm";
// Why advisories may be filed under another name or version than this package shows: "its record is
// malformed (Source)", "its epoch is not recorded". Such a package is listed and looked up, and
// never clean.
inline constexpr std::string_view kDoubt = "doubt";
// The doubt about a package that is known by the name of its directory in the package database
// alone. The fold drops it where the record is there as well, and reports it where it is not.
inline constexpr std::string_view kRecordMissing = "its record in the package database is missing";
// deb, apk: "yes" where the listing (an SBOM, a Chisel manifest) does not say what the package was
// built from, so that an empty source_name means unknown here, not "the same".
inline constexpr std::string_view kSourceUnknown = "source-unknown";
// deb: what its files say of where it comes from; absent where they say nothing. One of the two
// texts below.
inline constexpr std::string_view kForeignFiles = "foreign-files";
inline constexpr std::string_view kNoCopyright = "no copyright file";
inline constexpr std::string_view kBelowOpt = "files below /opt";
// Java: SHA-1 of an archive that does not say what it is, in hex; and, of log4j-core, "present" or
// "absent".
inline constexpr std::string_view kArchiveSha1 = "sha1";
inline constexpr std::string_view kJndiLookup = "jndi-lookup";

// The file of a package's path: of "outer.jar!/lib/inner.jar", which is in no file system, the
// archive that is.
std::string_view file_of(std::string_view path);

// Orders by type, name, version, arch, path: the order of every package list in every output.
bool package_before(const Package& a, const Package& b);

// Which distribution an image is, from os-release and its older relatives.
struct Distro {
  std::string id;                 // os-release ID, lower case: debian, ubuntu, alpine, almalinux
  std::string version;            // VERSION_ID: 12, 22.04, 3.18.4, 8.9; "" for rolling releases
  std::string codename;           // VERSION_CODENAME, or read from VERSION: bookworm, sid
  std::string name;               // PRETTY_NAME
  std::vector<std::string> like;  // ID_LIKE; shown, and never used to choose a feed
  std::string variant;            // VARIANT_ID
  // apk: the branch that etc/apk/repositories names ("3.18", "edge"); it overrides `version`.
  std::string repository_branch;
  // apk: the other repositories that it names, which may serve packages of anybody; "a.example/x,
  // ...".
  std::string other_repositories;
  // Red Hat: the package repositories that the image was built from ("content sets"), and the
  // products, as CPE names, that its labels say it belongs to. Sorted, no repeats.
  std::vector<std::string> content_sets;
  std::vector<std::string> cpes;
  std::string path;  // the file it was read from
  int layer = -1;

  bool operator==(const Distro&) const = default;
};

// The package URL (purl spec, type-specific rules for deb, apk and rpm): namespace is the distro's
// id, qualifiers arch, distro, epoch, upstream. `distro` may be null.
std::string purl_of(const Package& package, const Distro* distro);

// A purl's parts; qualifiers sorted by key.
struct Purl {
  std::string type, name_space, name, version, subpath;
  std::vector<std::pair<std::string, std::string>> qualifiers;
  std::string_view qualifier(std::string_view key) const;
};
std::optional<Purl> parse_purl(std::string_view text);  // empty where it is no purl
std::string to_text(const Purl& given);                 // canonical form

}  // namespace seaworthy
