#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/limits.h"
#include "core/base/result.h"
#include "core/codec/digest.h"
#include "core/codec/source.h"
#include "scan/advisory/environment.h"

namespace seaworthy {

// The records inside a part: stored pairs of the database's tables as they are, in ascending order
// of (table, key), each key once. Numbers are LEB128, texts have their length in front:
//   number   2 * table + 1 where the key is removed (deltas only)
//   text     key
//   text     value; absent where the key is removed
struct PartRecord {
  Table table = Table::kRows;
  bool removed = false;
  std::string_view key, value;
};

inline constexpr std::uint64_t kMaxValueBytes = 64 * kMiB;  // the largest seen is 0.5 MB
// The change log and the settings are of one machine. Every other table is published, also one that
// is added later.
constexpr bool is_published(Table table) {
  return table < Table::kCount && table != Table::kChanges && table != Table::kMeta;
}
// What stands in the parts of ecosystems; every other published table is in the common part.
constexpr bool is_of_packages(Table table) {
  return table == Table::kRows || table == Table::kDetails || table == Table::kAliases;
}

void append_record(std::string& out, const PartRecord& record);

// One name for a key in all tables: what part key lists hold.
std::uint64_t key_hash(Table table, std::string_view key);

// Compresses and hashes the records that are added in order.
class PartEncoder {
 public:
  explicit PartEncoder(int level);
  ~PartEncoder();
  PartEncoder(const PartEncoder&) = delete;
  PartEncoder& operator=(const PartEncoder&) = delete;

  void add(const PartRecord& record);
  struct Encoded {
    std::string bytes;            // zstd
    std::string digest, content;  // of `bytes`; of the unpacked records
    std::uint64_t unpacked = 0, keys = 0;
  };
  Encoded finish();

 private:
  void flush(bool last);
  struct Compressor;
  std::unique_ptr<Compressor> compressor_;
  std::string pending_;
  Hasher content_;
  Encoded out_;
};

// Reads records from unpacked bytes that may be hostile. One thread.
class PartDecoder {
 public:
  // `unpacked`: no more bytes than this are read.
  PartDecoder(std::unique_ptr<ByteSource> source, std::uint64_t unpacked, bool delta)
      : source_(std::move(source)), left_(unpacked), delta_(delta) {}

  // The next record; its texts are valid until the next call. False at the end.
  // kInvalidInput: malformed, out of order, or of another length than announced.
  Result<bool> next(PartRecord& record);
  // Of everything that was read; call once, at the end.
  std::string content() { return content_.finish(); }

 private:
  Result<bool> fill(std::size_t wanted);  // false: the source ends before
  Result<std::uint64_t> number();
  Status text(std::uint64_t max, std::size_t& begin, std::size_t& size);
  Status check_order(const PartRecord& record);

  std::unique_ptr<ByteSource> source_;
  std::uint64_t left_;
  const bool delta_;
  std::string window_;  // bytes of the record that is being read and what came with them
  std::size_t at_ = 0;  // in window_
  std::string last_key_;
  int last_table_ = -1;
  Hasher content_;
};

}  // namespace seaworthy
