#include "core/codec/toml.h"

#include <algorithm>
#include <cmath>
#include <sstream>

#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
// The library asserts what it checks a few lines further on ("[[[" is no key), and a debug build
// would end there.
#define TOML_ASSERT(expr) static_assert(true)
#include <toml++/toml.h>

#include "core/codec/json.h"

namespace seaworthy {
namespace {

// TOML by toml++, whose tree is walked once. The library refuses what is nested deeper than 256
// levels; limits.nesting, which may be lower, is checked here.

constexpr std::uint64_t kMaxTomlBytes = 16 * kMiB;

template <class Time>
std::string text_of(const Time& time) {
  std::ostringstream out;
  out << time;
  return out.str();
}

// False: nested too deeply.
bool write(const toml::node& node, std::size_t levels_left, JsonWriter& out) {
  const bool nests = node.is_table() || node.is_array();
  if (nests && levels_left == 0) return false;
  if (const toml::table* table = node.as_table()) {
    out.begin_object();
    for (const auto& [key, value] : *table) {
      out.key(key.str());
      if (!write(value, levels_left - 1, out)) return false;
    }
    out.end_object();
  } else if (const toml::array* array = node.as_array()) {
    out.begin_array();
    for (const toml::node& value : *array) {
      if (!write(value, levels_left - 1, out)) return false;
    }
    out.end_array();
  } else if (const auto* text = node.as_string()) {
    out.value(std::string_view(text->get()));
  } else if (const auto* integer = node.as_integer()) {
    out.value(static_cast<std::int64_t>(integer->get()));
  } else if (const auto* real = node.as_floating_point()) {
    out.value(real->get());
  } else if (const auto* flag = node.as_boolean()) {
    out.value(flag->get());
  } else if (const auto* date = node.as_date()) {
    out.value(text_of(date->get()));
  } else if (const auto* time = node.as_time()) {
    out.value(text_of(time->get()));
  } else if (const auto* both = node.as_date_time()) {
    out.value(text_of(both->get()));
  } else {
    out.null();
  }
  return true;
}

}  // namespace

Result<std::string> toml_to_json(std::string_view toml, const Limits& limits) {
  const std::uint64_t most = std::min(limits.document_bytes, kMaxTomlBytes);
  if (toml.size() > most) {
    return Error{ErrorCode::kLimitExceeded, "TOML of more than " + std::to_string(most) + " bytes"};
  }
  const toml::parse_result parsed = toml::parse(toml);
  if (!parsed) {
    const auto& where = parsed.error().source().begin;
    return Error{ErrorCode::kInvalidInput, "not TOML: line " + std::to_string(where.line) + ": " +
                                               std::string(parsed.error().description())};
  }
  JsonWriter out(false);
  if (!write(parsed.table(), limits.nesting, out)) {
    return Error{ErrorCode::kLimitExceeded,
                 "TOML nested deeper than " + std::to_string(limits.nesting) + " levels"};
  }
  return out.take();
}

}  // namespace seaworthy
