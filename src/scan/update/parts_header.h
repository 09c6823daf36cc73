#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/limits.h"
#include "core/base/result.h"

namespace seaworthy {

// The published database, in one file:
//
//   8 bytes   "SWDB" 0x0d 0x0a 0x1a 0x01
//   4 bytes   length of the header, little-endian, at most kMaxHeaderBytes
//   header    one line of JSON, see below
//   parts     zstd, one behind the other in the header's order (parts_records.h)
//
// What is signed is the header (FILE.sig, signature_key.h), and the header names every part by the
// digest of its stored bytes. So a reader checks the signature over a few kilobytes, parses the
// header, and looks into a part only after its bytes have the digest that was signed. As an OCI
// artifact the header is the configuration blob and every part is a layer (publish.h): the same
// bytes, so that one signature is good for both.
//
// A part holds everything about one ecosystem and release, and is complete in itself: the rows, and
// the details and aliases of the vulnerabilities that they name, also where another part has the
// same ones. "common" holds what belongs to no package: the feed table, end-of-life dates, EPSS,
// KEV, exploits. It is small, and it changes every day; without it the parts of quiet ecosystems
// keep their digest for weeks and are not fetched again. "unreferenced" holds the details that no
// row names; only lookups by id miss them.
//
// The rejected alternatives: one compressed file (a runner that scans Debian images fetches
// everything), and details in a part per feed (NVD's are 80 % of all bytes and each image needs a
// twentieth of them).
//
// A delta has `parent`, and for each part that changed `base`: the content that it applies to. Its
// parts hold the keys that were added, changed or removed; `keys` and `content` are those of the
// result. A part with an empty `digest` is not in the file: it did not change.

inline constexpr std::string_view kFileMagic{"SWDB\r\n\x1a\x01", 8};
inline constexpr std::uint64_t kMaxHeaderBytes = 8 * kMiB;
inline constexpr std::string_view kCommonPart = "common";
inline constexpr std::string_view kUnreferencedPart = "unreferenced";

struct PartEntry {
  std::string name;
  std::string ecosystem, release;          // both "" for the two parts above
  std::string digest;                      // of the stored (compressed) bytes; "" not in this file
  std::uint64_t stored = 0, unpacked = 0;  // bytes
  std::uint64_t keys = 0;
  std::string content;  // digest of the unpacked records: the same whatever the compression
  std::string base;     // of a delta: the content that it applies to; "" replaces the whole part
  bool operator==(const PartEntry&) const = default;
};

struct DatabaseHeader {
  std::uint64_t database_schema = 0;  // scan/advisory/schema.h
  std::uint64_t sequence = 0;         // never falls: an older file is not imported over a newer one
  UnixSeconds built_at = 0;
  bool is_delta = false;
  std::uint64_t parent = 0;        // of a delta: the sequence it starts from
  std::vector<std::string> feeds;  // sorted
  std::vector<PartEntry> parts;    // sorted by name
  bool operator==(const DatabaseHeader&) const = default;

  const PartEntry* find(std::string_view part) const;
};

// "debian:12"; "npm" where the ecosystem has no releases.
std::string part_name(std::string_view ecosystem, std::string_view release);

// Always the same bytes for the same header.
std::string header_text(const DatabaseHeader& header);
// kUnsupported: a newer form; kInvalidInput: no header, or one that contradicts itself.
Result<DatabaseHeader> parse_header(std::string_view json, const Limits& limits);

}  // namespace seaworthy
