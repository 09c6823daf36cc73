// Python distributions that are installed (packaging.python.org, "Core metadata specifications"):
//   NAME-VERSION.dist-info/METADATA    wheels, and what pip installs, editable installs too
//   NAME.egg-info/PKG-INFO, NAME-VERSION.egg-info (a file), EGG-INFO/PKG-INFO    older forms
//   conda-meta/NAME-VERSION-BUILD.json    conda, which is a package manager of its own: a
//     distribution that conda installed has its dist-info beside it and is listed by that too
//
//   NAME-VERSION-pyX.Y.egg    a zip with EGG-INFO/PKG-INFO in it, which Python imports from as it
//   is pip/_vendor/vendor.txt    NAME==VERSION: the copies that pip carries, which have no metadata
//
// The metadata are headers as of mail: "Key: value" up to the first empty line.
#include <string>

#include "core/base/text.h"
#include "core/codec/json.h"
#include "core/codec/zip_view.h"
#include "core/model/problem.h"
#include "scan/extract/evidence_builder.h"
#include "scan/extract/extractor.h"
#include "scan/extract/language_package.h"
#include "scan/extract/lines.h"

namespace seaworthy {
namespace {

constexpr std::string_view kVendored = "/pip/_vendor/vendor.txt";
constexpr std::string_view kEggMetadata = "EGG-INFO/PKG-INFO";
constexpr std::uint64_t kMaxMetadata = 16 * kMiB;
constexpr std::size_t kMaxLicense = 200;  // some put the whole text there

// The directory that the file stands in, without what is above it.
std::string_view parent_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == path.npos ? std::string_view() : base_name(path.substr(0, slash));
}

bool is_conda(std::string_view path) {
  return parent_of(path) == "conda-meta" && path.ends_with(".json");
}

bool is_egg(std::string_view path) {
  return path.ends_with(".egg");
}

bool is_vendored(std::string_view path) {
  return path == kVendored.substr(1) || path.ends_with(kVendored);
}

bool wants_python(const FileInfo& file) {
  const std::string_view name = base_name(file.path);
  const std::string_view parent = parent_of(file.path);
  if (name == "METADATA") return parent.ends_with(".dist-info");
  if (name == "PKG-INFO") return parent.ends_with(".egg-info") || parent == "EGG-INFO";
  return name.ends_with(".egg-info") || is_conda(file.path) || is_egg(name) ||
         is_vendored(file.path);
}

void add_license(Package& package, std::string_view license) {
  license = trim(license);
  if (license.empty() || license == "UNKNOWN" || license.size() > kMaxLicense) return;
  package.licenses.emplace_back(license);
}

Result<Evidence> extract_conda(const FileView& file, const Limits& limits) {
  EvidenceBuilder evidence("lang/python", file.path);
  JsonDocument document;
  RETURN_IF_ERROR(document.parse(file.bytes, limits));
  const JsonValue root = document.root();
  Package package = language_package("conda", root["name"].text(), 0, root["version"].text());
  add_license(package, root["license"].text());
  add_language_package(evidence, std::move(package), "");
  return evidence.take();
}

Result<Evidence> extract_vendored(const FileView& file) {
  EvidenceBuilder evidence("lang/python", file.path);
  LineReader lines(file.bytes);
  for (std::string_view line; lines.next(line);) {
    line = trim(line.substr(0, line.find_first_of("#;")));
    const std::size_t equals = line.find("==");
    if (equals == line.npos) continue;
    Package package =
        language_package("pypi", trim(line.substr(0, equals)), 0, trim(line.substr(equals + 2)));
    if (!add_language_package(evidence, std::move(package),
                              "line " + std::to_string(lines.number()))) {
      break;
    }
  }
  return evidence.take();
}

Result<Evidence> extract_metadata(std::string_view path, std::string_view bytes) {
  EvidenceBuilder evidence("lang/python", path);
  std::string_view name, version, license, expression;
  LineReader lines(bytes);
  std::string_view line;
  while (lines.next(line) && !trim(line).empty()) {
    const auto colon = line.find(':');
    if (colon == line.npos || line.front() == ' ' || line.front() == '\t') continue;
    const std::string key = lower_case(line.substr(0, colon));
    const std::string_view value = trim(line.substr(colon + 1));
    if (key == "name" && name.empty()) name = value;
    if (key == "version" && version.empty()) version = value;
    if (key == "license" && license.empty()) license = value;
    if (key == "license-expression" && expression.empty()) expression = value;
  }
  if (name.empty() || version.empty()) {
    return Error{ErrorCode::kInvalidInput, "its headers have no Name or no Version"};
  }
  Package package = language_package("pypi", name, 0, version);
  add_license(package, expression.empty() ? license : expression);
  add_language_package(evidence, std::move(package), "");
  return evidence.take();
}

Result<Evidence> extract_egg(const FileView& file) {
  ASSIGN_OR_RETURN(ZipView zip, ZipView::open(file.bytes));
  ZipMember member;
  while (true) {
    ASSIGN_OR_RETURN(const bool more, zip.next(member));
    if (!more) return Error{ErrorCode::kInvalidInput, "an egg without EGG-INFO/PKG-INFO"};
    if (member.name != kEggMetadata) continue;
    std::string buffer;
    ASSIGN_OR_RETURN(const std::string_view text, zip.content(member, kMaxMetadata, buffer));
    return extract_metadata(file.path, text);
  }
}

Result<Evidence> extract_python(std::span<const FileView> files, const Limits& limits) {
  const FileView& file = files[0];
  if (is_conda(file.path)) return extract_conda(file, limits);
  if (is_egg(file.path)) return extract_egg(file);
  return is_vendored(file.path) ? extract_vendored(file) : extract_metadata(file.path, file.bytes);
}

}  // namespace

extern const Extractor kPython;
const Extractor kPython{
    .name = "lang/python",
    .description = "Python distributions by their metadata, and conda packages",
    .max_file_bytes = 128 * kMiB,
    .is_database = false,
    .wants = wants_python,
    .extract = extract_python,
    .companions = nullptr,
    .anchors = {},
};

}  // namespace seaworthy
