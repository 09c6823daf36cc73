#include <string_view>

#include "front/cli/cli.h"
#include "scan/worker/worker.h"

int main(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == seaworthy::kWorkerArgument) {
    return seaworthy::run_worker();
  }
  return seaworthy::run_cli(argc, argv);
}
