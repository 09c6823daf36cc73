#pragma once

#include <zlib.h>

#include <string>
#include <string_view>
#include <vector>

#include "core/codec/digest.h"

// For tests.
namespace seaworthy {

// Writes a FlatBuffer from the front to the back: a table first, then what its fields lead to.
class FlatWriter {
 public:
  struct Field {
    std::size_t bytes = 0;  // 0: absent
    std::uint64_t value = 0;
  };
  std::string bytes = std::string(4, '\0');  // the root's offset

  // Where the fields stand; an offset field is set by point().
  std::vector<std::size_t> table(const std::vector<Field>& fields) {
    std::size_t size = 4;
    for (const Field& field : fields) size += field.bytes;
    const std::size_t vtable = bytes.size();
    number(4 + 2 * fields.size(), 2);
    number(size, 2);
    std::size_t at = 4;
    for (const Field& field : fields) {
      number(field.bytes == 0 ? 0 : at, 2);
      at += field.bytes;
    }
    table_at = bytes.size();
    number(table_at - vtable, 4);
    std::vector<std::size_t> places;
    for (const Field& field : fields) {
      places.push_back(bytes.size());
      number(field.value, field.bytes);
    }
    return places;
  }
  // Makes the offset at `place` lead to what is written next, or to `target`.
  void point(std::size_t place) { point(place, bytes.size()); }
  void point(std::size_t place, std::size_t target) {
    for (std::size_t i = 0; i < 4; ++i) {
      bytes[place + i] = static_cast<char>((target - place) >> (8 * i) & 0xff);
    }
  }
  void text(std::size_t place, std::string_view text) {
    point(place);
    number(text.size(), 4);
    bytes += text;
    bytes += '\0';
  }
  // Where its elements stand.
  std::vector<std::size_t> offsets(std::size_t place, std::size_t count) {
    point(place);
    number(count, 4);
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < count; ++i) {
      places.push_back(bytes.size());
      number(0, 4);
    }
    return places;
  }
  void number(std::uint64_t value, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xff);
  }

  std::size_t table_at = 0;  // of the last table
};

// A ztoc and the layer that it stands beside; tests change what they want to be wrong.
struct ZtocFile {
  std::string name, type = "reg";
  std::uint64_t offset = 0, size = 0;
  std::string link = "";
};
struct ZtocCheckpoint {
  std::uint64_t whole = 0, inflated = 0;
  unsigned bits = 0;
  std::string window = std::string(32768, '\0');
};
struct ZtocBuilder {
  std::string version = "0.9";
  std::string layer;  // stored
  std::uint64_t stored_bytes = 0, inflated_bytes = 0;
  std::uint64_t algorithm = 1, last_span = 0;
  std::vector<std::string> digests;
  std::string checkpoints;
  std::vector<ZtocFile> files;
  std::string shared_name = "";  // one text that is the name of every file

  std::string finish() const {
    FlatWriter out;
    const auto root =
        out.table({{4, 0}, {0, 0}, {8, stored_bytes}, {8, inflated_bytes}, {4, 0}, {4, 0}});
    out.point(0, out.table_at);
    out.text(root[0], version);
    const auto toc = out.table({{4, 0}});
    out.point(root[4], out.table_at);
    const auto rows = out.offsets(toc[0], files.size());
    std::vector<std::size_t> names;
    for (std::size_t i = 0; i < files.size(); ++i) {
      const ZtocFile& file = files[i];
      const auto fields = out.table(
          {{4, 0}, {4, 0}, {8, file.offset}, {8, file.size}, {4, 0}, {8, 0644}, {4, 0}, {4, 0}});
      out.point(rows[i], out.table_at);
      names.push_back(fields[0]);
      if (shared_name.empty()) out.text(fields[0], file.name);
      out.text(fields[1], file.type);
      out.text(fields[4], file.link);
    }
    const std::size_t shared = out.bytes.size();
    if (!shared_name.empty()) {
      for (const std::size_t name : names) out.point(name, shared);
      out.number(shared_name.size(), 4);
      out.bytes += shared_name;
    }
    const auto info =
        out.table({{algorithm == 1 ? 0U : 1U, algorithm}, {4, last_span}, {4, 0}, {4, 0}});
    out.point(root[5], out.table_at);
    const auto texts = out.offsets(info[2], digests.size());
    for (std::size_t i = 0; i < digests.size(); ++i) out.text(texts[i], digests[i]);
    out.text(info[3], checkpoints);
    return out.bytes;
  }
};

