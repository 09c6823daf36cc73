#pragma once

#include <bzlib.h>
#include <lzma.h>
#include <zstd.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <isa-l/igzip_lib.h>

#include "core/codec/source.h"

namespace seaworthy {

// Compresses for tests: one member, frame or stream.
inline std::string compress(Compression compression, const std::string& bytes) {
  std::string out(bytes.size() + bytes.size() / 2 + 65536, '\0');
  std::size_t size = bytes.size();
  switch (compression) {
    case Compression::kNone:
      return bytes;
    case Compression::kGzip: {
      const auto stream = std::make_unique<isal_zstream>();
      isal_deflate_init(stream.get());
      stream->gzip_flag = IGZIP_GZIP;
      stream->end_of_stream = 1;
      stream->next_in = reinterpret_cast<std::uint8_t*>(const_cast<char*>(bytes.data()));
      stream->avail_in = static_cast<std::uint32_t>(bytes.size());
      stream->next_out = reinterpret_cast<std::uint8_t*>(out.data());
      stream->avail_out = static_cast<std::uint32_t>(out.size());
      isal_deflate(stream.get());
      size = stream->total_out;
      break;
    }
    case Compression::kZstd:
      size = ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), 1);
      break;
    case Compression::kXz: {
      std::size_t at = 0;
      (void)lzma_easy_buffer_encode(
          1, LZMA_CHECK_CRC64, nullptr, reinterpret_cast<const std::uint8_t*>(bytes.data()),
          bytes.size(), reinterpret_cast<std::uint8_t*>(out.data()), &at, out.size());
      size = at;
      break;
    }
    case Compression::kBzip2: {
      auto room = static_cast<unsigned>(out.size());
      BZ2_bzBuffToBuffCompress(out.data(), &room, const_cast<char*>(bytes.data()),
                               static_cast<unsigned>(bytes.size()), 1, 0, 0);
      size = room;
      break;
    }
  }
  out.resize(size);
  return out;
}

}  // namespace seaworthy
