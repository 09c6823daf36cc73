#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/limits.h"
#include "scan/extract/extractor.h"

namespace seaworthy {

// One file on its way through all extractors that want it by its content. A fat Mach-O file, which
// is several executables behind one another, goes through them once for each.
class ContentReading {
 public:
  // `file.path` must outlive this; `head` as for Extractor::wants_content.
  ContentReading(const FileInfo& file, std::string_view head, const Limits& limits);
  ~ContentReading();

  bool wanted() const { return !readers_.empty() || !slices_.empty(); }
  // As for ContentReader; the bytes of `head` are fed like all others.
  std::uint64_t needs() const;
  void feed(std::uint64_t offset, std::string_view bytes);

  struct Outcome {
    const Extractor* extractor;
    Result<Evidence> evidence;
  };
  // One for each extractor, in the order of the registry; call once.
  std::vector<Outcome> finish();

 private:
  struct Reader {
    const Extractor* extractor;
    std::unique_ptr<ContentReader> reader;
    std::uint64_t base = 0;  // where in the file its part of it begins
    std::uint64_t size = 0;
  };
  struct Slice {
    std::uint64_t offset = 0, size = 0;
    std::string head;
    bool opened = false;
  };

  void open(std::string_view head, std::uint64_t base, std::uint64_t size);
  void feed_slice(Slice& slice, std::uint64_t offset, std::string_view bytes);
  void feed_readers(std::uint64_t offset, std::string_view bytes);

  const FileInfo file_;
  const Limits limits_;
  std::vector<Reader> readers_;
  std::vector<Slice> slices_;
};

}  // namespace seaworthy
