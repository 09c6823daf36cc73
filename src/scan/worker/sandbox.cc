// What a worker may still do after enter_sandbox(), by layers that do not depend on each other:
//
//   capabilities  none, also where root runs the scan, and no way to get one again
//   descriptors   only those handed in; RLIMIT_NOFILE 0, so no new one can ever be made
//   file system   Landlock with no rule at all (kernel 5.13 and later): nothing can be opened
//   system calls  seccomp allow-list: reading, memory, locks, threads of this process, leaving
//   resources     RLIMIT_CPU, _AS, _FSIZE, _CORE
//
// A list of allowed calls was chosen over a list of forbidden ones: a new kernel adds calls, and a
// decompressor needs none of them. A forbidden call kills the process rather than failing, because
// the only way to reach one is code that should not be running.
#include "scan/worker/sandbox.h"

#include <linux/capability.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>

namespace seaworthy {

namespace {

#ifdef SEAWORTHY_SANITIZED
constexpr bool kSanitized = true;  // the sanitizers' runtime needs calls and memory of its own
#else
constexpr bool kSanitized = false;
#endif

// `grace` over the limit the signal can no longer be survived.
void set_limit_to(__rlimit_resource resource, std::uint64_t value, std::uint64_t grace = 0) {
  struct rlimit limit {};
  ::getrlimit(resource, &limit);
  limit.rlim_max = std::min(limit.rlim_max, static_cast<rlim_t>(value + grace));
  limit.rlim_cur = std::min(limit.rlim_max, static_cast<rlim_t>(value));
  ::setrlimit(resource, &limit);
}

void limit_resources(const SandboxSetup& setup) {
  constexpr std::uint64_t kThreads = 3;
  set_limit_to(RLIMIT_CORE, 0);
  set_limit_to(RLIMIT_CPU, setup.limits.time_seconds * kThreads + 1, 5);
  set_limit_to(RLIMIT_FSIZE, setup.writes_spool ? setup.limits.spool_bytes : 0);
  if (kSanitized) return;
  // Wanted files, their parsed form and the answer, over the libraries, stacks, rings and the
  // largest decompression window.
  set_limit_to(RLIMIT_AS, 4 * setup.limits.memory_bytes + 2 * kGiB);
}

// The kernel's own bits are used, not those of the build machine's headers: a right that a newer
// kernel knows and older headers do not name must be given up as well.
bool give_up_file_system() {
  constexpr std::uint32_t kAskVersion = 1U << 0;
  struct RulesetAttributes {
    std::uint64_t file_system = 0, network = 0, scoped = 0;
  };
  const long version = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, kAskVersion);
  if (version < 1) return false;
  constexpr std::array<unsigned, 6> kFileSystemBits{0, 13, 14, 15, 15, 16};
  const auto at = static_cast<std::size_t>(version < 5 ? version : 5);
  RulesetAttributes attributes;
  attributes.file_system = (1ULL << kFileSystemBits[at]) - 1;
  std::size_t size = sizeof attributes.file_system;
  if (version >= 4) {
    attributes.network = 3;  // bind and connect TCP
    size += sizeof attributes.network;
  }
  if (version >= 6) {
    attributes.scoped = 3;  // abstract sockets and signals
    size += sizeof attributes.scoped;
  }
  const long ruleset = ::syscall(SYS_landlock_create_ruleset, &attributes, size, 0);
  if (ruleset < 0) return false;
  const long held = ::syscall(SYS_landlock_restrict_self, static_cast<int>(ruleset), 0);
  ::close(static_cast<int>(ruleset));
  return held == 0;
}

class SyscallFilter {
 public:
  SyscallFilter() : context_(seccomp_init(SCMP_ACT_KILL_PROCESS)) {}
  SyscallFilter(const SyscallFilter&) = delete;
  SyscallFilter& operator=(const SyscallFilter&) = delete;
  ~SyscallFilter() {
    if (context_ != nullptr) seccomp_release(context_);
  }

