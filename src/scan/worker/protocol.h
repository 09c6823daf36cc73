#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/limits.h"
#include "core/base/result.h"
#include "core/model/inventory.h"
#include "scan/worker/worker.h"

namespace seaworthy {

// What goes over the pipes between the waiting process and its worker. Both are the same program,
// so there are no versions; but the worker has read hostile bytes, so whatever it says is bounded
// and checked like any other input.
//
//   frame   = type (1 byte) | size (4 bytes, little-endian) | payload
//   request = one kRequest frame
//   answer  = any number of kProgress frames, then one kAnswer or kFailure frame

enum class WorkerTask { kReadLayer, kAssemble, kListArchive, kEnd };

struct WorkerRequest {
  WorkerTask task = WorkerTask::kReadLayer;
  Sandbox sandbox = Sandbox::kAuto;
  Limits limits;
  std::vector<WorkerInput> inputs;     // fd is not sent: input i has descriptor kFirstInputFd + i
  bool has_spool = false;              // the descriptor behind the inputs
  std::string digest, diff_id, fault;  // kReadLayer
  std::vector<AssembleFile> files;     // kAssemble
};

// Descriptors of a worker. 2 is standard error, kept for the last words of a crash.
inline constexpr int kRequestFd = 0;
inline constexpr int kAnswerFd = 1;
inline constexpr int kFirstInputFd = 3;

enum class FrameType : std::uint8_t { kRequest = 1, kProgress, kAnswer, kFailure };

struct WorkerProgress {
  std::string step;
  std::uint64_t bytes = 0;  // stored bytes read so far
};

std::string pack(const WorkerRequest& request);
Result<WorkerRequest> unpack_request(std::string_view bytes);
std::string pack(const WorkerProgress& progress);
Result<WorkerProgress> unpack_progress(std::string_view bytes);
std::string pack(const Error& error);
// The Error that the worker sent, or the one that says that it sent none.
Error unpack_failure(std::string_view bytes);
std::string pack(const Assembled& assembled);
Result<Assembled> unpack_assembled(std::string_view bytes);
std::string pack(const ArchiveListing& listing);
Result<ArchiveListing> unpack_listing(std::string_view bytes);

inline constexpr std::size_t kFrameHeaderBytes = 5;
std::string frame_header(FrameType type, std::size_t payload_bytes);

// Cuts the bytes that arrive into frames.
class FrameReader {
 public:
  explicit FrameReader(std::uint64_t max_payload_bytes) : max_payload_bytes_(max_payload_bytes) {}

  struct Frame {
    FrameType type;
    std::string payload;
  };
  void add(std::string_view bytes) { held_ += bytes; }
  // True where a whole frame was there and is now in `frame`. kInvalidInput: a frame of no known
  // type; kLimitExceeded: one that claims to be too large.
  Result<bool> next(Frame& frame);

 private:
  const std::uint64_t max_payload_bytes_;
  std::string held_;
};

}  // namespace seaworthy
