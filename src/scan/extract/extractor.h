#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "core/base/limits.h"
#include "core/base/result.h"
#include "core/codec/content_choice.h"
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

// Reads one file front to back, however large, and keeps only what it needs: at most a few
// megabytes, whatever the file says. Made by Extractor::open; one thread at a time.
class ContentReader {
 public:
  virtual ~ContentReader() = default;

  // The first offset from which on bytes are needed. What is in front of it may be passed over.
  virtual std::uint64_t needs() const = 0;
  // Bytes of the file from `offset` on, in order, none twice; valid during the call.
  virtual void feed(std::uint64_t offset, std::string_view bytes) = 0;
  // What was found; call once. An Error: the file is of this kind and could not be read.
  virtual Result<Evidence> finish() = 0;
};
inline constexpr std::uint64_t kNeedsNoMore = ~std::uint64_t{0};

// Reads the packages one kind of file records. All functions are pure and may run on many threads
// at once. The caller has walked, opened and bounded the file; an extractor only parses.
struct Extractor {
  std::string_view name;         // unique and stable: it appears in reports
  std::string_view description;  // one line for `list extractors`
  std::uint64_t max_file_bytes;  // a larger file is a reported problem, not a silent skip
  // A package database: an image where no extractor of this kind found anything is reported.
  bool is_database;
  // Called for every file in the image: compare, do not parse. Null: by content only.
  bool (*wants)(const FileInfo& file);
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
  // Files that are recognized by their first bytes (all of a short file, else kHeadBytes), whatever
  // their path, and read as a stream. Called for every file that no extractor wants by its path;
  // several may look at one file. Such an extractor needs neither `extract` nor max_file_bytes.
  bool (*wants_content)(const FileInfo& file, std::string_view head) = nullptr;
  std::unique_ptr<ContentReader> (*open)(const FileInfo& file, std::string_view head,
                                         const Limits& limits) = nullptr;
};
inline constexpr std::size_t kHeadBytes = ContentChoice::kHeadBytes;

// Every extractor, in the order reports list them.
std::span<const Extractor* const> all_extractors();

// The first extractor that wants the file by its path, or null.
const Extractor* extractor_for(const FileInfo& file);
const Extractor* extractor_for_directory(std::string_view path);
const Extractor* find_extractor(std::string_view name);
// What all extractors together want.
ContentChoice wanted_content();

// Changes whenever any extractor reads more or otherwise: part of every layer-cache key.
inline constexpr int kExtractorSetVersion = 10;

}  // namespace seaworthy
