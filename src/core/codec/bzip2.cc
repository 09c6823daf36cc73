// bzip2 over libbz2: any number of streams behind each other, as pbzip2 writes them; the library
// verifies the checksum of each block and stream.
#include <bzlib.h>

#include <algorithm>
#include <limits>
#include <string>

#include "core/codec/inflate.h"

namespace seaworthy {

namespace {

class Bzip2Inflater final : public Inflater {
 public:
  Bzip2Inflater() = default;
  Bzip2Inflater(const Bzip2Inflater&) = delete;
  Bzip2Inflater& operator=(const Bzip2Inflater&) = delete;
  ~Bzip2Inflater() override { BZ2_bzDecompressEnd(&stream_); }

  Step step(std::span<const char> in, std::span<char> out, bool /*last*/) override {
    if (!running_) {
      if (in.empty()) return {};
      stream_ = {};
      if (BZ2_bzDecompressInit(&stream_, 0, 0) != BZ_OK) {
        return {.error = Error{ErrorCode::kInternal, "cannot start"}};
      }
      running_ = true;
    }
    const auto bound = [](std::size_t size) {
      return static_cast<unsigned>(
          std::min<std::size_t>(size, std::numeric_limits<std::int32_t>::max()));
    };
    const unsigned in_size = bound(in.size());
    const unsigned out_size = bound(out.size());
    stream_.next_in = const_cast<char*>(in.data());  // the library only reads
    stream_.avail_in = in_size;
    stream_.next_out = out.data();
    stream_.avail_out = out_size;
    const int code = BZ2_bzDecompress(&stream_);
    Step done{.consumed = in_size - stream_.avail_in, .produced = out_size - stream_.avail_out};
    if (code == BZ_STREAM_END) {
      BZ2_bzDecompressEnd(&stream_);
      stream_ = {};
      running_ = false;
      complete_ = true;
    } else if (code != BZ_OK) {
      done.error = Error{ErrorCode::kInvalidInput, code == BZ_DATA_ERROR_MAGIC
                                                       ? "not the bzip2 format"
                                                       : "corrupt data or bad checksum"};
    }
    return done;
  }

  bool complete() const override { return complete_ && !running_; }

 private:
  bz_stream stream_{};
  bool running_ = false;
  bool complete_ = false;  // at least one whole stream was read
};

}  // namespace

std::unique_ptr<Inflater> bzip2_inflater() {
  return std::make_unique<Bzip2Inflater>();
}

}  // namespace seaworthy
