#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/codec/range_reader.h"

namespace seaworthy {

// A bbolt database, read only and without its lock, so that a daemon that writes to it is neither
// waited for nor disturbed (bolt.cc says why that is sound). One thread at a time.
class BoltDatabase {
 public:
  // `file` must outlive the database. kInvalidInput: no bbolt database, or no sound meta page.
  static Result<BoltDatabase> open(RangeReader& file);

  struct Entry {
    std::string key, value;
    bool is_bucket = false;  // `value` is then not for the caller
  };
  // All entries of the bucket that `path` leads to, from the root; kNotFound: no such bucket.
  // kLimitExceeded: more than `max_bytes` of keys and values. kConflict: the database was written
  // to while it was read, so open it again.
  Result<std::vector<Entry>> list(const std::vector<std::string>& path, std::uint64_t max_bytes);

 private:
  struct Meta {
    std::uint64_t root = 0, transaction = 0;
    std::uint32_t page_bytes = 0;
  };
  // A bucket is a tree of pages, or a single page inside its parent's value.
  struct Bucket {
    std::uint64_t root = 0;
    std::string inline_page;
  };

  struct Listing;

  BoltDatabase(RangeReader& file, Meta meta) : file_(&file), meta_(meta) {}
  static Result<Meta> read_meta(RangeReader& file);
  static std::optional<Meta> parse_meta(std::string_view page);
  static Bucket bucket_of(std::string_view value);
  Result<std::string> read_page(std::uint64_t id) const;
  Result<Bucket> bucket_at(const std::vector<std::string>& path) const;
  Result<std::optional<Entry>> find(const Bucket& bucket, std::string_view key) const;

  RangeReader* file_;
  Meta meta_;
};

}  // namespace seaworthy
