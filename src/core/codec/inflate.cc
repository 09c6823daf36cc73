#include "core/codec/inflate.h"

#include <string>
#include <utility>

#include "core/codec/source.h"

namespace seaworthy {

namespace {

constexpr std::size_t kInputBytes = 256 * kKiB;
// Below this much output the ratio is not judged: small, very regular files are common.
constexpr std::uint64_t kRatioFreeBytes = 64 * kMiB;

class InflatingSource final : public ByteSource {
 public:
  InflatingSource(std::unique_ptr<ByteSource> compressed, Compression compression,
                  std::unique_ptr<Inflater> inflater, const Limits& limits)
      : compressed_(std::move(compressed)),
        compression_(compression),
        inflater_(std::move(inflater)),
        limits_(limits),
        buffer_(std::make_unique_for_overwrite<char[]>(kInputBytes)) {}

  Result<std::size_t> read(std::span<char> out) override {
    if (out.empty()) return std::size_t{0};
    std::size_t produced = 0;
    while (produced == 0 && !failure_ && !ended_) produced = advance(out);
    if (produced > 0) return produced;
    if (failure_) return *failure_;
    return std::size_t{0};
  }

 private:
  // One round: refill, inflate, account. Sets `failure_` or `ended_` where the stream stops.
  std::size_t advance(std::span<char> out) {
    if (pending_.empty() && !input_ended_ && !refill()) return 0;
    const Inflater::Step step = inflater_->step(pending_, out, input_ended_);
    pending_ = pending_.subspan(step.consumed);
    consumed_ += step.consumed;
    produced_ += step.produced;
    if (step.error) {
      fail({step.error->code, where(step.error->message)});
    } else if (step.consumed == 0 && step.produced == 0) {
      stop_or_continue();
    }
    check_limits();
    return step.produced;
  }

  bool refill() {
    auto got = compressed_->read({buffer_.get(), kInputBytes});
    if (!got) {
      failure_ = std::move(got).error();
      return false;
    }
    input_ended_ = *got == 0;
    pending_ = {buffer_.get(), *got};
    return true;
  }

  // The library neither took nor gave anything.
  void stop_or_continue() {
    if (!pending_.empty()) {
      fail({ErrorCode::kInvalidInput, where("cannot go on")});
    } else if (input_ended_) {
      if (inflater_->complete()) {
        ended_ = true;
      } else {
        fail({ErrorCode::kInvalidInput, where("truncated")});
      }
    }
  }

  void check_limits() {
    if (produced_ > limits_.layer_bytes) {
      fail(over_limit(limits_, &Limits::layer_bytes, where()));
    } else if (produced_ > kRatioFreeBytes && produced_ / limits_.ratio > consumed_) {
      fail(over_limit(limits_, &Limits::ratio, where()));
    }
  }

  std::string where(std::string_view what = "inflating") const {
    return std::string(name_of(compression_)) + ": " + std::string(what) +
           " at compressed offset " + std::to_string(consumed_) + ", inflated offset " +
           std::to_string(produced_);
  }

  void fail(Error error) {
    if (!failure_) failure_ = std::move(error);
  }

  std::unique_ptr<ByteSource> compressed_;
  const Compression compression_;
  std::unique_ptr<Inflater> inflater_;
  const Limits limits_;
  std::unique_ptr<char[]> buffer_;
  std::span<const char> pending_;
  std::uint64_t consumed_ = 0;
  std::uint64_t produced_ = 0;
  bool input_ended_ = false;
  bool ended_ = false;
  std::optional<Error> failure_;
};

}  // namespace

std::unique_ptr<ByteSource> inflate(std::unique_ptr<ByteSource> compressed, Compression compression,
                                    const Limits& limits) {
  std::unique_ptr<Inflater> inflater;
  switch (compression) {
    case Compression::kNone:
      return compressed;
    case Compression::kGzip:
      inflater = gzip_inflater();
      break;
    case Compression::kZstd:
      inflater = zstd_inflater();
      break;
    case Compression::kXz:
      inflater = xz_inflater();
      break;
    case Compression::kBzip2:
      inflater = bzip2_inflater();
      break;
  }
  return std::make_unique<InflatingSource>(std::move(compressed), compression, std::move(inflater),
                                           limits);
}

}  // namespace seaworthy
