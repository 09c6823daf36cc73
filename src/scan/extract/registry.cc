#include <array>

#include "scan/extract/extractor.h"

// One line per extractor, in the order reports list them. Where two want the same file the first
// one gets it.
#define EXTRACTORS(use)                                                                           \
  use(kOsRelease) use(kApkRepositories) use(kRedHatContent) use(kDpkgStatus) use(kDpkgDistroless) \
      use(kDpkgFiles) use(kApkDb) use(kRpmDb) use(kRpmManifest) use(kPacman) use(kOpkg)           \
          use(kChisel) use(kBottlerocket) use(kNixDb) use(kNixStore) use(kPortage) use(kHomebrew) \
              use(kSnap) use(kNode) use(kPython) use(kRuby) use(kPhp) use(kDotnet) use(kJava)     \
                  use(kJvm) use(kWordpress) use(kErlang) use(kPerl) use(kLua) use(kR)             \
                      use(kEmbeddedSbom)

namespace seaworthy {

#define DECLARE(extractor) extern const Extractor extractor;
#define ADDRESS(extractor) &extractor,

EXTRACTORS(DECLARE)

std::span<const Extractor* const> all_extractors() {
  static constexpr std::array kAll{EXTRACTORS(ADDRESS)};
  return kAll;
}

const Extractor* extractor_for(const FileInfo& file) {
  for (const Extractor* extractor : all_extractors()) {
    if (extractor->wants(file)) return extractor;
  }
  return nullptr;
}

const Extractor* extractor_for_directory(std::string_view path) {
  for (const Extractor* extractor : all_extractors()) {
    if (extractor->wants_directory != nullptr && extractor->wants_directory(path)) return extractor;
  }
  return nullptr;
}

const Extractor* find_extractor(std::string_view name) {
  for (const Extractor* extractor : all_extractors()) {
    if (extractor->name == name) return extractor;
  }
  return nullptr;
}

}  // namespace seaworthy
