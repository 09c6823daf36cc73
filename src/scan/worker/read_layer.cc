#include "scan/worker/read_layer.h"

#include <utility>

#include "core/codec/tar.h"
#include "scan/worker/assemble.h"
#include "scan/worker/layer_stream.h"
#include "scan/worker/layer_walk.h"

namespace seaworthy {

namespace {

Error mismatch(const std::string& what, const std::string& expected, const std::string& actual,
               const std::string& behind) {
  return {ErrorCode::kInvalidInput, "verify " + what + ": the image says " + expected +
                                        ", the bytes have " + actual + behind};
}

// Tells now and then how far reading is: between the walk and the stream, so that it runs in the
// thread that owns the answer pipe.
class ProgressSource final : public ByteSource {
 public:
  ProgressSource(LayerStream& stream, std::function<void()> report)
      : stream_(stream), report_(std::move(report)) {}

  Result<std::size_t> read(std::span<char> out) override {
    tell();
    return stream_.inflated().read(out);
  }
  Result<std::uint64_t> skip(std::uint64_t size) override {
    tell();
    return stream_.inflated().skip(size);
  }

 private:
  void tell() {
    constexpr std::uint64_t kEveryBytes = 8 * kMiB;
    if (stream_.stored_bytes() < next_) return;
    next_ = stream_.stored_bytes() + kEveryBytes;
    report_();
  }

  LayerStream& stream_;
  const std::function<void()> report_;
  std::uint64_t next_ = 0;
};

Result<Hasher::Algorithm> algorithm_for(const std::string& digest) {
  if (digest.empty()) return Hasher::Algorithm::kSha256;
  return algorithm_of(digest);
}

// Nothing in a layer can be trusted that is not the one the image names.
Status verify(const WorkerRequest& request, const LayerStream::Outcome& outcome) {
  if (outcome.read_error && outcome.read_error->code == ErrorCode::kLimitExceeded) {
    return *outcome.read_error;
  }
  if (!request.digest.empty() && request.digest != outcome.digest) {
    const std::string cut =
        outcome.read_error ? " (" + outcome.read_error->message + ")" : std::string();
    return mismatch("digest", request.digest, outcome.digest, cut);
  }
  // Where the stored bytes are the ones that the manifest names the waiting side weighs the diff
  // id.
  if (request.digest.empty() && !request.diff_id.empty() && !outcome.diff_id.empty() &&
      request.diff_id != outcome.diff_id) {
    return mismatch("diff id", request.diff_id, outcome.diff_id, "");
  }
  return ok_status();
}

Result<std::string> digest_of_stored(const WorkerInput& input) {
  constexpr std::size_t kStep = 1 * kMiB;
  const std::unique_ptr<ByteSource> source = source_of_file(input.fd, input.offset, input.size);
  std::string block(kStep, '\0');
  Hasher hasher;
  while (true) {
    ASSIGN_OR_RETURN(const std::size_t got, source->read(block));
    if (got == 0) return hasher.finish();
    hasher.update({block.data(), got});
  }
}

}  // namespace

Result<LayerInventory> read_layer_here(const WorkerRequest& request,
                                       const ReportProgress& report_progress) {
  ASSIGN_OR_RETURN(const Hasher::Algorithm digest, algorithm_for(request.digest));
  ASSIGN_OR_RETURN(const Hasher::Algorithm diff_id, algorithm_for(request.diff_id));
  const WorkerInput& input = request.inputs.front();
  LayerStream stream(source_of(input, request.limits, wanted_content()), digest, diff_id,
                     request.limits);
  std::string step;
  const auto report = [&] { report_progress(step, stream.stored_bytes()); };
  const auto report_step = [&](const std::string& next) {
    step = next;
    report();
  };
  LayerWalk walk(request.limits, report_step, input.form);
  ProgressSource source(stream, report);
  TarReader tar(source, request.limits);
  report_step("read tar");
  walk.walk(tar);
  report_step("verify digest");
  const LayerStream::Outcome outcome = stream.finish();
  if (input.table) {
    if (outcome.read_error) return *outcome.read_error;
    if (walk.failed()) return Error{ErrorCode::kInvalidInput, "the table of contents makes no tar"};
  }
  RETURN_IF_ERROR(verify(request, outcome));
  // Damage of the stream stopped the walk, too, unless it stands behind the archive's end.
  if (outcome.damage && !walk.failed()) walk.add_problem("", "inflate", *outcome.damage);
  LayerInventory inventory = walk.finish();
  inventory.inflated_bytes = outcome.inflated_bytes;
  if (input.form == LayerForm::kSquashfs) {
    // The stream was the tar made of it. There is no diff id: nobody agreed on such a tar.
    ASSIGN_OR_RETURN(inventory.digest, digest_of_stored(input));
    inventory.stored_bytes = input.size;
    return inventory;
  }
  if (input.table) {
    // Nobody has seen what the digests are of, nor the first bytes of what the path does not tell.
    inventory.problems.push_back({"", -1, "read by table", problem::kOpaqueFile,
                                  "programs were not looked into, because a table of contents does "
                                  "not tell which files are some; --full-layers does"});
    return inventory;
  }
  inventory.digest = outcome.digest;
  inventory.diff_id = outcome.diff_id;
  inventory.stored_bytes = outcome.stored_bytes;
  return inventory;
}

}  // namespace seaworthy
