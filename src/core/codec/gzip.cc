// gzip (RFC 1952) over ISA-L, which is two to three times as fast as zlib on layer tars. ISA-L
// parses the member's header, keeps the CRC while inflating and compares it and ISIZE with the
// trailer; members and the padding behind the last one are this file's work.
//
// Any number of members may follow each other (pigz, estargz and bgzip write many). Behind the last
// one only zero bytes may stand, as tapes leave them. Other bytes there are an error, not ignored
// as gzip(1) does: two readers that disagree about the end would see two different layers.
#include <algorithm>
#include <limits>
#include <string>

#include <isa-l/igzip_lib.h>

#include "core/codec/inflate.h"

namespace seaworthy {

namespace {

std::string_view reason_of(int code) {
  switch (code) {
    case ISAL_INVALID_BLOCK:
      return "invalid deflate block";
    case ISAL_INVALID_SYMBOL:
      return "invalid deflate symbol";
    case ISAL_INVALID_LOOKBACK:
      return "reference before the start of the data";
    case ISAL_INVALID_WRAPPER:
      return "invalid member header";
    case ISAL_UNSUPPORTED_METHOD:
      return "compression method is not deflate";
    case ISAL_INCORRECT_CHECKSUM:
      return "bad checksum or length in the member's trailer";
    default:
      return "cannot be inflated";
  }
}

class GzipInflater final : public Inflater {
 public:
  GzipInflater() : state_(std::make_unique<inflate_state>()) {
    isal_inflate_init(state_.get());
    state_->crc_flag = ISAL_GZIP;
  }

  Step step(std::span<const char> in, std::span<char> out, bool /*last*/) override {
    if (place_ != Place::kInside) return between_members(in, out);
    const auto bound = [](std::size_t size) {
      return static_cast<std::uint32_t>(
          std::min<std::size_t>(size, std::numeric_limits<std::int32_t>::max()));
    };
    const std::uint32_t in_size = bound(in.size());
    const std::uint32_t out_size = bound(out.size());
    // The library's input pointer is not const, though it only reads.
    state_->next_in = reinterpret_cast<std::uint8_t*>(const_cast<char*>(in.data()));
    state_->avail_in = in_size;
    state_->next_out = reinterpret_cast<std::uint8_t*>(out.data());
    state_->avail_out = out_size;
    const int code = isal_inflate(state_.get());
    Step done{.consumed = in_size - state_->avail_in, .produced = out_size - state_->avail_out};
    if (code != ISAL_DECOMP_OK) {
      done.error = Error{ErrorCode::kInvalidInput, std::string(reason_of(code))};
    } else if (state_->block_state == ISAL_BLOCK_FINISH) {
      place_ = Place::kBehindMember;
    }
    return done;
  }

  bool complete() const override { return place_ != Place::kInside; }

 private:
  enum class Place { kInside, kBehindMember, kPadding };

  Step between_members(std::span<const char> in, std::span<char> out) {
    if (in.empty()) return {};
    if (place_ == Place::kBehindMember && in.front() == '\x1f') {
      isal_inflate_reset(state_.get());
      place_ = Place::kInside;
      return step(in, out, false);
    }
    place_ = Place::kPadding;
    const auto end = std::find_if(in.begin(), in.end(), [](char c) { return c != '\0'; });
    Step done{.consumed = static_cast<std::size_t>(end - in.begin())};
    if (end != in.end()) {
      done.error =
          Error{ErrorCode::kInvalidInput, "bytes that are no member behind the last member"};
    }
    return done;
  }

  std::unique_ptr<inflate_state> state_;  // 100 KiB: too large for the stack
  Place place_ = Place::kInside;
};

}  // namespace

std::unique_ptr<Inflater> gzip_inflater() {
  return std::make_unique<GzipInflater>();
}

}  // namespace seaworthy
