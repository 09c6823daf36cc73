#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace seaworthy {

// A stretch of a stored layer from whose beginning it can be inflated: a checkpoint of zlib's
// zran.c, as SOCI indexes keep them.
struct StoredSpan {
  std::uint64_t begin = 0, end = 0;  // stored bytes of the layer
  std::uint64_t inflated_begin = 0, inflated_bytes = 0;
  std::string digest;  // of the stored bytes
  bool plain = false;  // the stored bytes are the bytes themselves
  // gzip: so many of the first stored byte's upper bits (0 to 7) belong to the span, and the
  // inflated bytes before it to which it may refer, at most 32 KiB.
  unsigned bits = 0;
  std::string_view window = {};
};

inline constexpr std::uint64_t kMaxSpanBytes = 64 * 1024 * 1024;  // stored, and inflated

// Verifies the stored bytes of a span and inflates them. kInvalidInput: they are not their digest,
// damaged, or hold less than the span says; kLimitExceeded: a span over kMaxSpanBytes.
Result<std::string> inflate_span(const StoredSpan& span, std::string_view stored);

}  // namespace seaworthy
