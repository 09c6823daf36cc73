#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace seaworthy {

// One member of a zip, in the words of the central directory. All of them are claims.
struct ZipMember {
  std::string_view name;  // points into the archive
  std::uint64_t stored_bytes = 0, inflated_bytes = 0;
  std::uint64_t local_header = 0;  // from the start of the archive proper, behind any prefix
  std::uint32_t crc = 0;
  unsigned method = 0, flags = 0;
};

// A zip that lies in memory, read in place: nothing is copied but what is inflated, and members
// that nobody asks for cost the reading of their name. The bytes must outlive the view.
class ZipView {
 public:
  // kInvalidInput: no end of a central directory, or one that names a directory which is not there.
  static Result<ZipView> open(std::string_view bytes);

  // The next member in the order of the directory; false behind the last one. kInvalidInput: the
  // directory is damaged here, or has not as many members as its end says; what was given before
  // remains good.
  Result<bool> next(ZipMember& member);

  // The content: of a stored member a part of the archive, of a deflated one inflated into
  // `buffer`. kLimitExceeded: it claims more than `most` bytes. kUnsupported: encrypted, or another
  // method. kInvalidInput: it is not where or what the directory says.
  Result<std::string_view> content(const ZipMember& member, std::uint64_t most,
                                   std::string& buffer) const;

  // Where the archive proper begins: behind a shell script or a launcher that stands before it.
  std::uint64_t prefix_bytes() const { return base_; }

 private:
  ZipView(std::string_view bytes, std::uint64_t base, std::uint64_t begin, std::uint64_t end,
          std::uint64_t members, bool zip64);
  Result<std::string_view> stored(const ZipMember& member) const;

  std::string_view bytes_;
  std::uint64_t base_, begin_, at_, end_;  // of the directory: its offsets in the bytes
  std::uint64_t claimed_;                  // members
  std::uint64_t read_ = 0;
  bool zip64_;
};

}  // namespace seaworthy
