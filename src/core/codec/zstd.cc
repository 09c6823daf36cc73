// Zstandard (RFC 8878) over libzstd: any number of frames, skippable frames between them (the
// library passes over these by itself). A frame that asks for a window over 128 MiB is refused,
// because the window is allocated before any content proves that it is needed.
#include <zstd.h>
#include <zstd_errors.h>

#include <string>

#include "core/codec/inflate.h"

namespace seaworthy {

namespace {

constexpr int kMaxWindowLog = 27;

class ZstdInflater final : public Inflater {
 public:
  ZstdInflater() : context_(ZSTD_createDCtx()) {
    ZSTD_DCtx_setParameter(context_, ZSTD_d_windowLogMax, kMaxWindowLog);
  }
  ZstdInflater(const ZstdInflater&) = delete;
  ZstdInflater& operator=(const ZstdInflater&) = delete;
  ~ZstdInflater() override { ZSTD_freeDCtx(context_); }

  Step step(std::span<const char> in, std::span<char> out, bool /*last*/) override {
    ZSTD_inBuffer input{in.data(), in.size(), 0};
    ZSTD_outBuffer output{out.data(), out.size(), 0};
    // Between frames the library must not be called without input: it would expect a new frame.
    if (complete_ && in.empty()) return {};
    const std::size_t code = ZSTD_decompressStream(context_, &output, &input);
    Step done{.consumed = input.pos, .produced = output.pos};
    if (ZSTD_isError(code) == 0) {
      complete_ = code == 0;
      return done;
    }
    const bool window = ZSTD_getErrorCode(code) == ZSTD_error_frameParameter_windowTooLarge;
    done.error = window ? Error{ErrorCode::kLimitExceeded, "needs a window over 128 MiB"}
                        : Error{ErrorCode::kInvalidInput, ZSTD_getErrorName(code)};
    complete_ = false;
    return done;
  }

  bool complete() const override { return complete_; }

 private:
  ZSTD_DCtx* context_;
  bool complete_ = false;
};

}  // namespace

std::unique_ptr<Inflater> zstd_inflater() {
  return std::make_unique<ZstdInflater>();
}

}  // namespace seaworthy
