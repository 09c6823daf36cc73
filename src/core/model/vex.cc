#include "core/model/vex.h"

#include <array>

namespace seaworthy {
namespace {

constexpr std::array<std::string_view, static_cast<std::size_t>(VexStatus::kEnd)> kNames{
    "not_affected", "affected", "fixed", "under_investigation"};

}  // namespace

std::string_view name_of(VexStatus status) {
  return kNames.at(static_cast<std::size_t>(status));
}

std::optional<VexStatus> parse_vex_status(std::string_view text) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == text) return static_cast<VexStatus>(i);
  }
  return std::nullopt;
}

}  // namespace seaworthy
