// Homebrew: a directory PREFIX/Cellar/NAME/VERSION per installed formula ("keg"), with
// INSTALL_RECEIPT.json, and below .brew/ the formula itself, NAME.rb. Name and version are the
// directory's; the version may end in the revision ("1.7.1_2"). The receipt adds the tap, the
// formula the licence. On Linux the prefix is home/linuxbrew/.linuxbrew.
//
// Homebrew stands beside the operating system's package manager, so it is no package database: an
// image that has nothing else is still one without.
#include <algorithm>
#include <array>
#include <string>

#include "core/codec/json.h"
#include "core/model/problem.h"
#include "scan/extract/evidence_builder.h"
#include "scan/extract/extractor.h"
#include "scan/extract/lines.h"
#include "scan/extract/other_package.h"

namespace seaworthy {
namespace {

constexpr std::array<std::string_view, 3> kCellars{"home/linuxbrew/.linuxbrew/Cellar/",
                                                   "opt/homebrew/Cellar/", "usr/local/Cellar/"};
constexpr std::string_view kReceipt = "INSTALL_RECEIPT.json";
constexpr std::string_view kFormulas = ".brew/";

struct Keg {
  std::string_view name, version, file;  // file: below the keg
};

// Empty where the path is not in a keg.
Keg keg_of(std::string_view path) {
  const auto cellar = std::find_if(kCellars.begin(), kCellars.end(),
                                   [&](std::string_view one) { return path.starts_with(one); });
  if (cellar == kCellars.end()) return {};
  path.remove_prefix(cellar->size());
  const std::size_t name = path.find('/');
  if (name == std::string_view::npos) return {};
  const std::size_t version = path.find('/', name + 1);
  if (version == std::string_view::npos) return {};
  return {path.substr(0, name), path.substr(name + 1, version - name - 1),
          path.substr(version + 1)};
}

bool is_formula(const Keg& keg) {
  return is_child_of(keg.file, kFormulas) && keg.file.ends_with(".rb");
}

bool wants_keg(const FileInfo& file) {
  const Keg keg = keg_of(file.path);
  return keg.file == kReceipt || is_formula(keg);
}

// `  license "MIT"` of the formula; more than one licence is Ruby and is not read.
std::string_view license_of(std::string_view formula) {
  LineReader lines(formula);
  std::string_view line;
  while (lines.next(line)) {
    std::string_view words = line;
    if (next_word(words) != "license") continue;
    words = trim(words);
    if (words.size() < 3 || words.front() != '"') return {};
    return words.substr(1, words.find('"', 1) - 1);
  }
  return {};
}

Result<Evidence> extract_keg(std::span<const FileView> files, const Limits& limits) {
  EvidenceBuilder evidence("app/homebrew", files[0].path);
  const Keg keg = keg_of(files[0].path);
  if (!is_plain_word(keg.name) || !is_plain_word(keg.version)) {
    return Error{ErrorCode::kInvalidInput, "its directories are no name and version"};
  }
  Purl purl;
  purl.type = "brew";
  purl.name = keg.name;
  purl.version = keg.version;
  Package package = other_package(purl);
  if (keg.file == kReceipt) {
    JsonDocument document;
    if (const Status parsed = document.parse(files[0].bytes, limits); parsed.ok()) {
      package.set_property(kOrigin, std::string(document.root()["source"]["tap"].text()));
    } else {
      evidence.problem(problem::kUnreadableRecord, parsed.error().message);
    }
  } else if (const std::string_view license = license_of(files[0].bytes); !license.empty()) {
    package.licenses.emplace_back(license);
  }
  evidence.add(std::move(package));
  return evidence.take();
}

}  // namespace

extern const Extractor kHomebrew;
const Extractor kHomebrew{
    .name = "app/homebrew",
    .description = "Homebrew formulas by the receipts in the Cellar",
    .max_file_bytes = 4 * kMiB,
    .is_database = false,
    .wants = wants_keg,
    .extract = extract_keg,
    .companions = nullptr,
    .anchors = kCellars,
};

}  // namespace seaworthy