inline std::string gzip_of(const std::string& bytes, int level = 6) {
  z_stream stream{};
  deflateInit2(&stream, level, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY);
  std::string out(bytes.size() + bytes.size() / 2 + 1000, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

// The checkpoints of a gzip stream, the next behind every `step` inflated bytes at least.
inline std::vector<ZtocCheckpoint> checkpoints_of(const std::string& stored,
                                                  const std::string& inflated, std::size_t step) {
  std::vector<ZtocCheckpoint> found;
  z_stream stream{};
  inflateInit2(&stream, 31);
  std::string out(inflated.size() + 1, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(stored.data()));
  stream.avail_in = static_cast<uInt>(stored.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  while (inflate(&stream, Z_BLOCK) == Z_OK) {
    const std::size_t at = stream.total_out;
    const bool block_begins = (stream.data_type & 128) != 0 && (stream.data_type & 64) == 0;
    if (!block_begins || (!found.empty() && at < found.back().inflated + step)) continue;
    ZtocCheckpoint point;
    point.whole = stream.total_in;
    point.inflated = at;
    point.bits = static_cast<unsigned>(stream.data_type & 7);
    const std::string past = std::string(32768, '\0') + inflated.substr(0, at);
    point.window = past.substr(past.size() - 32768);
    found.push_back(std::move(point));
  }
  inflateEnd(&stream);
  return found;
}

inline std::string pack(const std::vector<ZtocCheckpoint>& points, std::size_t step,
                        bool without_first = false) {
  FlatWriter out;
  out.bytes.clear();
  out.number(points.size(), 4);
  out.number(step, 8);
  for (std::size_t i = without_first ? 1 : 0; i < points.size(); ++i) {
    out.number(points[i].whole, 8);
    out.number(points[i].inflated, 8);
    out.number(points[i].bits, 1);
    out.bytes += points[i].window;
  }
  return out.bytes;
}

// A ztoc of a tar that is stored as gzip.
inline ZtocBuilder gzip_ztoc(const std::string& tar, std::vector<ZtocFile> files,
                             std::size_t step) {
  ZtocBuilder made;
  made.layer = gzip_of(tar);
  made.stored_bytes = made.layer.size();
  made.inflated_bytes = tar.size();
  const auto points = checkpoints_of(made.layer, tar, step);
  made.last_span = points.size() - 1;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const std::size_t begin = points[i].whole - (points[i].bits > 0 ? 1 : 0);
    const std::size_t end = i + 1 < points.size() ? points[i + 1].whole : made.layer.size();
    made.digests.push_back(sha256(made.layer.substr(begin, end - begin)));
  }
  made.checkpoints = pack(points, step);
  made.files = std::move(files);
  return made;
}

// The same of a tar that is stored as it is.
inline ZtocBuilder plain_ztoc(const std::string& tar, std::vector<ZtocFile> files,
                              std::size_t step) {
  ZtocBuilder made;
  made.layer = tar;
  made.stored_bytes = made.inflated_bytes = tar.size();
  made.algorithm = 2;
  made.last_span = (tar.size() - 1) / step;
  for (std::size_t at = 0; at < tar.size(); at += step) {
    made.digests.push_back(sha256(tar.substr(at, step)));
  }
  FlatWriter out;
  out.table({{4, 2}, {8, step}, {8, tar.size()}});
  out.point(0, out.table_at);
  made.checkpoints = out.bytes;
  made.files = std::move(files);
  return made;
}

}  // namespace seaworthy
