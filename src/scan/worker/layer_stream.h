#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "core/base/limits.h"
#include "core/base/result.h"
#include "core/codec/digest.h"
#include "core/codec/source.h"
#include "scan/worker/block_ring.h"

namespace seaworthy {

// One layer on its way from stored bytes to a tar stream, verified as it passes:
//
//   reading thread:    read a block, hash it (digest)            → ring of small blocks
//   inflating thread:  inflate                                   → ring of large blocks
//   caller's thread:   hash the inflated block (diff id), walk the tar
//
// Three threads for two cores: hashing what is stored floats to whichever core is free. A layer
// that is not compressed needs neither the second thread nor the second hash. Where a later stage
// stops early, the earlier ones still read to the end, because only the whole layer's digest tells
// a damaged layer from a wrong one.
class LayerStream {
 public:
  LayerStream(std::unique_ptr<ByteSource> stored, Hasher::Algorithm digest,
              Hasher::Algorithm diff_id, const Limits& limits);
  LayerStream(const LayerStream&) = delete;
  LayerStream& operator=(const LayerStream&) = delete;
  ~LayerStream();

  // The inflated bytes. An error from it is damage, also kept for finish().
  ByteSource& inflated() { return *tar_; }
  std::uint64_t stored_bytes() const { return stored_bytes_.load(std::memory_order_relaxed); }

  struct Outcome {
    std::string digest;   // of all stored bytes that could be read
    std::string diff_id;  // "" where the inflated stream is not complete
    std::uint64_t stored_bytes = 0;
    std::uint64_t inflated_bytes = 0;
    std::optional<Error> damage;      // of the compressed stream, or of reading it
    std::optional<Error> read_error;  // the stored bytes themselves could not be read to the end
  };
  // Reads both streams to their end. Call once.
  Outcome finish();

 private:
  void read_stored();
  void inflate_stored();

  const Limits limits_;
  std::unique_ptr<ByteSource> stored_;
  Hasher stored_hasher_;  // of the reading thread until it is joined
  Hasher inflated_hasher_;
  BlockRing stored_ring_;
  std::optional<BlockRing> inflated_ring_;
  std::unique_ptr<RingSource> stored_source_;
  Compression compression_ = Compression::kNone;
  bool same_hash_ = false;  // not compressed, and both digests use one algorithm
  std::unique_ptr<RingSource> tar_holder_;
  RingSource* tar_ = nullptr;
  std::atomic<std::uint64_t> stored_bytes_ = 0;
  std::optional<Error> read_error_;  // of the reading thread until it is joined
  std::thread reading_;
  std::thread inflating_;
};

}  // namespace seaworthy
