#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "core/base/file.h"
#include "core/base/limits.h"
#include "core/base/result.h"
#include "scan/image/image.h"

namespace seaworthy {

// Bytes that a thread of this process writes into a pipe while a sandboxed worker reads them from
// its other end: a root directory as a tar, or a layer as it arrives. The worker gets nothing but
// the pipe, so it never sees where the bytes come from or what opened the way there.
class PipedInput {
 public:
  // `write` writes to the descriptor and ends with an error where the reader is gone (the caller
  // ignores SIGPIPE). What it refers to must outlive this object. `name` is for messages.
  static Result<std::unique_ptr<PipedInput>> start(const std::string& name,
                                                   std::function<Status(int out_fd)> write);
  PipedInput(const PipedInput&) = delete;
  PipedInput& operator=(const PipedInput&) = delete;
  ~PipedInput();

  int fd() const { return read_end_.get(); }

  // Closes the pipe, waits for the writer and gives its status. Call when the worker is done.
  Status finish();

 private:
  PipedInput() = default;
  Fd read_end_;
  Status status_ = ok_status();  // written by the thread, read after it is joined
  std::thread writer_;
};

// Parts of a layer that lies afar, for a sandboxed worker that reads it by its table of contents
// (scan/worker/range_channel.h). A thread of this process fetches what the worker asks for, at most
// twice the layer in all.
class ServedRanges {
 public:
  static Result<std::unique_ptr<ServedRanges>> start(std::shared_ptr<const RemoteBlob> blob,
                                                     std::uint64_t size);
  ServedRanges(const ServedRanges&) = delete;
  ServedRanges& operator=(const ServedRanges&) = delete;
  ~ServedRanges();

  int fd() const { return worker_end_.get(); }

  // Ends the conversation and says how many bytes were given. Call when the worker is done.
  std::uint64_t finish();

 private:
  ServedRanges() = default;
  Fd own_end_, worker_end_;
  std::uint64_t given_bytes_ = 0;  // written by the thread, read after it is joined
  std::thread answering_;
};

// Layers that have to be read a second time, fetched into unlinked files where they lie afar. One
// thread at a time.
class LayerSpool {
 public:
  // Both must outlive the spool.
  LayerSpool(const Image& image, const Limits& limits) : image_(image), limits_(limits) {}

  // The layer's bytes in a file; of a fetched one the digest is verified. kNotFound: the layer is
  // missing; kLimitExceeded: all that is spooled would be larger than limits.spool_bytes.
  Result<LayerBytes> bytes_of(std::size_t layer);

 private:
  Result<LayerBytes> fetch(const ImageLayer& layer);

  const Image& image_;
  const Limits& limits_;
  std::map<std::size_t, LayerBytes> fetched_;
  std::uint64_t spooled_bytes_ = 0;
};

}  // namespace seaworthy
