#pragma once

// For this module's tests and fuzz seeds: rpm databases written from a list of packages, by the
// format descriptions on top of rpm_header.cc, rpm_bdb.cc and rpm_ndb.cc.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/byte_view.h"

namespace seaworthy::test {

inline void put(std::string& out, std::uint64_t value, unsigned bytes, ByteOrder order) {
  for (unsigned i = 0; i < bytes; ++i) {
    const unsigned shift = 8 * (order == ByteOrder::kBig ? bytes - 1 - i : i);
    out += static_cast<char>(value >> shift & 0xff);
  }
}

inline void put_at(std::string& out, std::size_t at, std::uint64_t value, unsigned bytes,
                   ByteOrder order) {
  std::string number;
  put(number, value, bytes, order);
  out.replace(at, bytes, number);
}

// Builds header blobs.
class HeaderWriter {
 public:
  HeaderWriter& text(std::uint32_t tag, std::string_view value) {
    return entry(tag, 6, 1, std::string(value) + '\0');
  }
  HeaderWriter& texts(std::uint32_t tag, const std::vector<std::string>& values) {
    std::string data;
    for (const std::string& value : values) data += value + '\0';
    return entry(tag, 8, values.size(), data);
  }
  HeaderWriter& numbers(std::uint32_t tag, const std::vector<std::uint32_t>& values,
                        unsigned bytes = 4) {
    data_.resize((data_.size() + bytes - 1) / bytes * bytes);
    std::string data;
    for (const std::uint32_t value : values) put(data, value, bytes, ByteOrder::kBig);
    return entry(tag, bytes == 4 ? 4 : 3, values.size(), data);
  }
  std::string blob() const {
    std::string out;
    put(out, count_, 4, ByteOrder::kBig);
    put(out, data_.size(), 4, ByteOrder::kBig);
    return out + index_ + data_;
  }

 private:
  HeaderWriter& entry(std::uint32_t tag, std::uint32_t type, std::size_t count,
                      const std::string& data) {
    for (const std::uint64_t field : {std::uint64_t{tag}, std::uint64_t{type},
                                      std::uint64_t{data_.size()}, std::uint64_t{count}}) {
      put(index_, field, 4, ByteOrder::kBig);
    }
    data_ += data;
    ++count_;
    return *this;
  }

  std::string index_, data_;
  std::size_t count_ = 0;
};

// A small package's header; `padding` bytes of licence make it as large as a test needs.
inline std::string header_blob(std::string_view name, std::string_view version,
                               std::size_t padding = 0) {
  return HeaderWriter()
      .text(1000, name)
      .text(1001, version)
      .text(1002, "1")
      .text(1014, std::string(padding, 'L'))
      .text(1022, "x86_64")
      .blob();
}

// A BerkeleyDB hash file with pages of 512 bytes: one hash page per pair, each blob on overflow
// pages, and rpm's counter as package number 0.
inline std::string bdb_file(const std::vector<std::string>& blobs, ByteOrder order) {
  constexpr std::size_t kPage = 512, kHeader = 26, kRoom = kPage - kHeader;
  std::string file(kPage, '\0');
  const auto add_page = [&](std::uint8_t type) {
    const std::size_t at = file.size();
    file.resize(at + kPage);
    put_at(file, at + 8, at / kPage, 4, order);
    file[at + 25] = static_cast<char>(type);
    return at;
  };
  const auto add_pair = [&](std::uint32_t number, const std::string& item) {
    const std::size_t at = add_page(13);
    std::string key(1, '\1');
    put(key, number, 4, order);
    const std::size_t key_at = kPage - key.size(), item_at = key_at - item.size();
    put_at(file, at + 20, 2, 2, order);
    put_at(file, at + kHeader, key_at, 2, order);
    put_at(file, at + kHeader + 2, item_at, 2, order);
    file.replace(at + key_at, key.size(), key);
    file.replace(at + item_at, item.size(), item);
  };
  std::string counter(1, '\1');
  put(counter, blobs.size(), 4, order);
  add_pair(0, counter);
  std::uint32_t number = 0;
  for (const std::string& blob : blobs) {
    std::string item("\3\0\0\0", 4);
    put(item, file.size() / kPage + 1, 4, order);
    put(item, blob.size(), 4, order);
    add_pair(++number, item);
    for (std::size_t begin = 0; begin < blob.size(); begin += kRoom) {
      const std::string part = blob.substr(begin, kRoom);
      const std::size_t at = add_page(7);
      if (begin + kRoom < blob.size()) put_at(file, at + 16, at / kPage + 1, 4, order);
      put_at(file, at + 22, part.size(), 2, order);
      file.replace(at + kHeader, part.size(), part);
    }
  }
  put_at(file, 12, 0x061561, 4, order);
  put_at(file, 16, 9, 4, order);
  put_at(file, 20, kPage, 4, order);
  file[25] = 8;
  put_at(file, 32, file.size() / kPage - 1, 4, order);
  return file;
}

// An NDB file with one slot page; the second slot is free, as after a removal.
inline std::string ndb_file(const std::vector<std::string>& blobs) {
  constexpr ByteOrder kLittle = ByteOrder::kLittle;
  const auto adler32 = [](std::string_view bytes) {
    std::uint32_t a = 1, b = 0;
    for (const char c : bytes) {
      a = (a + static_cast<std::uint8_t>(c)) % 65521;
      b = (b + a) % 65521;
    }
    return b << 16 | a;
  };
  std::string file = "RpmP";
  for (const std::uint64_t field : {0, 7, 1, static_cast<int>(blobs.size()) + 1, 0, 0, 0}) {
    put(file, field, 4, kLittle);
  }
  for (int slot = 2; slot < 256; ++slot) file += "Slot" + std::string(12, '\0');
  std::size_t slot_at = 32;
  std::uint32_t number = 0;
  for (const std::string& blob : blobs) {
    std::string record = "BlbS";
    put(record, ++number, 4, kLittle);
    put(record, 1700000000, 4, kLittle);
    put(record, blob.size(), 4, kLittle);
    record += blob;
    record.resize((record.size() + 12 + 15) / 16 * 16 - 12);
    put(record, adler32(record), 4, kLittle);
    put(record, blob.size(), 4, kLittle);
    record += "BlbE";
    put_at(file, slot_at + 4, number, 4, kLittle);
    put_at(file, slot_at + 8, file.size() / 16, 4, kLittle);
    put_at(file, slot_at + 12, record.size() / 16, 4, kLittle);
    slot_at += slot_at == 32 ? 32 : 16;
    file += record;
  }
  return file;
}

}  // namespace seaworthy::test
