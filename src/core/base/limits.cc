#include "core/base/limits.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <string>

namespace seaworthy {
namespace {

constexpr std::array kRows{
    LimitRow{"feed-age", &Limits::feed_age_days, "days",
             "a feed whose newest data is older assesses nothing"},
    LimitRow{"layer-bytes", &Limits::layer_bytes, "bytes", "inflated size of one layer"},
    LimitRow{"file-bytes", &Limits::file_bytes, "bytes",
             "one file that an extractor reads; given, it also raises the extractor's own limit"},
    LimitRow{"entries", &Limits::entries, "entries", "tar entries of one layer"},
    LimitRow{"path-length", &Limits::path_length, "bytes", "one path or link target"},
    LimitRow{"nesting", &Limits::nesting, "levels", "levels of documents, archives and indexes"},
    LimitRow{"ratio", &Limits::ratio, "times", "inflated bytes per compressed byte"},
    LimitRow{"time", &Limits::time_seconds, "seconds", "wall time for reading one layer"},
    LimitRow{"memory", &Limits::memory_bytes, "bytes",
             "files held at once while reading one layer"},
    LimitRow{"spool", &Limits::spool_bytes, "bytes",
             "temporary copy of input that cannot be read twice"},
    LimitRow{"document-bytes", &Limits::document_bytes, "bytes", "one JSON, YAML or text document"},
};

}  // namespace

std::span<const LimitRow> limit_rows() {
  return kRows;
}

std::uint64_t file_limit(const Limits& limits, std::uint64_t own) {
  return limits.file_bytes_given ? limits.file_bytes : std::min(own, limits.file_bytes);
}

Error over_limit(std::uint64_t value, std::uint64_t Limits::*field, std::string_view what) {
  const auto row = std::find_if(kRows.begin(), kRows.end(),
                                [&](const LimitRow& each) { return each.field == field; });
  const std::string name(row->name);
  return {ErrorCode::kLimitExceeded, std::string(what) + ": over the limit " + name + " of " +
                                         std::to_string(value) + " " + std::string(row->unit) +
                                         "; raise it with --limit " + name + "=N"};
}

Error over_limit(const Limits& limits, std::uint64_t Limits::*field, std::string_view what) {
  return over_limit(limits.*field, field, what);
}

Status set_limit(Limits& limits, std::string_view assignment) {
  const std::size_t equals = assignment.find('=');
  const std::string_view name = assignment.substr(0, equals);
  for (const LimitRow& row : kRows) {
    if (row.name != name) continue;
    const std::string_view given =
        equals == std::string_view::npos ? std::string_view{} : assignment.substr(equals + 1);
    std::string_view text = given;
    std::uint64_t unit = 1;
    if (text.ends_with('K')) unit = kKiB;
    if (text.ends_with('M')) unit = kMiB;
    if (text.ends_with('G')) unit = kGiB;
    if (unit != 1) text.remove_suffix(1);
    std::uint64_t value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || failure != std::errc{} || end != text.data() + text.size() ||
        value > std::numeric_limits<std::uint64_t>::max() / unit) {
      return Error{ErrorCode::kUsage, "limit '" + std::string(name) + "': '" + std::string(given) +
                                          "' is not a whole number with an optional K, M or G"};
    }
    limits.*row.field = value * unit;
    if (row.field == &Limits::file_bytes) limits.file_bytes_given = true;
    return ok_status();
  }
  std::string known;
  for (const LimitRow& row : kRows) known += (known.empty() ? "" : ", ") + std::string(row.name);
  return Error{ErrorCode::kUsage,
               "no limit is named '" + std::string(name) + "'; the limits are " + known};
}

}  // namespace seaworthy
