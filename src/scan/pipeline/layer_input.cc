#include "scan/pipeline/layer_input.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "core/codec/digest.h"
#include "scan/worker/range_channel.h"

namespace seaworthy {

Result<std::unique_ptr<PipedInput>> PipedInput::start(const std::string& name,
                                                      std::function<Status(int out_fd)> write) {
  constexpr int kPipeBytes = 1 << 20;  // fewer wake-ups; the kernel may give less
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return errno_error(errno, "create a pipe for", name);
  ::fcntl(ends[0], F_SETPIPE_SZ, kPipeBytes);
  auto input = std::unique_ptr<PipedInput>(new PipedInput);
  input->read_end_ = Fd(ends[0]);
  input->writer_ = std::thread([out = Fd(ends[1]), write = std::move(write), to = input.get()] {
    to->status_ = write(out.get());
  });
  return input;
}

Status PipedInput::finish() {
  read_end_.reset();
  if (writer_.joinable()) writer_.join();
  return status_;
}

PipedInput::~PipedInput() {
  static_cast<void>(finish());  // whoever wanted to know has asked
}

Result<std::unique_ptr<ServedRanges>> ServedRanges::start(std::shared_ptr<const RemoteBlob> blob,
                                                          std::uint64_t size) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    return errno_error(errno, "create a socket pair for", "ranges");
  }
  auto served = std::unique_ptr<ServedRanges>(new ServedRanges);
  served->own_end_ = Fd(ends[0]);
  served->worker_end_ = Fd(ends[1]);
  served->answering_ = std::thread([blob = std::move(blob), size, to = served.get()] {
    const auto read = [&](std::uint64_t offset, std::uint64_t part) {
      return blob->range(offset, part);
    };
    answer_ranges(to->own_end_.get(), size, 2 * size, read, to->given_bytes_);
  });
  return served;
}

std::uint64_t ServedRanges::finish() {
  ::shutdown(own_end_.get(), SHUT_RDWR);  // the thread may be waiting for a question
  if (answering_.joinable()) answering_.join();
  return given_bytes_;
}

ServedRanges::~ServedRanges() {
  finish();
}

Result<LayerBytes> LayerSpool::bytes_of(std::size_t layer) {
  const LayerBytes& bytes = image_.layers.at(layer).bytes;
  if (bytes.missing()) return Error{ErrorCode::kNotFound, "the layer is missing"};
  if (bytes.file != nullptr) return bytes;
  if (const auto known = fetched_.find(layer); known != fetched_.end()) return known->second;
  auto fetched = fetch(image_.layers[layer]);
  if (!fetched) return std::move(fetched).error().during("fetch the layer again");
  return fetched_[layer] = *std::move(fetched);
}

Result<LayerBytes> LayerSpool::fetch(const ImageLayer& layer) {
  const std::uint64_t size = layer.descriptor.size;
  if (size > limits_.spool_bytes - std::min(limits_.spool_bytes, spooled_bytes_)) {
    return over_limit(limits_, &Limits::spool_bytes, "a second read");
  }
  spooled_bytes_ += size;
  ASSIGN_OR_RETURN(const Hasher::Algorithm algorithm, algorithm_of(layer.descriptor.digest));
  Hasher hasher(algorithm);
  ASSIGN_OR_RETURN(Fd file, open_spool());
  RETURN_IF_ERROR(layer.bytes.remote->stream([&](std::string_view block) {
    hasher.update(block);
    return write_all(file.get(), block);
  }));
  if (const std::string digest = hasher.finish(); digest != layer.descriptor.digest) {
    spooled_bytes_ -= size;
    if (!layer.bytes.remote->distrust().empty()) return fetch(layer);
    return Error{ErrorCode::kInvalidInput, "it has the digest " + digest + " this time"};
  }
  LayerBytes bytes;
  bytes.file = std::make_shared<Fd>(std::move(file));
  bytes.size = size;
  return bytes;
}

}  // namespace seaworthy
