#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/model/advisory.h"
#include "core/model/vex.h"
#include "scan/advisory/database.h"

namespace seaworthy {

// The smaller values of the database and the keys of all of them.

// A feed and what the lookups need to know of it.
struct FeedRecord {
  FeedInfo info;
  // Every (ecosystem, release) in which the feed has rows, declared or not.
  std::vector<std::pair<std::string, std::string>> row_scopes;
  bool has_details = false, has_repositories = false, has_vex = false, has_archives = false;
};
std::string pack_feed(const FeedRecord& record);
Result<FeedRecord> unpack_feed(std::string_view name, std::string_view bytes);

std::string pack_details(const VulnerabilityDetails& details);
Result<VulnerabilityDetails> unpack_details(std::string_view id, std::string_view bytes);

// Of one vulnerability. Texts that come again (author, words) are stored once.
std::string pack_vex(const std::vector<VexStatement>& statements);
Result<std::vector<VexStatement>> unpack_vex(std::string_view id, std::string_view bytes);

std::string pack_kev(const Kev& kev);
Result<Kev> unpack_kev(std::string_view bytes);
std::string pack_exploit(const Exploit& exploit);
Result<Exploit> unpack_exploit(std::string_view bytes);
std::string pack_end_of_life(const EndOfLifeInfo& info);
Result<EndOfLifeInfo> unpack_end_of_life(std::string_view bytes);
std::string pack_texts(const std::vector<std::string>& texts);
Result<std::vector<std::string>> unpack_texts(std::string_view bytes);

// The scores of one year's CVE ids: a date, then 10 bytes for each score in ascending order of the
// number (4 bytes number, 3 bytes score, 3 bytes percentile, both in units of 1e-7, big-endian), so
// a lookup is a binary search in the map and 360,000 scores take 3.6 MB.
struct EpssScore {
  std::uint32_t number = 0;
  std::uint32_t score = 0, percentile = 0;  // units of 1e-7
};
inline constexpr double kEpssUnits = 1e7;
std::string pack_epss_year(std::string_view date, const std::vector<EpssScore>& ascending);
std::optional<Epss> find_epss(std::string_view bytes, std::uint64_t number);

// A run of changes of one feed, ecosystem and release. A first import is hundreds of thousands of
// changes; as runs they cost little more than the package names.
struct ChangeRun {
  UnixSeconds time = 0;
  std::string feed, ecosystem, release;
  std::vector<std::string> packages;
};
inline constexpr std::size_t kChangesPerRun = 256;
std::string pack_changes(const ChangeRun& run);
Result<ChangeRun> unpack_changes(std::string_view bytes);
std::string sequence_key(std::uint64_t sequence);  // 8 bytes, big-endian
std::uint64_t sequence_of(std::string_view key);

// Keys are their parts joined by NUL. One that is longer than LMDB's 511 bytes is stored under its
// hash, and its value begins with the whole key; the value of a short key begins with "".
std::string join_key(std::initializer_list<std::string_view> parts);
std::string stored_key(std::string_view feed, std::string_view rest);
std::string stored_value(std::string_view feed, std::string_view rest, std::string_view value);
// The rest (behind the feed) and the value of a stored pair. False where it is not well formed.
bool split_stored(std::string_view feed, std::string_view key, std::string_view value,
                  std::string_view& rest, std::string_view& content);
// The value under feed and rest; data() is null where the pair is of another key.
std::string_view content_of(std::string_view feed, std::string_view rest, std::string_view value);
// The parts of an `ecosystem \0 release \0 package` text.
PackageKey package_key(std::string_view text);

}  // namespace seaworthy
