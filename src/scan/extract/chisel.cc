// The manifest that Chisel leaves where it cut Ubuntu packages into slices: var/lib/chisel/
// manifest.wall, zstd around "jsonwall" (canonical/chisel, public/jsonwall): one JSON object per
// line, the first line the header.
//   {"jsonwall":"1.0","schema":"1.0","count":5}
//   {"kind":"content","slice":"libc6_libs","path":"/lib/x86_64-linux-gnu/libc.so.6"}
//   {"kind":"package","name":"libc6","version":"2.39-0ubuntu8","sha256":"...","arch":"amd64"}
//   {"kind":"path",...}   {"kind":"slice","name":"libc6_libs"}
// A slice is named PACKAGE_SLICE. The header's count is that of all lines: fewer mean a cut file.
//
// The manifest does not name source packages, and Ubuntu's advisories name nothing else. Packages
// are looked up by their own name, which is often the source's, and without a finding they are not
// called clean. Where dpkg's status is there as well, it tells.
#include <array>
#include <string>

#include "core/codec/digest.h"
#include "core/codec/json.h"
#include "core/codec/source.h"
#include "core/model/problem.h"
#include "scan/extract/deb_words.h"
#include "scan/extract/evidence_builder.h"
#include "scan/extract/extractor.h"
#include "scan/extract/lines.h"

namespace seaworthy {
namespace {

constexpr std::array<std::string_view, 1> kAnchors{"var/lib/chisel/manifest.wall"};
constexpr std::uint64_t kMaxManifest = 256 * kMiB;  // inflated

bool wants_manifest(const FileInfo& file) {
  return file.path == kAnchors[0];
}

class ManifestReader {
 public:
  ManifestReader(EvidenceBuilder& evidence, const Limits& limits)
      : evidence_(evidence), limits_(limits) {}

  Status read(std::string_view text) {
    LineReader lines(text);
    std::string_view line;
    if (!lines.next(line)) return Error{ErrorCode::kInvalidInput, "an empty manifest"};
    RETURN_IF_ERROR(document_.parse(line, limits_));
    if (document_.root()["jsonwall"].text() != "1.0") {
      return Error{ErrorCode::kUnsupported, "line 1: no header of jsonwall 1.0"};
    }
    const std::int64_t count = document_.root()["count"].integer();
    std::int64_t seen = 1;
    bool full = false;
    for (; lines.next(line) && !full; ++seen) full = !read_line(line, lines.number());
    evidence_.own(std::move(owned_));
    if (!full && seen != count) {
      evidence_.problem(problem::kPackageDbCorrupt,
                        "the header says " + std::to_string(count) + " lines, and there are " +
                            std::to_string(seen) + ": packages may be missing");
    }
    return ok_status();
  }

 private:
  // False where no further package can be taken.
  bool read_line(std::string_view line, std::size_t number) {
    if (const Status parsed = document_.parse(line, limits_); !parsed.ok()) {
      complain(number, parsed.error().message);
      return true;
    }
    const JsonValue root = document_.root();
    const std::string_view kind = root["kind"].text();
    if (kind == "package") return add_package(root, number);
    if (kind == "content") add_path(root["slice"].text(), root["path"].text());
    return true;
  }

  bool add_package(const JsonValue& value, std::size_t number) {
    Package package;
    package.type = PackageType::kDeb;
    package.name = value["name"].text();
    package.version = value["version"].text();
    package.arch = value["arch"].text();
    if (!is_plain_word(package.name) || !is_plain_word(package.version)) {
      complain(number, "a package without a usable name or version");
      return true;
    }
    package.set_property(kSourceUnknown, "yes");
    if (!is_deb_name(package.name) || !is_deb_version(package.version) ||
        !is_deb_architecture(package.arch)) {
      complain(number, package.name + " has a name, version or architecture that dpkg refuses");
      package.set_property(kDoubt, "its record is malformed");
    }
    return evidence_.add(std::move(package));
  }

  // Content is sorted by slice, so the paths of one package follow each other.
  void add_path(std::string_view slice, std::string_view path) {
    const std::string_view package = slice.substr(0, slice.find('_'));
    if (package != owned_.package) {
      evidence_.own(std::move(owned_));
      owned_ = {.package = std::string(package), .path_hashes = {}, .below_opt = false};
    }
    while (path.starts_with('/')) path.remove_prefix(1);
    if (path.empty() || path.ends_with('/') || path.size() > kMaxOwnedPath) return;
    owned_.path_hashes.push_back(path_hash(path));
  }

  void complain(std::size_t number, const std::string& what) {
    evidence_.problem(problem::kUnreadableRecord, "line " + std::to_string(number) + ": " + what);
  }

  EvidenceBuilder& evidence_;
  const Limits& limits_;
  JsonDocument document_;
  OwnedFiles owned_;
};

Result<Evidence> extract_manifest(std::span<const FileView> files, const Limits& limits) {
  EvidenceBuilder evidence("os/chisel", files[0].path);
  const auto source = inflate(source_of_memory(files[0].bytes), Compression::kZstd, limits);
  ASSIGN_OR_RETURN(const std::string text, read_all(*source, kMaxManifest));
  RETURN_IF_ERROR(ManifestReader(evidence, limits).read(text));
  return evidence.take_database();
}

}  // namespace

extern const Extractor kChisel;
const Extractor kChisel{
    .name = "os/chisel",
    .description = "Ubuntu packages that Chisel sliced, of var/lib/chisel/manifest.wall",
    .max_file_bytes = 32 * kMiB,
    .is_database = true,
    .wants = wants_manifest,
    .extract = extract_manifest,
    .companions = nullptr,
    .anchors = kAnchors,
};

}  // namespace seaworthy
