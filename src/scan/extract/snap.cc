// Snaps, unpacked into an image: meta/snap.yaml (snapcraft.io/docs, "The snap format") at the root
// of an image made from one, or below snap/NAME/REVISION. The build may have left
// snap/manifest.yaml beside it, which lists the Debian packages that went in as `name=version`
// (primed-stage-packages, or the stage-packages of each part).
//
// A base snap (core22) lists its Debian packages in usr/share/snappy/dpkg.list, which is what `dpkg
// -l` prints. A snap that is still packed (var/lib/snapd/snaps/NAME_REVISION.snap, squashfs) is not
// opened, and that is a problem.
//
// Such a package comes from the release that the snap was built on, not from the image's, so it is
// kept apart from the image's own packages and not judged by their feed.
#include <array>
#include <string>

#include "core/codec/json.h"
#include "core/codec/yaml.h"
#include "core/model/problem.h"
#include "scan/extract/deb_words.h"
#include "scan/extract/evidence_builder.h"
#include "scan/extract/extractor.h"
#include "scan/extract/lines.h"
#include "scan/extract/other_package.h"

namespace seaworthy {
namespace {

constexpr std::string_view kMeta = "meta/snap.yaml";
constexpr std::string_view kManifest = "snap/manifest.yaml";
constexpr std::string_view kBaseList = "usr/share/snappy/dpkg.list";
constexpr std::string_view kPacked = "var/lib/snapd/snaps/";
constexpr std::array<std::string_view, 4> kAnchors{"snap/", "var/lib/snapd/snap/", kMeta,
                                                   kManifest};

// The path inside the snap; "" where it is in none.
std::string_view inside(std::string_view path) {
  if (path == kMeta || path == kManifest || path == kBaseList) return path;
  for (const std::string_view root : {kAnchors[0], kAnchors[1]}) {
    if (!path.starts_with(root)) continue;
    const std::size_t name = path.find('/', root.size());
    if (name == std::string_view::npos) return {};
    const std::size_t revision = path.find('/', name + 1);
    return revision == std::string_view::npos ? std::string_view{} : path.substr(revision + 1);
  }
  return {};
}

bool is_packed(std::string_view path) {
  return is_child_of(path, kPacked) && path.ends_with(".snap");
}

bool wants_snap(const FileInfo& file) {
  const std::string_view path = inside(file.path);
  return path == kMeta || path == kManifest || path == kBaseList || is_packed(file.path);
}

// A top-level text. To YAML an unquoted version 2.10 is the number 2.1: those are taken as written.
std::string text_of(std::string_view yaml, const JsonValue& root, std::string_view key) {
  const JsonValue value = root[key];
  if (!value.is_number()) return std::string(value.text());
  LineReader lines(yaml);
  std::string_view line;
  while (lines.next(line)) {
    if (!line.starts_with(key) || line.substr(key.size(), 1) != ":") continue;
    line.remove_prefix(key.size() + 1);
    return std::string(next_word(line));
  }
  return {};
}

Status add_snap(std::string_view yaml, const JsonValue& root, EvidenceBuilder& evidence) {
  Purl purl;
  purl.type = "snap";
  purl.name = root["name"].text();
  purl.version = text_of(yaml, root, "version");
  if (!is_plain_word(purl.name) || !is_plain_word(purl.version)) {
    return Error{ErrorCode::kInvalidInput, "no usable name or version of a snap"};
  }
  const auto architectures = root["architectures"].elements();
  if (architectures.size() == 1 && is_plain_word(architectures[0].text())) {
    purl.qualifiers = {{"arch", std::string(architectures[0].text())}};
  }
  Package package = other_package(purl);
  if (const std::string_view license = root["license"].text(); !license.empty()) {
    package.licenses.emplace_back(license);
  }
  evidence.add(std::move(package));
  return ok_status();
}

// "libc6=2.31-0ubuntu9" or "libc6:amd64=2.31-0ubuntu9". False where no further one can be taken.
bool add_staged(std::string_view text, const std::string& release, EvidenceBuilder& evidence) {
  const std::size_t equals = text.find('=');
  const std::string_view name = text.substr(0, equals);
  const std::string_view version =
      equals == std::string_view::npos ? std::string_view{} : text.substr(equals + 1);
  Purl purl;
  purl.type = "deb";
  purl.name_space = "ubuntu";
  purl.name = name.substr(0, name.find(':'));
  purl.version = version;
  if (!is_deb_name(purl.name) || !is_deb_version(version)) {
    evidence.problem(problem::kUnreadableRecord, "a staged package that is not name=version");
    return true;
  }
  if (!release.empty()) purl.qualifiers = {{"distro", "ubuntu-" + release}};
  Package package = other_package(purl);
  package.set_property(kDoubt, "inside a snap: its release's feed is not asked");
  return evidence.add(std::move(package));
}

void add_staged_packages(std::string_view yaml, const JsonValue& root, EvidenceBuilder& evidence) {
  std::string release = text_of(yaml, root, "snapcraft-os-release-version-id");
  if (!is_plain_word(release)) release.clear();
  const JsonValue primed = root["primed-stage-packages"];
  if (primed.is_array()) {
    for (const JsonValue& one : primed.elements()) {
      if (!add_staged(one.text(), release, evidence)) return;
    }
    return;
  }
  for (const auto& part : root["parts"].members()) {
    for (const JsonValue& one : part.value["stage-packages"].elements()) {
      // Without a version it is what the author asked for, not what was installed.
      if (one.text().find('=') == std::string_view::npos) continue;
      if (!add_staged(one.text(), release, evidence)) return;
    }
  }
}

// "ii  libssl3:amd64  3.0.2-0ubuntu1.8  amd64  text": what is installed.
void add_base_packages(std::string_view list, EvidenceBuilder& evidence) {
  LineReader lines(list);
  std::string_view line;
  while (lines.next(line)) {
    if (next_word(line) != "ii") continue;
    const std::string name(next_word(line));
    if (!add_staged(name + "=" + std::string(next_word(line)), "", evidence)) return;
  }
}

Result<Evidence> extract_snap(std::span<const FileView> files, const Limits& limits) {
  EvidenceBuilder evidence("app/snap", files[0].path);
  if (is_packed(files[0].path)) {
    return Error{ErrorCode::kUnsupported,
                 "a packed snap is not opened: what is in it is not listed"};
  }
  if (inside(files[0].path) == kBaseList) {
    add_base_packages(files[0].bytes, evidence);
    return evidence.take();
  }
  ASSIGN_OR_RETURN(const std::string json, yaml_to_json(files[0].bytes, limits));
  JsonDocument document;
  RETURN_IF_ERROR(document.parse(json, limits));
  if (inside(files[0].path) == kMeta) {
    RETURN_IF_ERROR(add_snap(files[0].bytes, document.root(), evidence));
  } else {
    add_staged_packages(files[0].bytes, document.root(), evidence);
  }
  return evidence.take();
}

}  // namespace

extern const Extractor kSnap;
const Extractor kSnap{
    .name = "app/snap",
    .description = "snaps that were unpacked, and the Debian packages inside them",
    .max_file_bytes = 8 * kMiB,
    .is_database = false,
    .wants = wants_snap,
    .extract = extract_snap,
    .companions = nullptr,
    .anchors = kAnchors,
};

}  // namespace seaworthy
