#include "scan/worker/protocol.h"

#include <utility>

#include "core/codec/pack.h"

namespace seaworthy {

namespace {

constexpr auto kErrorEnd = static_cast<ErrorCode>(static_cast<int>(ErrorCode::kInternal) + 1);
constexpr auto kSandboxEnd = static_cast<Sandbox>(static_cast<int>(Sandbox::kOff) + 1);

}  // namespace

std::string pack(const WorkerRequest& request) {
  Packer out;
  out.number(static_cast<std::uint64_t>(request.task));
  out.number(static_cast<std::uint64_t>(request.sandbox));
  for (const LimitRow& row : limit_rows()) out.number(request.limits.*row.field);
  out.flag(request.limits.file_bytes_given);
  out.list(request.inputs, [&](const WorkerInput& input) {
    out.number(input.offset);
    out.number(input.size);
    out.flag(input.is_stream);
    out.number(static_cast<std::uint64_t>(input.form));
    out.flag(input.table.has_value());
    if (!input.table) return;
    out.number(static_cast<std::uint64_t>(input.table->form));
    out.text(input.table->digest);
    out.text(input.table->position);
  });
  out.flag(request.has_spool);
  out.text(request.digest);
  out.text(request.diff_id);
  out.text(request.fault);
  out.list(request.files, [&](const AssembleFile& file) {
    out.number(file.input);
    out.text(file.path);
    out.text(file.as_path);
    out.number(file.before);
  });
  return std::move(out).bytes();
}

Result<WorkerRequest> unpack_request(std::string_view bytes) {
  Unpacker in(bytes);
  WorkerRequest request;
  request.task = in.choice(WorkerTask::kEnd);
  request.sandbox = in.choice(kSandboxEnd);
  for (const LimitRow& row : limit_rows()) request.limits.*row.field = in.number();
  request.limits.file_bytes_given = in.flag();
  request.inputs.resize(in.list_size(5));
  for (std::size_t i = 0; i < request.inputs.size(); ++i) {
    WorkerInput& input = request.inputs[i];
    input.fd = kFirstInputFd + static_cast<int>(i);
    input.offset = in.number();
    input.size = in.number();
    input.is_stream = in.flag();
    input.form = in.choice(LayerForm::kEnd);
    if (!in.flag()) continue;
    input.table.emplace();
    input.table->form = in.choice(TocForm::kEnd);
    input.table->digest = in.text();
    input.table->position = in.text();
  }
  request.has_spool = in.flag();
  request.digest = in.text();
  request.diff_id = in.text();
  request.fault = in.text();
  request.files.resize(in.list_size(4));
  for (AssembleFile& file : request.files) {
    file.input = in.number();
    file.path = in.text();
    file.as_path = in.text();
    file.before = in.number();
    if (file.input >= request.inputs.size()) {
      return Error{ErrorCode::kInvalidInput, "worker request: no such input"};
    }
  }
  RETURN_IF_ERROR(in.finish("worker request"));
  const bool one_input = request.task != WorkerTask::kAssemble;
  if (one_input && request.inputs.size() != 1) {
    return Error{ErrorCode::kInvalidInput, "worker request: not exactly one input"};
  }
  if (request.limits.ratio == 0) request.limits.ratio = 1;
  return request;
}

std::string pack(const WorkerProgress& progress) {
  Packer out;
  out.text(progress.step);
  out.number(progress.bytes);
  return std::move(out).bytes();
}

Result<WorkerProgress> unpack_progress(std::string_view bytes) {
  Unpacker in(bytes);
  WorkerProgress progress;
  progress.step = in.text();
  progress.bytes = in.number();
  RETURN_IF_ERROR(in.finish("worker progress"));
  return progress;
}

std::string pack(const Error& error) {
  Packer out;
  out.number(static_cast<std::uint64_t>(error.code));
  out.text(error.message);
  return std::move(out).bytes();
}

Error unpack_failure(std::string_view bytes) {
  Unpacker in(bytes);
  Error error{in.choice(kErrorEnd), in.text()};
  if (const Status good = in.finish("worker failure"); !good) return good.error();
  return error;
}

std::string pack(const Assembled& assembled) {
  Packer out;
  out.list(assembled.evidence, [&](const Evidence& one) { pack_evidence(out, one); });
  out.list(assembled.links, [&](const FoundLink& found) {
    out.number(found.input);
    out.text(found.link.path);
    out.text(found.link.target);
    out.flag(found.link.hard);
    out.number(found.link.order);
    out.flag(found.link.same_layer);
    out.text(found.at);
  });
  return std::move(out).bytes();
}

Result<Assembled> unpack_assembled(std::string_view bytes) {
  Unpacker in(bytes);
  Assembled assembled;
  assembled.evidence.resize(in.list_size(7));
  for (Evidence& one : assembled.evidence) one = unpack_evidence(in);
  assembled.links.resize(in.list_size(7));
  for (FoundLink& found : assembled.links) {
    found.input = in.number();
    found.link.path = in.text();
    found.link.target = in.text();
    found.link.hard = in.flag();
    found.link.order = in.number();
    found.link.same_layer = in.flag();
    found.at = in.text();
  }
  RETURN_IF_ERROR(in.finish("worker evidence"));
  return assembled;
}

std::string pack(const ArchiveListing& listing) {
  Packer out;
  out.flag(listing.spooled);
  out.list(listing.members, [&](const ArchiveMemberIndex& member) {
    out.text(member.path);
    out.text(member.link_target);
    out.number(member.offset);
    out.number(member.size);
  });
  return std::move(out).bytes();
}

Result<ArchiveListing> unpack_listing(std::string_view bytes) {
  Unpacker in(bytes);
  ArchiveListing listing;
  listing.spooled = in.flag();
  // Smallest in memory is far larger than smallest on the wire; the frame's own limit bounds both.
  listing.members.resize(in.list_size(4));
  for (ArchiveMemberIndex& member : listing.members) {
    member.path = in.text();
    member.link_target = in.text();
    member.offset = in.number();
    member.size = in.number();
  }
  RETURN_IF_ERROR(in.finish("archive listing"));
  return listing;
}

std::string frame_header(FrameType type, std::size_t payload_bytes) {
  std::string header(1, static_cast<char>(type));
  for (int i = 0; i < 4; ++i) header += static_cast<char>((payload_bytes >> (8 * i)) & 0xff);
  return header;
}

Result<bool> FrameReader::next(Frame& frame) {
  if (held_.size() < kFrameHeaderBytes) return false;
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(held_[i]); };
  if (byte(0) < static_cast<unsigned>(FrameType::kRequest) ||
      byte(0) > static_cast<unsigned>(FrameType::kFailure)) {
    return Error{ErrorCode::kInvalidInput, "a message of unknown type " + std::to_string(byte(0))};
  }
  std::uint64_t size = 0;
  for (std::size_t i = 0; i < 4; ++i) size |= std::uint64_t{byte(1 + i)} << (8 * i);
  if (size > max_payload_bytes_) {
    return Error{ErrorCode::kLimitExceeded, "a message of " + std::to_string(size) + " bytes"};
  }
  if (held_.size() - kFrameHeaderBytes < size) return false;
  frame.type = static_cast<FrameType>(byte(0));
  if (held_.size() - kFrameHeaderBytes == size) {
    // The usual case, and the one that matters: a large answer is moved, not copied.
    held_.erase(0, kFrameHeaderBytes);
    frame.payload = std::exchange(held_, {});
    return true;
  }
  frame.payload = held_.substr(kFrameHeaderBytes, size);
  held_.erase(0, kFrameHeaderBytes + size);
  return true;
}

}  // namespace seaworthy
