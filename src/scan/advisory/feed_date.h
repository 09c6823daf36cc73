#pragma once

#include <string_view>

#include "core/base/clock.h"

namespace seaworthy {

// How old a feed is, and how that is known.
//
// Most documents carry dates: the newest of them is the feed's date, whenever it was imported.
// Debian's tracker, secdb, and tables of scores or exploits carry none. Such a feed is as old as
// the copy that was imported, by the best witness there is:
//   1. the date that the user gave (`db import --as-of`);
//   2. the newest time of an archive's members;
//   3. the time of the file, which a download sets to the server's Last-Modified;
//   4. the import itself.
// Times of archives and files may be too young (a copy made today), so the data has a veto: a
// collection of a thousand records and more names weaknesses of its own year, so one whose newest
// CVE id is of 2023 was written before February 2024, whatever its file says.
//
// Append only: stored.
enum class DatedBy { kUnknown, kData, kGiven, kArchive, kFile, kIds, kImport, kEnd };
std::string_view name_of(DatedBy by);  // "data", "given", "archive", "file", "ids", "import"

struct FeedDate {
  UnixSeconds time = 0;
  DatedBy by = DatedBy::kUnknown;
  bool operator==(const FeedDate&) const = default;
};

// What is known; 0 where it is not. Times that no real copy has (before 1980-01-03, where zip and
// reproducible tars begin, or after `now`) are left out.
struct DateWitnesses {
  UnixSeconds now = 0;
  UnixSeconds data = 0;     // newest date in the documents
  UnixSeconds given = 0;    // by the user
  UnixSeconds archive = 0;  // newest member
  UnixSeconds file = 0;
  int newest_year = 0;  // in the ids of the data
  std::uint64_t records = 0;
  // With fewer the newest id says nothing: the last advisory of a small list may be years old. A
  // release of a large collection tells more than a list of its own.
  std::uint64_t telling = 1000;
};
inline constexpr std::uint64_t kTellingOfRelease = 100;

// A given date that is older than the data proves is outweighed by the data.
FeedDate date_of_feed(const DateWitnesses& witnesses);

// True where `time` can be when a copy was made.
bool is_plausible_copy_time(UnixSeconds time, UnixSeconds now);

}  // namespace seaworthy
