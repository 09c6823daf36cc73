// xz (the .xz file format, version 1.2) over liblzma: concatenated streams with their padding,
// every integrity check verified by the library.
#include <lzma.h>

#include <string>

#include "core/base/limits.h"
#include "core/codec/inflate.h"

namespace seaworthy {

namespace {

// `xz -9` needs 65 MiB; this allows dictionaries of 128 MiB, as for zstd.
constexpr std::uint64_t kMaxMemoryBytes = 144 * kMiB;

std::string_view reason_of(lzma_ret code) {
  switch (code) {
    case LZMA_FORMAT_ERROR:
      return "not the xz format";
    case LZMA_OPTIONS_ERROR:
      return "unsupported filter or check";
    case LZMA_DATA_ERROR:
      return "corrupt data or bad checksum";
    case LZMA_BUF_ERROR:
      return "truncated";
    default:
      return "cannot be inflated";
  }
}

class XzInflater final : public Inflater {
 public:
  XzInflater() { started_ = lzma_stream_decoder(&stream_, kMaxMemoryBytes, LZMA_CONCATENATED); }
  XzInflater(const XzInflater&) = delete;
  XzInflater& operator=(const XzInflater&) = delete;
  ~XzInflater() override { lzma_end(&stream_); }

  Step step(std::span<const char> in, std::span<char> out, bool last) override {
    if (complete_) return {};
    stream_.next_in = reinterpret_cast<const std::uint8_t*>(in.data());
    stream_.avail_in = in.size();
    stream_.next_out = reinterpret_cast<std::uint8_t*>(out.data());
    stream_.avail_out = out.size();
    const lzma_ret code =
        started_ == LZMA_OK ? lzma_code(&stream_, last ? LZMA_FINISH : LZMA_RUN) : started_;
    Step done{.consumed = in.size() - stream_.avail_in, .produced = out.size() - stream_.avail_out};
    if (code == LZMA_STREAM_END) {
      complete_ = true;
    } else if (code == LZMA_MEMLIMIT_ERROR || code == LZMA_MEM_ERROR) {
      done.error = Error{ErrorCode::kLimitExceeded, "needs a dictionary over 128 MiB"};
    } else if (code != LZMA_OK && (code != LZMA_BUF_ERROR || last)) {
      done.error = Error{ErrorCode::kInvalidInput, std::string(reason_of(code))};
    }
    return done;
  }

  bool complete() const override { return complete_; }

 private:
  lzma_stream stream_ = LZMA_STREAM_INIT;
  lzma_ret started_;
  bool complete_ = false;
};

}  // namespace

std::unique_ptr<Inflater> xz_inflater() {
  return std::make_unique<XzInflater>();
}

}  // namespace seaworthy
