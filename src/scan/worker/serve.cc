// The worker's side: receives one request, enters the sandbox, does the task, answers, ends.
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <utility>

#include <openssl/crypto.h>

#include "core/base/file.h"
#include "core/codec/digest.h"
#include "scan/worker/assemble.h"
#include "scan/worker/protocol.h"
#include "scan/worker/read_layer.h"
#include "scan/worker/sandbox.h"

namespace seaworthy {

namespace {

constexpr std::uint64_t kMaxRequestBytes = 256 * kMiB;

Status send(FrameType type, std::string_view payload) {
  if (payload.size() > 0xffffffffULL) {
    return Error{ErrorCode::kLimitExceeded, "the answer is larger than 4 GiB"};
  }
  RETURN_IF_ERROR(write_all(kAnswerFd, frame_header(type, payload.size())));
  return write_all(kAnswerFd, payload);
}

Result<WorkerRequest> receive_request() {
  FrameReader frames(kMaxRequestBytes);
  FrameReader::Frame frame{};
  std::array<char, 16384> block;
  while (true) {
    ASSIGN_OR_RETURN(const bool whole, frames.next(frame));
    if (whole) break;
    const ssize_t got = ::read(kRequestFd, block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return Error{ErrorCode::kInvalidInput, "no whole request"};
    frames.add({block.data(), static_cast<std::size_t>(got)});
  }
  ::close(kRequestFd);
  if (frame.type != FrameType::kRequest) {
    return Error{ErrorCode::kInvalidInput, "the message is no request"};
  }
  return unpack_request(frame.payload);
}

void inject(const std::string& fault) {
  if (fault == "crash") ::raise(SIGSEGV);
  if (fault == "stall") {
    while (true) ::sleep(1);
  }
  if (fault == "syscall") ::close(::open("/etc/passwd", O_RDONLY | O_CLOEXEC));
}

Result<std::string> perform(const WorkerRequest& request, const std::string& sandbox_gap) {
  const ReportProgress report_progress = [](const std::string& step, std::uint64_t bytes) {
    // A failure to tell means that nobody waits any more; the answer will fail just so.
    if (!send(FrameType::kProgress, pack(WorkerProgress{step, bytes}))) ::_exit(EXIT_FAILURE);
  };
  const ReportStep report_step = [&](const std::string& step) { report_progress(step, 0); };
  if (!request.fault.empty()) {
    report_step("fault injection");
    inject(request.fault);
  }
  switch (request.task) {
    case WorkerTask::kReadLayer: {
      ASSIGN_OR_RETURN(LayerInventory inventory, read_layer_here(request, report_progress));
      if (!sandbox_gap.empty()) {
        inventory.problems.push_back({.path = "",
                                      .step = "enter sandbox",
                                      .code = problem::kSandbox,
                                      .message = sandbox_gap});
      }
      return pack(inventory);
    }
    case WorkerTask::kAssemble: {
      ASSIGN_OR_RETURN(const Assembled assembled, assemble_files(request, report_step));
      return pack(assembled);
    }
    case WorkerTask::kListArchive: {
      const int spool_fd = request.has_spool ? kFirstInputFd + 1 : -1;
      ASSIGN_OR_RETURN(const auto listing,
                       list_members(request.inputs.front(), spool_fd, request.limits, report_step));
      return pack(listing);
    }
    case WorkerTask::kEnd:
      break;
  }
  return Error{ErrorCode::kInternal, "no such task"};
}

Status serve() {
  ASSIGN_OR_RETURN(const WorkerRequest request, receive_request());
  const auto descriptors =
      static_cast<unsigned>(request.inputs.size() + (request.has_spool ? 1 : 0));
  ::close_range(static_cast<unsigned>(kFirstInputFd) + descriptors, ~0U, 0);
  const std::string gap = enter_sandbox({.limits = request.limits,
                                         .sandbox = request.sandbox,
                                         .writes_spool = request.task == WorkerTask::kListArchive});
  const Result<std::string> answer = perform(request, gap);
  if (!answer) return send(FrameType::kFailure, pack(answer.error()));
  if (answer->size() > request.limits.memory_bytes) {
    return send(FrameType::kFailure, pack(over_limit(request.limits, &Limits::memory_bytes,
                                                     "what was found in the layer")));
  }
  return send(FrameType::kAnswer, *answer);
}

}  // namespace

int run_worker() {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);  // nobody would read the answer
  ::signal(SIGPIPE, SIG_IGN);
  // Few threads that allocate little: one arena keeps freed memory reusable for all of them.
  ::mallopt(M_ARENA_MAX, 1);
  // What libraries load or decide on first use must happen before the file system is gone. The
  // worker hashes and nothing else, so OpenSSL's configuration file is not read.
  OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
  sha256("");
  Status served = ok_status();
  try {
    served = serve();
  } catch (const std::bad_alloc&) {
    served = send(FrameType::kFailure, pack(Error{ErrorCode::kLimitExceeded,
                                                  "the worker ran out of memory; raise it "
                                                  "with --limit memory=N"}));
  }
  const int code = served ? EXIT_SUCCESS : EXIT_FAILURE;
#ifdef SEAWORTHY_SANITIZED
  return code;  // a sanitizer turns what it found into an exit code only at a regular end
#else
  ::_exit(code);  // destructors of globals have nothing to do here, and the sandbox forbids much
#endif
}

}  // namespace seaworthy
