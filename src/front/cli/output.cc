#include "front/cli/output.h"

namespace seaworthy {

Result<bool> wants_json(const Options& options) {
  if (options.formats.empty()) return false;
  const FormatChoice& choice = options.formats.back();
  const bool json = choice.format->name == "json";
  if (choice.file.empty() && (json || choice.format->name == "table")) return json;
  return Error{ErrorCode::kUsage, "--format: here only table and json, to standard output"};
}

}  // namespace seaworthy
