#include <string>

#include "core/model/inventory.h"
#include "core/model/report.h"
#include "front/cli/command.h"
#include "scan/advisory/schema.h"

namespace seaworthy {

std::string version_text() {
  return SEAWORTHY_VERSION;
}

std::string version_page() {
  return "seaworthy " + version_text() + "\ncommit    " SEAWORTHY_COMMIT "\ndatabase  schema " +
         std::to_string(kSchemaVersion) + "\nlayers    inventory " +
         std::to_string(kLayerInventoryVersion) + "\nreport    " + std::string(kReportSchema) +
         "\n";
}

}  // namespace seaworthy
