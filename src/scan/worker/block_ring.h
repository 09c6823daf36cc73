#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "core/base/result.h"
#include "core/codec/digest.h"
#include "core/codec/source.h"

namespace seaworthy {

// A fixed number of equal blocks that go round between one writing and one reading thread: the only
// memory through which a layer flows, whatever its size. The writer waits while all blocks are
// full, the reader while all are empty.
class BlockRing {
 public:
  BlockRing(std::size_t blocks, std::size_t block_bytes);

  // Writer. The block to fill next; empty where the reader has given up.
  std::span<char> writable();
  void publish(std::size_t size);  // of the block that writable() gave; not 0
  // Ends the stream, with the reason where it ends early. Nothing may be published after it.
  void finish(std::optional<Error> failure);

  // Reader. Gives the block before back, and the next one: empty at the end. An Error is what the
  // writer finished with, after all blocks before it.
  Result<std::span<const char>> next();
  void abandon();  // the writer is not to wait any more

 private:
  struct Block {
    std::unique_ptr<char[]> bytes;
    std::size_t size = 0;
  };

  const std::size_t block_bytes_;
  std::vector<Block> blocks_;  // contents belong to the writer or the reader by the counts below
  std::mutex mutex_;
  std::condition_variable changed_;
  // Protected by mutex_. Blocks are numbered without end; number % blocks is the place.
  std::uint64_t published_ = 0;
  std::uint64_t released_ = 0;
  bool reading_ = false;  // the reader holds block released_
  bool finished_ = false;
  bool abandoned_ = false;
  std::optional<Error> failure_;
};

// The reading end of a ring as a byte source; passing over bytes copies nothing. Every block is
// added to `hasher` (may be null) as it arrives, so skipped bytes are hashed too.
class RingSource final : public ByteSource {
 public:
  RingSource(BlockRing& ring, Hasher* hasher) : ring_(ring), hasher_(hasher) {}

  Result<std::size_t> read(std::span<char> out) override;
  Result<std::uint64_t> skip(std::uint64_t size) override;

  // What is left of the current block, or the next one; empty at the end.
  Result<std::span<const char>> peek();
  // Adds the block that peek() gave, as far as it was not read yet, and all later ones to `hasher`.
  void hash_from_here(Hasher& hasher);
  std::uint64_t arrived() const { return arrived_; }  // bytes

 private:
  BlockRing& ring_;
  Hasher* hasher_;
  std::span<const char> left_;
  std::uint64_t arrived_ = 0;
};

}  // namespace seaworthy
