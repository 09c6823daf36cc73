#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "front/cli/options.h"

namespace seaworthy {

inline constexpr std::string_view kConfigFlag = "config";

// Settings that come from elsewhere than the command line. `flags` are those of the command that
// runs; settings of other commands are known and passed over. Every mistake is kUsage and says
// where it is: the file and its line, or the variable.

// The configuration file: `chosen`, else $SEAWORTHY_CONFIG, else /etc/seaworthy/seaworthy.yaml,
// which need not exist. A YAML mapping whose keys are flag names; a repeatable flag may have a
// list.
Status read_config_file(const std::string& chosen, std::span<const std::string_view> flags,
                        Options& options);

// SEAWORTHY_FAIL_ON for `fail-on`, and so on; an empty variable counts as none.
Status read_environment(std::span<const std::string_view> flags, Options& options);

// A sentence for each SEAWORTHY_* variable that no flag of any command has, as in a name that was
// mistyped. `environment` is that of exec(2); may be null.
std::vector<std::string> unknown_variables(const char* const* environment);

}  // namespace seaworthy
