#include "scan/report/introduced_by.h"

#include <gtest/gtest.h>

namespace seaworthy {
namespace {

TEST(IntroducedBy, OnlyTheFirstLayerOfSeveralIsTheBaseForCertain) {
  struct Row {
    const char* name;
    std::size_t layers;
    int of_system;  // the layer with os-release; -1 none
    int of_package;
    const char* expected;
  };
  for (const Row& row : std::initializer_list<Row>{
           {"first layer", 3, 0, 0, "base"},
           {"a later layer may be the base image's too", 3, 0, 1, "unknown"},
           {"one layer", 1, 0, 0, "unknown"},
           {"no layers: a directory, an SBOM", 0, 0, 0, "unknown"},
           {"the system came later", 3, 1, 0, "unknown"},
           {"no system", 3, -1, 0, "unknown"},
           {"layer not known", 3, 0, -1, "unknown"},
       }) {
    Report report;
    report.target.layers.resize(row.layers);
    if (row.of_system >= 0) report.inventory.distro.emplace().layer = row.of_system;
    Package package;
    package.layer = row.of_package;
    EXPECT_EQ(introduced_by(report, package), row.expected) << row.name;
  }
}

}  // namespace
}  // namespace seaworthy
