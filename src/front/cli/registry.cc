#include <array>

#include "front/cli/command.h"

// One line per command, in the order help lists them.
#define COMMANDS(use)                                                                            \
  use(kScan) use(kSbom) use(kExplain) use(kDbImport) use(kDbExport) use(kDbPublish) use(kDbPull) \
      use(kDbKeys) use(kDbUpdate) use(kDbMirror) use(kDbStatus) use(kDbSearch) use(kDbShow)      \
          use(kGenerateKey) use(kList) use(kToolVercmp) use(kToolCvss) use(kToolPurl)

namespace seaworthy {

#define DECLARE(command) extern const Command command;
#define ADDRESS(command) &command,

COMMANDS(DECLARE)

std::span<const Command* const> all_commands() {
  static constexpr std::array kAll{COMMANDS(ADDRESS)};
  return kAll;
}

}  // namespace seaworthy
