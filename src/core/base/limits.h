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
  std::uint64_t file_bytes = 512 * kMiB;      // one file that an extractor wants
  std::uint64_t entries = 20'000'000;         // tar entries of one layer
  std::uint64_t path_length = 32 * kKiB;      // bytes of one path, link targets too
  std::uint64_t nesting = 64;                 // levels of JSON, YAML, archives and indexes
  std::uint64_t ratio = 2000;                 // inflated / compressed bytes, after the first 64 MiB
  std::uint64_t time_seconds = 900;           // wall time of one layer's worker
  std::uint64_t memory_bytes = 1 * kGiB;      // wanted files held at once in one worker
  std::uint64_t spool_bytes = 64 * kGiB;      // unlinked temporary file for what cannot be re-read
  std::uint64_t document_bytes = 256 * kMiB;  // one JSON, YAML or text document

  // True once file_bytes was set by name: it then also raises what an extractor allows by itself.
  bool file_bytes_given = false;
};

// The largest file to read for somebody who by itself would read `own` bytes.
std::uint64_t file_limit(const Limits& limits, std::uint64_t own);

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

// kLimitExceeded for a limit that was reached: "WHAT: over the limit memory of 1073741824 bytes;
// raise it with --limit memory=N". Every message about a limit ends like this, so that it names
// what to change in the words of the command line. `value` where it is not the limit's own.
Error over_limit(const Limits& limits, std::uint64_t Limits::*field, std::string_view what);
Error over_limit(std::uint64_t value, std::uint64_t Limits::*field, std::string_view what);

}  // namespace seaworthy
