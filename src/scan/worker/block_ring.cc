#include "scan/worker/block_ring.h"

#include <algorithm>
#include <utility>

namespace seaworthy {

BlockRing::BlockRing(std::size_t blocks, std::size_t block_bytes)
    : block_bytes_(block_bytes), blocks_(blocks) {
  for (Block& block : blocks_) block.bytes = std::make_unique_for_overwrite<char[]>(block_bytes);
}

std::span<char> BlockRing::writable() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return abandoned_ || published_ - released_ < blocks_.size(); });
  if (abandoned_) return {};
  return {blocks_[published_ % blocks_.size()].bytes.get(), block_bytes_};
}

void BlockRing::publish(std::size_t size) {
  {
    const std::scoped_lock lock(mutex_);
    blocks_[published_ % blocks_.size()].size = size;
    ++published_;
  }
  changed_.notify_one();
}

void BlockRing::finish(std::optional<Error> failure) {
  {
    const std::scoped_lock lock(mutex_);
    finished_ = true;
    failure_ = std::move(failure);
  }
  changed_.notify_one();
}

Result<std::span<const char>> BlockRing::next() {
  std::unique_lock lock(mutex_);
  if (std::exchange(reading_, false)) {
    ++released_;
    changed_.notify_one();
  }
  changed_.wait(lock, [&] { return finished_ || published_ > released_; });
  if (published_ > released_) {
    reading_ = true;
    const Block& block = blocks_[released_ % blocks_.size()];
    return std::span<const char>(block.bytes.get(), block.size);
  }
  if (failure_) return *failure_;
  return std::span<const char>();
}

void BlockRing::abandon() {
  {
    const std::scoped_lock lock(mutex_);
    abandoned_ = true;
  }
  changed_.notify_one();
}

Result<std::span<const char>> RingSource::peek() {
  if (left_.empty()) {
    ASSIGN_OR_RETURN(left_, ring_.next());
    arrived_ += left_.size();
    if (hasher_ != nullptr) hasher_->update({left_.data(), left_.size()});
  }
  return left_;
}

void RingSource::hash_from_here(Hasher& hasher) {
  hasher_ = &hasher;
  hasher_->update({left_.data(), left_.size()});
}

Result<std::size_t> RingSource::read(std::span<char> out) {
  ASSIGN_OR_RETURN(const std::span<const char> block, peek());
  const std::size_t size = std::min(out.size(), block.size());
  std::copy_n(block.data(), size, out.data());
  left_ = left_.subspan(size);
  return size;
}

Result<std::uint64_t> RingSource::skip(std::uint64_t size) {
  std::uint64_t passed = 0;
  while (passed < size) {
    ASSIGN_OR_RETURN(const std::span<const char> block, peek());
    if (block.empty()) break;
    const std::size_t step = std::min<std::uint64_t>(size - passed, block.size());
    left_ = left_.subspan(step);
    passed += step;
  }
  return passed;
}

}  // namespace seaworthy
