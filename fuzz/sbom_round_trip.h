#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "scan/sbom/sbom.h"

namespace seaworthy {

// A document that is read keeps every index in bounds, and what is written from it reads back as
// the same packages.
inline int check_sbom(const std::uint8_t* data, std::size_t size,
                      std::string (*write)(const Report&)) {
  const auto check = [](const Report& report) {
    const auto layers = static_cast<int>(report.target.layers.size());
    for (const Package& package : report.inventory.packages) {
      if (package.layer >= layers) std::abort();
    }
    for (const Problem& problem : report.problems) {
      if (problem.layer >= layers) std::abort();
    }
  };
  const auto report = parse_sbom({reinterpret_cast<const char*>(data), size}, Limits{});
  if (!report) return 0;
  check(*report);
  const auto again = parse_sbom(write(*report), Limits{});
  if (!again || again->inventory.packages != report->inventory.packages) std::abort();
  check(*again);
  return 0;
}

}  // namespace seaworthy
