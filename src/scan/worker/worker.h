#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/limits.h"
#include "core/base/result.h"
#include "core/model/image.h"
#include "core/model/inventory.h"
#include "scan/extract/extractor.h"

namespace seaworthy {

// The sandboxed processes that read foreign bytes. The parent re-executes its own binary
// (/proc/self/exe) with kWorkerArgument; the child gets the request on one pipe and the input's
// descriptor, closes everything else, then gives up the network, the file system and new
// processes (seccomp, Landlock where the kernel has it, rlimits) before it reads the first byte
// of input. Its answer is a checked message on a pipe.
inline constexpr const char* kWorkerArgument = "--seaworthy-worker";

enum class Sandbox { kAuto, kOff };  // off: the same worker process without seccomp and Landlock

struct WorkerOptions {
  Limits limits;
  Sandbox sandbox = Sandbox::kAuto;
  // Called from the waiting thread with the compressed bytes read so far; may be empty.
  std::function<void(std::uint64_t bytes)> progress;
};

struct WorkerInput {
  int fd = -1;  // readable with pread
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  bool is_stream = false;  // a pipe instead: read front to back, `offset` and `size` unused
  LayerForm form = LayerForm::kTar;
  // The layer is read by this table: `fd` is a channel that gives parts of it (range_channel.h),
  // and `size` is the layer's. What comes is a tar made of the table; the layer itself is not
  // verified.
  std::optional<LayerTable> table = {};
};

struct LayerJob {
  WorkerInput input;
  std::string digest;   // expected digest of the stored bytes; "" none to check
  std::string diff_id;  // expected digest of the inflated tar; "" none to check
  // Fault injection for tests, "" otherwise: the sandboxed worker then kills itself ("crash"),
  // sleeps without end ("stall") or tries to open a file ("syscall") instead of reading.
  std::string fault = {};
};

// Reads one layer: verifies the digest, inflates, verifies the diff id, walks the tar, runs the
// extractors. A layer that is damaged part of the way is still a LayerInventory: what was read
// before, with a problem that says where it broke. A digest that does not match is
// kInvalidInput (nothing in such a layer can be trusted), a diff id where no digest is given, too;
// otherwise another diff id is a problem of the layer. A worker that crashed or stalled is
// kUnavailable or kTimedOut, with the signal or the step it was in.
//   An input with a table is read as a whole tree or not at all: whatever is wrong with the table,
//   or
// with a file that was fetched by it, is an Error, kUnsupported where it would save too little.
Result<LayerInventory> read_layer(const LayerJob& job, const WorkerOptions& options);

// One file wanted from one input under another name: a hard link's target, what a symbolic link
// points to, or a write-ahead log in a higher layer.
struct AssembleFile {
  std::size_t input = 0;  // index into AssembleJob::inputs
  std::string path;       // in that layer; ending in "/" it stands for everything below
  std::string as_path;    // the path the extractor is to see
  // What stood there before the layer's entry of this number (Link::order).
  std::uint64_t before = kLayerEnd;
};
struct AssembleJob {
  std::vector<WorkerInput> inputs;
  std::vector<AssembleFile> files;
};
// A wanted path that is a link itself. Where it leads is for the overlay to say, not for the input.
struct FoundLink {
  std::size_t input = 0;  // index into AssembleJob::inputs
  Link link;              // `path`: as the extractor is to see it
  std::string at;         // the link's own path in its layer
  bool operator==(const FoundLink&) const = default;
};
struct Assembled {
  std::vector<Evidence> evidence;
  std::vector<FoundLink> links;  // by path
};
// The second pass: reads the named files from the inputs and runs the extractors over them as if
// they stood in one tree. A file that is in no input is evidence with a problem.
Result<Assembled> assemble(const AssembleJob& job, const WorkerOptions& options);

struct ArchiveMemberIndex {
  std::string path, link_target;
  std::uint64_t offset = 0, size = 0;
};
// Lists the regular files and links of a tar. A compressed tar is inflated into `spool_fd` first
// (limits.spool_bytes), and the offsets are then those in the spool; `spooled` tells.
struct ArchiveListing {
  bool spooled = false;
  std::vector<ArchiveMemberIndex> members;
};
Result<ArchiveListing> list_archive(const WorkerInput& input, int spool_fd,
                                    const WorkerOptions& options);

// The worker's side: main calls it when argv[1] is kWorkerArgument. Returns the exit code.
int run_worker();

}  // namespace seaworthy
