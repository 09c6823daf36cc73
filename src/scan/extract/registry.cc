#include <algorithm>
#include <array>

#include "scan/extract/executable.h"
#include "scan/extract/extractor.h"

// One line per extractor, in the order reports list them. Where two want the same file the first
// one gets it.
#define EXTRACTORS(use)                                                                           \
  use(kOsRelease) use(kApkRepositories) use(kRedHatContent) use(kDpkgStatus) use(kDpkgDistroless) \
      use(kDpkgFiles) use(kApkDb) use(kRpmDb) use(kRpmManifest) use(kPacman) use(kOpkg)           \
          use(kChisel) use(kBottlerocket) use(kNixDb) use(kNixStore) use(kPortage) use(kHomebrew) \
              use(kSnap) use(kNode) use(kPython) use(kRuby) use(kPhp) use(kDotnet) use(kJava)     \
                  use(kJvm) use(kWordpress) use(kErlang) use(kPerl) use(kLua) use(kR) use(kLock)  \
                      use(kEmbeddedSbom) use(kGoBinary) use(kRustBinary) use(kElfNote)            \
                          use(kClassifier) use(kDotnetAssembly)

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
    if (extractor->wants != nullptr && extractor->wants(file)) return extractor;
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

ContentChoice wanted_content() {
  ContentChoice choice;
  choice.by_path = [](std::string_view path, std::uint64_t size) {
    return extractor_for({path, size}) != nullptr;
  };
  choice.by_head = [](std::string_view path, std::uint64_t size, std::string_view head) {
    if (!fat_slices(head, size).empty()) return true;
    const auto all = all_extractors();
    return std::any_of(all.begin(), all.end(), [&](const Extractor* each) {
      return each->wants_content != nullptr && each->wants_content({path, size}, head);
    });
  };
  return choice;
}

}  // namespace seaworthy
