#pragma once

namespace seaworthy {

// The whole program: parses the command line, runs one command, prints, returns the exit code.
int run_cli(int argc, char** argv);

}  // namespace seaworthy
