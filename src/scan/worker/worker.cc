// The waiting side of the worker protocol.
#include "scan/worker/worker.h"

#include <chrono>
#include <optional>
#include <utility>

#include "scan/worker/child_process.h"
#include "scan/worker/protocol.h"

namespace seaworthy {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMaxStepBytes = 400;  // it goes into messages

// What the worker said so far.
struct Conversation {
  std::string step = "start";
  std::optional<std::string> answer;
  std::optional<Error> failure;
};

Status hear(FrameReader::Frame frame, const WorkerOptions& options, Conversation& said) {
  switch (frame.type) {
    case FrameType::kProgress: {
      ASSIGN_OR_RETURN(const WorkerProgress progress, unpack_progress(frame.payload));
      said.step = progress.step.substr(0, kMaxStepBytes);
      if (options.progress && progress.bytes > 0) options.progress(progress.bytes);
      return ok_status();
    }
    case FrameType::kAnswer:
      said.answer = std::move(frame.payload);
      return ok_status();
    case FrameType::kFailure:
      said.failure = unpack_failure(frame.payload);
      return ok_status();
    case FrameType::kRequest:
      break;
  }
  return Error{ErrorCode::kInvalidInput, "a request instead of an answer"};
}

Error malformed(const Error& why, const std::string& step) {
  return {ErrorCode::kUnavailable,
          "the worker sent a malformed message while '" + step + "': " + why.message};
}

Error crashed(const ChildProcess& child, const std::string& how, const std::string& step) {
  if (child.used_up_time()) {
    return {ErrorCode::kTimedOut, "the worker used up its processor time while '" + step + "'"};
  }
  std::string message = child.was_forbidden_call()
                            ? "the sandbox stopped the worker at a forbidden system call"
                            : "the worker crashed";
  message += ": " + (how.empty() ? "no answer" : how) + " while '" + step + "'";
  const std::string words = child.last_words();
  if (!words.empty()) message += "; it said: " + words;
  return {ErrorCode::kUnavailable, std::move(message)};
}

// Hears the child out; an Error is about the conversation, not the task.
Status converse(ChildProcess& child, const WorkerOptions& options, Conversation& said) {
  FrameReader frames(options.limits.memory_bytes + kMiB);
  const auto deadline = Clock::now() + std::chrono::seconds(options.limits.time_seconds);
  std::string bytes;
  while (true) {
    bytes.clear();
    const ChildProcess::Event event = child.wait(bytes, deadline);
    if (event == ChildProcess::Event::kEnd) return ok_status();
    if (event == ChildProcess::Event::kDeadline) {
      child.end(true);
      Error late = over_limit(options.limits, &Limits::time_seconds,
                              "the worker did not end, while '" + said.step + "'");
      return Error{ErrorCode::kTimedOut, std::move(late.message)};
    }
    frames.add(bytes);
    FrameReader::Frame frame{};
    while (true) {
      const auto whole = frames.next(frame);
      if (!whole) return malformed(whole.error(), said.step);
      if (!*whole) break;
      const auto heard = hear(std::move(frame), options, said);
      if (!heard) return malformed(heard.error(), said.step);
    }
  }
}

Result<std::string> run_task(WorkerRequest request, std::vector<int> descriptors,
                             const WorkerOptions& options) {
  request.limits = options.limits;
  request.sandbox = options.sandbox;
  ASSIGN_OR_RETURN(ChildProcess child, ChildProcess::start(descriptors));
  const std::string payload = pack(request);
  child.send(frame_header(FrameType::kRequest, payload.size()) + payload);
  Conversation said;
  RETURN_IF_ERROR(converse(child, options, said));
  const std::string how = child.end(false);
  if (said.failure) return *said.failure;
  if (!how.empty() || !said.answer) return crashed(child, how, said.step);
  return *std::move(said.answer);
}

// The blob is the one that the manifest names, so this is what anybody gets who takes the image.
// But a runtime may refuse it, and nobody can say which of the two the author meant.
Problem other_content(const LayerJob& job, const LayerInventory& inventory) {
  return {"", -1, "verify diff id", problem::kLayerUnreadable,
          "the blob " + job.digest +
              " is what the manifest says, its content is not what the "
              "configuration says: it has the diff id " +
              inventory.diff_id +
              ", the configuration "
              "says " +
              job.diff_id + " (some tools leave out a tar's padding when they compress it)"};
}

}  // namespace

Result<LayerInventory> read_layer(const LayerJob& job, const WorkerOptions& options) {
  WorkerRequest request;
  request.task = WorkerTask::kReadLayer;
  request.inputs = {job.input};
  request.digest = job.digest;
  request.diff_id = job.diff_id;
  request.fault = job.fault;
  ASSIGN_OR_RETURN(const std::string answer, run_task(std::move(request), {job.input.fd}, options));
  auto inventory = unpack_layer(answer);
  if (!inventory) return malformed(inventory.error(), "answer");
  // Cached by these two, so they are not left to a process that has read hostile bytes.
  const bool is_inflated_right =
      job.diff_id.empty() || inventory->diff_id.empty() || inventory->diff_id == job.diff_id;
  if (job.digest.empty() ? !is_inflated_right : inventory->digest != job.digest) {
    return malformed({ErrorCode::kInvalidInput, "another layer's inventory"}, "answer");
  }
  if (!is_inflated_right) inventory->problems.push_back(other_content(job, *inventory));
  return inventory;
}

Result<Assembled> assemble(const AssembleJob& job, const WorkerOptions& options) {
  WorkerRequest request;
  request.task = WorkerTask::kAssemble;
  request.inputs = job.inputs;
  request.files = job.files;
  std::vector<int> descriptors;
  for (const WorkerInput& input : job.inputs) descriptors.push_back(input.fd);
  ASSIGN_OR_RETURN(const std::string answer,
                   run_task(std::move(request), std::move(descriptors), options));
  auto assembled = unpack_assembled(answer);
  if (!assembled) return malformed(assembled.error(), "answer");
  for (const FoundLink& found : assembled->links) {
    if (found.input >= job.inputs.size()) {
      return malformed(Error{ErrorCode::kInvalidInput, "a link of an input that was not given"},
                       "answer");
    }
  }
  return assembled;
}

Result<ArchiveListing> list_archive(const WorkerInput& input, int spool_fd,
                                    const WorkerOptions& options) {
  WorkerRequest request;
  request.task = WorkerTask::kListArchive;
  request.inputs = {input};
  request.has_spool = spool_fd >= 0;
  std::vector<int> descriptors{input.fd};
  if (request.has_spool) descriptors.push_back(spool_fd);
  ASSIGN_OR_RETURN(const std::string answer,
                   run_task(std::move(request), std::move(descriptors), options));
  auto listing = unpack_listing(answer);
  if (!listing) return malformed(listing.error(), "answer");
  return listing;
}

}  // namespace seaworthy
