#include "scan/worker/layer_stream.h"

#include <utility>

namespace seaworthy {

namespace {

constexpr std::size_t kStoredBlocks = 8;
constexpr std::size_t kStoredBlockBytes = 128 * kKiB;
constexpr std::size_t kInflatedBlocks = 8;
constexpr std::size_t kInflatedBlockBytes = 256 * kKiB;

// Fills the block as far as the source goes; what stopped it stays in `failure` or is the end.
std::size_t fill(ByteSource& source, std::span<char> block, bool& ended,
                 std::optional<Error>& failure) {
  std::size_t size = 0;
  while (size < block.size()) {
    auto got = source.read(block.subspan(size));
    if (!got) {
      failure = std::move(got).error();
      break;
    }
    if (*got == 0) {
      ended = true;
      break;
    }
    size += *got;
  }
  return size;
}

// Lets the inflater read the ring that its owner keeps.
class BorrowedSource final : public ByteSource {
 public:
  explicit BorrowedSource(ByteSource& source) : source_(source) {}
  Result<std::size_t> read(std::span<char> out) override { return source_.read(out); }

 private:
  ByteSource& source_;
};

}  // namespace

LayerStream::LayerStream(std::unique_ptr<ByteSource> stored, Hasher::Algorithm digest,
                         Hasher::Algorithm diff_id, const Limits& limits)
    : limits_(limits),
      stored_(std::move(stored)),
      stored_hasher_(digest),
      inflated_hasher_(diff_id),
      stored_ring_(kStoredBlocks, kStoredBlockBytes) {
  reading_ = std::thread([this] { read_stored(); });
  stored_source_ = std::make_unique<RingSource>(stored_ring_, nullptr);
  if (const auto first = stored_source_->peek(); first) {
    compression_ = sniff_compression({first->data(), first->size()});
  }
  if (compression_ == Compression::kNone) {
    same_hash_ = digest == diff_id;
    if (!same_hash_) stored_source_->hash_from_here(inflated_hasher_);
    tar_ = stored_source_.get();
    return;
  }
  inflated_ring_.emplace(kInflatedBlocks, kInflatedBlockBytes);
  tar_holder_ = std::make_unique<RingSource>(*inflated_ring_, &inflated_hasher_);
  tar_ = tar_holder_.get();
  inflating_ = std::thread([this] { inflate_stored(); });
}

LayerStream::~LayerStream() {
  if (inflated_ring_) inflated_ring_->abandon();
  if (inflating_.joinable()) inflating_.join();
  stored_ring_.abandon();
  if (reading_.joinable()) reading_.join();
}

void LayerStream::read_stored() {
  bool ended = false;
  std::unique_ptr<char[]> own;  // once nobody takes blocks any more
  while (!ended && !read_error_) {
    std::span<char> block = stored_ring_.writable();
    const bool taken = !block.empty();
    if (!taken) {
      if (!own) own = std::make_unique_for_overwrite<char[]>(kStoredBlockBytes);
      block = {own.get(), kStoredBlockBytes};
    }
    const std::size_t size = fill(*stored_, block, ended, read_error_);
    if (size == 0) continue;
    stored_hasher_.update({block.data(), size});
    stored_bytes_.fetch_add(size, std::memory_order_relaxed);
    if (taken) stored_ring_.publish(size);
    if (stored_bytes() > limits_.layer_bytes) {
      read_error_ = over_limit(limits_, &Limits::layer_bytes, "the stored layer");
    }
  }
  stored_ring_.finish(read_error_);
}

void LayerStream::inflate_stored() {
  const std::unique_ptr<ByteSource> source =
      inflate(std::make_unique<BorrowedSource>(*stored_source_), compression_, limits_);
  bool ended = false;
  std::optional<Error> failure;
  while (!ended && !failure) {
    const std::span<char> block = inflated_ring_->writable();
    if (block.empty()) break;
    const std::size_t size = fill(*source, block, ended, failure);
    if (size > 0) inflated_ring_->publish(size);
  }
  stored_ring_.abandon();
  inflated_ring_->finish(std::move(failure));
}

LayerStream::Outcome LayerStream::finish() {
  Outcome outcome;
  const auto rest = tar_->skip(~std::uint64_t{0});
  if (!rest) outcome.damage = rest.error();
  if (inflating_.joinable()) inflating_.join();
  stored_ring_.abandon();
  reading_.join();
  outcome.read_error = read_error_;
  outcome.stored_bytes = stored_bytes();
  outcome.inflated_bytes = tar_->arrived();
  outcome.digest = stored_hasher_.finish();
  if (!outcome.damage) {
    outcome.diff_id = same_hash_ ? outcome.digest : inflated_hasher_.finish();
  }
  return outcome;
}

}  // namespace seaworthy
