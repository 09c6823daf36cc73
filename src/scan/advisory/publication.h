#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"

namespace seaworthy {

class Transaction;

// What a database knows of the published file that it came from (scan/update). A published database
// is made of parts, and a machine may hold some of them only. The records of its feeds are kept as
// they were published, so they speak for every release that the publisher has; which of these are
// here is decided by this record, whenever the feeds are read. A record that cannot be read means
// that nothing is here: what was not pulled must never look clean.
struct PublishedPart {
  std::string name;                // "debian:12", "npm"
  std::string ecosystem, release;  // both "" for parts that speak for no ecosystem
  std::string content;             // digest of its records
  std::uint64_t keys = 0;
  bool in_place = false;
  bool operator==(const PublishedPart&) const = default;
};

struct Publication {
  std::uint64_t sequence = 0;
  UnixSeconds built_at = 0;     // by the publisher
  UnixSeconds imported_at = 0;  // here
  std::string key;              // id of the key that signed it; "" where it is not signed
  std::string header;           // digest of the published header
  // A feed that came with it was imported again from other documents since.
  bool altered = false;
  std::vector<std::string> feeds;  // those that came with it, sorted; every other is local
  std::vector<PublishedPart> parts;

  bool publishes(std::string_view feed) const;
  bool holds(std::string_view ecosystem, std::string_view release) const;
  bool operator==(const Publication&) const = default;
};

std::string pack_publication(const Publication& publication);
Result<Publication> unpack_publication(std::string_view bytes);

// Empty where the database was not imported from a published file. kInvalidInput: damaged.
Result<std::optional<Publication>> read_publication(const Transaction& transaction);
Status write_publication(Transaction& transaction, const Publication& publication);

// Hashes of the keys that a part holds, ascending: details are shared between parts, and a key goes
// when no part in place has it any more.
std::vector<std::uint64_t> read_part_keys(const Transaction& transaction, std::string_view part);
Status write_part_keys(Transaction& transaction, std::string_view part,
                       const std::vector<std::uint64_t>& ascending);
Status remove_part_keys(Transaction& transaction, std::string_view part);

// For an import of documents under the name of a published feed: from now on it is a local feed.
Status leave_publication(Transaction& transaction, std::string_view feed);

}  // namespace seaworthy
