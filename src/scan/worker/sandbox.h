#pragma once

#include <string>

#include "core/base/limits.h"
#include "scan/worker/worker.h"

namespace seaworthy {

struct SandboxSetup {
  Limits limits;
  Sandbox sandbox = Sandbox::kAuto;
  bool writes_spool = false;  // list_archive may write to the descriptor it was given
};

// Gives up everything the calling process does not need to read what it was handed: new
// privileges, capabilities, core files, new descriptors, time and memory without end; then, unless
// the sandbox is off, the file system (Landlock, where the kernel has it) and every system call
// that is not on the list (seccomp; any other call ends the process). Must run before threads are
// started, since the threads inherit it. Irreversible.
//
// Returns "" where all of it holds, else what is missing, for a problem of code kSandbox.
std::string enter_sandbox(const SandboxSetup& setup);

}  // namespace seaworthy
