#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "core/base/result.h"

namespace seaworthy {

inline constexpr std::uint64_t kKiB = 1024;
inline constexpr std::uint64_t kMiB = 1024 * kKiB;
inline constexpr std::uint64_t kGiB = 1024 * kMiB;

// Bounds on what one scan may cost, whatever the input says of itself. A limit that is reached
// cuts the work short and is a reported problem, never a silent skip.
struct Limits {
  std::uint64_t feed_age_days = 7;            // older feeds assess nothing
  std::uint64_t layer_bytes = 64 * kGiB;      // inflated size of one layer
  std::uint64_t file_bytes = 128 * kMiB;      // one file that an extractor wants
  std::uint64_t entries = 20'000'000;         // tar entries of one layer
  std::uint64_t path_length = 32 * kKiB;      // bytes of one path, link targets too
  std::uint64_t nesting = 64;                 // levels of JSON, YAML, archives and indexes
  std::uint64_t ratio = 2000;                 // inflated / compressed bytes, after the first 64 MiB
  std::uint64_t time_seconds = 900;           // wall time of one layer's worker
  std::uint64_t memory_bytes = 1 * kGiB;      // wanted files held at once in one worker
  std::uint64_t spool_bytes = 64 * kGiB;      // unlinked temporary file for what cannot be re-read
  std::uint64_t document_bytes = 256 * kMiB;  // one JSON, YAML or text document
};

// One row per `--limit NAME=VALUE`.
struct LimitRow {
  std::string_view name;
  std::uint64_t Limits::*field;
  std::string_view unit;
  std::string_view help;
};
std::span<const LimitRow> limit_rows();

// Sets a limit from "NAME=VALUE"; VALUE may end in K, M or G (binary).
// kUsage: unknown name (the message lists the known ones), or a value that is not a number.
Status set_limit(Limits& limits, std::string_view assignment);

}  // namespace seaworthy
