#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>

#include "core/base/result.h"

namespace seaworthy {

// What the four decompression libraries have in common, so that input buffering, limits and
// messages are written once (inflate.cc). One thread at a time.
class Inflater {
 public:
  virtual ~Inflater() = default;

  struct Step {
    std::size_t consumed = 0;
    std::size_t produced = 0;
    // Set where the input is damaged; what was produced before the damage is still valid.
    std::optional<Error> error = {};
  };
  // Inflates some of `in` into `out` (never empty). `last`: nothing follows `in`. Neither consuming
  // nor producing anything means that more input is needed.
  virtual Step step(std::span<const char> in, std::span<char> out, bool last) = 0;

  // True where the input may end: behind a complete member, frame or stream.
  virtual bool complete() const = 0;
};

std::unique_ptr<Inflater> gzip_inflater();
std::unique_ptr<Inflater> zstd_inflater();
std::unique_ptr<Inflater> xz_inflater();
std::unique_ptr<Inflater> bzip2_inflater();

}  // namespace seaworthy
