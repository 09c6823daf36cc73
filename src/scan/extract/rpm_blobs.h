#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace seaworthy {

// Takes what a reader of an rpm database finds.
struct BlobSink {
  // One package's header. The bytes are valid during the call only. `where` names the record for
  // messages ("page 12 item 3"). False: stop reading.
  std::function<bool(std::string_view blob, const std::string& where)> blob;
  // A part of the database that could not be read, so that packages may be missing.
  std::function<void(const std::string& message)> damage;
};

// Each reads one database format from memory and gives every header in it to the sink. No byte of
// the input is given to the sink twice, so the work is linear in the size of the file.
// kInvalidInput: the file is not of that format or its first structures are broken;
// kUnsupported: a variant that rpm never writes, such as an encrypted one.
Status read_rpm_bdb(std::string_view bytes, const BlobSink& sink);
Status read_rpm_ndb(std::string_view bytes, const BlobSink& sink);
// `wal` is the write-ahead log beside the database; empty: there is none.
Status read_rpm_sqlite(std::string_view bytes, std::string_view wal, const BlobSink& sink);

}  // namespace seaworthy
