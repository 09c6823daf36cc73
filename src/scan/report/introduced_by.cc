#include "scan/report/introduced_by.h"

namespace seaworthy {

std::string_view introduced_by(const Report& report, const Package& package) {
  const auto& distro = report.inventory.distro;
  // An image of one layer was squashed, or is itself what others build on.
  const bool is_built_on = report.target.layers.size() > 1;
  const bool holds_system = distro && distro->layer == 0;
  return is_built_on && holds_system && package.layer == 0 ? "base" : "unknown";
}

}  // namespace seaworthy
