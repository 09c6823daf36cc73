#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace seaworthy {

struct ZlibText {
  std::string text;
  bool ended = false;  // the stream's own end was reached, and its checksum is right
};

// The zlib stream (RFC 1950) at the front of `bytes`, which may go on behind it: at most
// `max_bytes` of what it inflates to. Nothing where there is none.
ZlibText inflate_zlib_front(std::string_view bytes, std::uint64_t max_bytes);

}  // namespace seaworthy
