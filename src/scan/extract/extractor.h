#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/base/limits.h"
#include "core/base/result.h"
#include "core/model/inventory.h"

namespace seaworthy {

struct FileInfo {
  std::string_view path;  // relative to the image root, no leading slash
  std::uint64_t size_bytes;
};

struct FileView {
  std::string_view path;
  std::string_view bytes;
};

// Reads the packages one kind of file records. All functions are pure and may run on many threads
// at once. The caller has walked, opened and bounded the file; an extractor only parses.
struct Extractor {
  std::string_view name;         // unique and stable: it appears in reports
  std::string_view description;  // one line for `list extractors`
  std::uint64_t max_file_bytes;  // a larger file is a reported problem, not a silent skip
  // A package database: an image where no extractor of this kind found anything is reported.
  bool is_database;
  bool (*wants)(const FileInfo& file);  // called for every file in the image: compare, do not parse
  // files[0] is the wanted file; behind it those of its companions that exist in the same tree.
  // An Error: nothing could be read (the caller makes it a problem with path, layer and step).
  // What could be read in part comes back as evidence with its own problems (path and step filled
  // by the caller where empty).
  Result<Evidence> (*extract)(std::span<const FileView> files, const Limits& limits);
  // Paths that must be read together with `path`, such as a write-ahead log; null: none.
  std::vector<std::string> (*companions)(std::string_view path);
  // Well-known paths, so that symbolic links at or above them are followed; a directory ends in
  // "/".
  std::span<const std::string_view> anchors;
  // Package managers whose database has a directory for each package (Nix, pacman, portage), which
  // is known by its name: called for every directory in the image; `extract` gets the path and no
  // bytes. Null: files only.
  bool (*wants_directory)(std::string_view path) = nullptr;
};

// Every extractor, in the order reports list them.
std::span<const Extractor* const> all_extractors();

// The first extractor that wants the file, or null.
const Extractor* extractor_for(const FileInfo& file);
const Extractor* extractor_for_directory(std::string_view path);
const Extractor* find_extractor(std::string_view name);

// Changes whenever any extractor reads more or otherwise: part of every layer-cache key.
inline constexpr int kExtractorSetVersion = 4;

}  // namespace seaworthy
