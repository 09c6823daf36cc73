#include "core/codec/zlib_stream.h"

#include <zlib.h>

#include <algorithm>
#include <memory>

namespace seaworthy {

ZlibText inflate_zlib_front(std::string_view bytes, std::uint64_t max_bytes) {
  constexpr std::size_t kStep = 64 * 1024;
  ZlibText out;
  z_stream stream{};
  if (inflateInit(&stream) != Z_OK) return out;
  const auto end = [](z_stream* ended) { inflateEnd(ended); };
  const std::unique_ptr<z_stream, decltype(end)> ending(&stream, end);
  // The library's input pointer is not const, though it only reads.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(std::min<std::size_t>(bytes.size(), 1U << 30));
  int code = Z_OK;
  while (code == Z_OK && out.text.size() < max_bytes) {
    const std::size_t have = out.text.size();
    const std::size_t room = std::min<std::uint64_t>(kStep, max_bytes - have);
    out.text.resize(have + room);
    stream.next_out = reinterpret_cast<Bytef*>(out.text.data() + have);
    stream.avail_out = static_cast<uInt>(room);
    code = ::inflate(&stream, Z_NO_FLUSH);
    out.text.resize(have + room - stream.avail_out);
    if (stream.avail_out > 0) break;  // all of the input is used, or it is damaged
  }
  out.ended = code == Z_STREAM_END;
  return out;
}

}  // namespace seaworthy
