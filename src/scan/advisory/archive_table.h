#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"

namespace seaworthy {

// Published Java archives by their SHA-1, as the database keeps them: ten million of them are
// common, so that what one costs decides. The first two bytes of the digest choose one of 65,536
// values; in a value the digests stand sorted, and a lookup is a binary search in the map:
//
//   count (4 bytes) | count x (18 bytes of digest, 4 bytes offset of the text) | texts
//   text = length (2 bytes) | "group:artifact:version"        numbers little-endian
//
// That is 24 bytes for each archive and its text. A key for each would cost 60 more.
class ArchiveTable {
 public:
  // `sha1`: 40 digits of lower-case hex. False where it is not, or the text is empty or longer than
  // a purl may be.
  bool add(std::string_view sha1, std::string_view coordinates);
  bool empty() const { return buckets_.empty(); }
  // Key and value of each bucket. Call once.
  std::vector<std::pair<std::string, std::string>> take();

 private:
  std::map<std::string, std::string> buckets_;  // by key: unsorted digests and texts
};

// Four hex digits; empty where the text is no digest.
std::string archive_bucket(std::string_view sha1);
// What a bucket has of the digest: several texts where the same bytes were published under several
// names. kInvalidInput: damaged.
Result<std::vector<std::string>> find_archive(std::string_view bucket, std::string_view sha1);

}  // namespace seaworthy
