#pragma once

#include <zlib.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace seaworthy {

// Builds zips for tests, right and wrong ones: every field can be given as it should not be.
class ZipBuilder {
 public:
  struct Member {
    std::string name;
    std::string content;
    bool deflate = false;
    unsigned flags = 0;
    bool zip64 = false;                  // sizes and offset in the extra field
    bool descriptor = false;             // sizes behind the content, zero in the local header
    std::string local_name = "";         // another than the directory's
    std::uint64_t claimed = UINT64_MAX;  // inflated size that the directory claims
    int method = -1;                     // that the directory claims
    std::uint32_t crc_error = 0;
  };
  std::string prefix;   // before the archive; offsets are not adjusted
  std::string comment;  // behind the end record
  bool zip64_end = false;
  int member_error = 0;           // in the count of the end record
  std::int64_t offset_error = 0;  // of the directory

  ZipBuilder& add(const Member& member) {
    members_.push_back(member);
    return *this;
  }
  ZipBuilder& add(std::string name, std::string content, bool deflate = false) {
    return add(Member{.name = std::move(name), .content = std::move(content), .deflate = deflate});
  }

  std::string build() const {
    std::string out, directory;
    for (const Member& member : members_) append(member, out, directory);
    const std::uint64_t offset = out.size() + static_cast<std::uint64_t>(offset_error);
    const std::uint64_t count = members_.size() + static_cast<std::uint64_t>(member_error);
    const std::uint64_t size = directory.size();
    out += directory;
    if (zip64_end) {
      const std::uint64_t at = out.size();
      out += "PK\6\6" + le(44, 8) + le(45, 2) + le(45, 2) + le(0, 8) + le(count, 8) + le(count, 8) +
             le(size, 8) + le(offset, 8);
      out += "PK\6\7" + le(0, 4) + le(at, 8) + le(1, 4);
    }
    const std::uint64_t full = zip64_end ? ~std::uint64_t{0} : 0;
    out += "PK\5\6" + le(0, 4) + le(count | full, 2) + le(count | full, 2) + le(size | full, 4) +
           le(offset | full, 4) + le(comment.size(), 2) + comment;
    return prefix + out;
  }

  static std::string deflated(std::string_view content) {
    z_stream stream{};
    constexpr int kRaw = -15, kLevel = 6, kMemory = 8;
    deflateInit2(&stream, kLevel, Z_DEFLATED, kRaw, kMemory, Z_DEFAULT_STRATEGY);
    std::string out(deflateBound(&stream, content.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
    stream.avail_in = static_cast<uInt>(content.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    ::deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
  }

 private:
  static std::string le(std::uint64_t value, unsigned size) {
    std::string out;
    for (; out.size() < size; value >>= 8) out += static_cast<char>(value & 0xff);
    return out;
  }

  static void append(const Member& member, std::string& out, std::string& directory) {
    const std::string stored = member.deflate ? deflated(member.content) : member.content;
    const auto crc =
        static_cast<std::uint32_t>(::crc32(0, reinterpret_cast<const Bytef*>(member.content.data()),
                                           static_cast<uInt>(member.content.size())));
    const std::uint64_t offset = out.size();
    const std::uint64_t size =
        member.claimed == UINT64_MAX ? member.content.size() : member.claimed;
    const unsigned method = member.method >= 0 ? static_cast<unsigned>(member.method)
                            : member.deflate   ? 8
                                               : 0;
    const unsigned flags = member.flags | (member.descriptor ? 8U : 0U);
    const bool hidden = member.descriptor;
    const std::string name = member.local_name.empty() ? member.name : member.local_name;
    const std::string start = le(20, 2) + le(flags, 2) + le(method, 2) + le(0, 4);
    out += "PK\3\4" + start + le(hidden ? 0 : crc, 4) + le(hidden ? 0 : stored.size(), 4) +
           le(hidden ? 0 : size, 4) + le(name.size(), 2) + le(0, 2) + name + stored;
    if (hidden) out += "PK\7\x8" + le(crc, 4) + le(stored.size(), 4) + le(size, 4);
    const std::string extra =
        member.zip64 ? le(1, 2) + le(24, 2) + le(size, 8) + le(stored.size(), 8) + le(offset, 8)
                     : "";
    const std::uint64_t full = member.zip64 ? ~std::uint64_t{0} : 0;
    directory += "PK\1\2" + le(20, 2) + start + le(crc ^ member.crc_error, 4) +
                 le(stored.size() | full, 4) + le(size | full, 4) + le(member.name.size(), 2) +
                 le(extra.size(), 2) + le(0, 10) + le(offset | full, 4) + member.name + extra;
  }

  std::vector<Member> members_;
};

}  // namespace seaworthy