  void allow(int call) { note(seccomp_rule_add(context_, SCMP_ACT_ALLOW, call, 0)); }
  void allow(int call, const scmp_arg_cmp& when) {
    note(seccomp_rule_add_array(context_, SCMP_ACT_ALLOW, call, 1, &when));
  }
  void refuse(int call, int error_number) {
    note(seccomp_rule_add(context_, SCMP_ACT_ERRNO(static_cast<std::uint32_t>(error_number)), call,
                          0));
  }
  bool load() { return context_ != nullptr && good_ && seccomp_load(context_) == 0; }

 private:
  void note(int result) { good_ = good_ && result == 0; }

  scmp_filter_ctx context_;
  bool good_ = true;
};

scmp_arg_cmp without_bit(unsigned argument, std::uint64_t bit) {
  return {argument, SCMP_CMP_MASKED_EQ, bit, 0};
}

bool filter_system_calls(bool writes_spool) {
  SyscallFilter filter;
  for (const int call : {SCMP_SYS(read),
                         SCMP_SYS(pread64),
                         SCMP_SYS(write),
                         SCMP_SYS(writev),
                         SCMP_SYS(close),
                         SCMP_SYS(futex),
                         SCMP_SYS(munmap),
                         SCMP_SYS(mremap),
                         SCMP_SYS(madvise),
                         SCMP_SYS(brk),
                         SCMP_SYS(exit),
                         SCMP_SYS(exit_group),
                         SCMP_SYS(rt_sigprocmask),
                         SCMP_SYS(rt_sigaction),
                         SCMP_SYS(rt_sigreturn),
                         SCMP_SYS(sigaltstack),
                         SCMP_SYS(set_robust_list),
                         SCMP_SYS(rseq),
                         SCMP_SYS(sched_yield),
                         SCMP_SYS(sched_getaffinity),
                         SCMP_SYS(gettid),
                         SCMP_SYS(getpid),
                         SCMP_SYS(getrandom),
                         SCMP_SYS(clock_gettime),
                         SCMP_SYS(clock_nanosleep),
                         SCMP_SYS(nanosleep),
                         SCMP_SYS(restart_syscall)}) {
    filter.allow(call);
  }
  if (writes_spool) filter.allow(SCMP_SYS(pwrite64));
  // Memory may be made, but never made executable.
  filter.allow(SCMP_SYS(mmap), without_bit(2, PROT_EXEC));
  filter.allow(SCMP_SYS(mprotect), without_bit(2, PROT_EXEC));
  // Threads, but no processes. clone3 hides its flags behind a pointer; without it libc uses clone.
  filter.allow(SCMP_SYS(clone), {0, SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD});
  filter.refuse(SCMP_SYS(clone3), ENOSYS);
  // abort() signals its own process; no other can be reached.
  filter.allow(SCMP_SYS(tgkill), {0, SCMP_CMP_EQ, static_cast<scmp_datum_t>(::getpid()), 0});
  return filter.load();
}

// The bounding set can only be emptied by who may change capabilities; everyone else cannot gain
// any by it, since no program is ever started. The system call itself is used: libcap would be a
// library for two lines.
bool give_up_capabilities() {
  ::prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0);
  ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  for (unsigned long each = 0; ::prctl(PR_CAPBSET_DROP, each, 0, 0, 0) == 0; ++each) {
  }
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> none{};
  return ::syscall(SYS_capset, &header, none.data()) == 0;
}

}  // namespace

std::string enter_sandbox(const SandboxSetup& setup) {
  // The leak checker looks at its own process as a debugger does.
  if (!kSanitized) ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  const bool no_new_privileges = ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
  const bool no_capabilities = give_up_capabilities();
  limit_resources(setup);
  if (kSanitized || setup.sandbox == Sandbox::kOff) return "";
  // Landlock comes before the descriptor limit, because a rule set is a descriptor for a moment.
  // Where it is missing seccomp still forbids every call that names a file.
  give_up_file_system();
  set_limit_to(RLIMIT_NOFILE, 0);
  if (no_new_privileges && filter_system_calls(setup.writes_spool)) {
    if (no_capabilities) return "";
    return "the kernel refuses to take capabilities away: foreign bytes are read with them";
  }
  return "the kernel refuses a system call filter (seccomp): foreign bytes are read with fewer "
         "protections";
}

}  // namespace seaworthy
