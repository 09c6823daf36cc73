#include "front/cli/cli.h"

int main(int argc, char** argv) {
  return seaworthy::run_cli(argc, argv);
}
