#include "scan/extract/content_reading.h"

#include <algorithm>
#include <utility>

#include "scan/extract/executable.h"

namespace seaworthy {

ContentReading::ContentReading(const FileInfo& file, std::string_view head, const Limits& limits)
    : file_(file), limits_(limits) {
  for (const FileRange& range : fat_slices(head, file.size_bytes)) {
    slices_.push_back({range.offset, range.size, {}, false});
  }
  if (slices_.empty()) open(head, 0, file.size_bytes);
}

ContentReading::~ContentReading() = default;

void ContentReading::open(std::string_view head, std::uint64_t base, std::uint64_t size) {
  const FileInfo part{file_.path, size};
  for (const Extractor* extractor : all_extractors()) {
    if (extractor->wants_content == nullptr || !extractor->wants_content(part, head)) continue;
    readers_.push_back({extractor, extractor->open(part, head, limits_), base, size});
  }
}

std::uint64_t ContentReading::needs() const {
  std::uint64_t least = kNeedsNoMore;
  for (const Reader& each : readers_) {
    const std::uint64_t needs = each.reader->needs();
    if (needs < each.size) least = std::min(least, each.base + needs);
  }
  for (const Slice& slice : slices_) {
    if (!slice.opened) least = std::min(least, slice.offset + slice.head.size());
  }
  return least;
}

void ContentReading::feed(std::uint64_t offset, std::string_view bytes) {
  for (Slice& slice : slices_) feed_slice(slice, offset, bytes);
  feed_readers(offset, bytes);
}

// Gathers a slice's first bytes; once they are there its readers get them.
void ContentReading::feed_slice(Slice& slice, std::uint64_t offset, std::string_view bytes) {
  if (slice.opened) return;
  const std::uint64_t wanted = std::min<std::uint64_t>(kHeadBytes, slice.size);
  const std::uint64_t at = slice.offset + slice.head.size();
  if (at < offset) {
    slice.opened = true;  // it was passed over: slices overlap
    return;
  }
  if (at >= offset + bytes.size()) return;
  const std::size_t had = slice.head.size();
  slice.head += bytes.substr(at - offset, wanted - had);
  if (slice.head.size() < wanted) return;
  slice.opened = true;
  const std::size_t before = readers_.size();
  open(slice.head, slice.offset, slice.size);
  // What came with an earlier piece; the rest of this one follows from feed().
  for (std::size_t i = before; i < readers_.size() && had > 0; ++i) {
    readers_[i].reader->feed(0, std::string_view(slice.head).substr(0, had));
  }
}

void ContentReading::feed_readers(std::uint64_t offset, std::string_view bytes) {
  for (const Reader& each : readers_) {
    const std::uint64_t begin = std::max(offset, each.base + each.reader->needs());
    const std::uint64_t end = std::min(offset + bytes.size(), each.base + each.size);
    if (each.reader->needs() >= each.size || begin >= end) continue;
    each.reader->feed(begin - each.base, bytes.substr(begin - offset, end - begin));
  }
}

std::vector<ContentReading::Outcome> ContentReading::finish() {
  std::vector<Outcome> outcomes;
  for (const Reader& each : readers_) outcomes.push_back({each.extractor, each.reader->finish()});
  std::stable_sort(outcomes.begin(), outcomes.end(), [](const Outcome& a, const Outcome& b) {
    const auto all = all_extractors();
    return std::find(all.begin(), all.end(), a.extractor) <
           std::find(all.begin(), all.end(), b.extractor);
  });
  return outcomes;
}

}  // namespace seaworthy
