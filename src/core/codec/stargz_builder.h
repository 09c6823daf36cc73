#pragma once

#include <cstdio>
#include <string>
#include <vector>

#include "core/codec/compressor.h"
#include "core/codec/digest.h"
#include "core/codec/tar_builder.h"

// For tests.
namespace seaworthy {

// An eStargz of the files, each in a gzip member of its own; `toc` is its JSON, with "@N" for the
// offset of member N.
struct Stargz {
  std::string blob, digest;
};

inline Stargz stargz(const std::vector<std::string>& members, std::string toc) {
  Stargz made;
  for (std::size_t i = 0; i < members.size(); ++i) {
    const std::string mark = "@" + std::to_string(i);
    for (std::size_t at = toc.find(mark); at != std::string::npos; at = toc.find(mark)) {
      toc.replace(at, mark.size(), std::to_string(made.blob.size()));
    }
    made.blob += compress(Compression::kGzip, members[i]);
  }
  made.digest = sha256(toc);
  const std::size_t offset = made.blob.size();
  made.blob += compress(Compression::kGzip, TarBuilder().file("stargz.index.json", toc).finish());
  char hex[17];
  std::snprintf(hex, sizeof hex, "%016zx", offset);
  made.blob += std::string("\x1f\x8b\x08\x04\0\0\0\0\0\xff\x1a\0SG\x16\0", 16) + hex + "STARGZ" +
               std::string("\x01\0\0\xff\xff\0\0\0\0\0\0\0\0", 13);
  return made;
}

}  // namespace seaworthy
