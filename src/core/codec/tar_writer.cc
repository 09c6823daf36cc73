// Writes tar as POSIX.1-2001 (pax) has it: a ustar header of 512 bytes per entry, and where a field
// is too small an extended header (type 'x') of "LENGTH KEY=VALUE\n" records in front of it.
#include "core/codec/tar_writer.h"

#include <algorithm>
#include <array>

namespace seaworthy {
namespace {

constexpr std::size_t kBlock = 512;
constexpr std::uint64_t kMaxUstarSize = 077777777777;  // 11 octal digits
constexpr std::size_t kMaxUstarText = 100;
const std::array<char, 2 * kBlock> kZeros{};

void put(std::string& header, std::size_t at, std::size_t width, std::string_view text) {
  header.replace(at, std::min(width, text.size()), text.substr(0, width));
}

void put_octal(std::string& header, std::size_t at, std::size_t digits, std::uint64_t value) {
  for (std::size_t i = digits; i-- > 0; value /= 8)
    header[at + i] = static_cast<char>('0' + value % 8);
}

std::string ustar(char type, std::string_view path, std::string_view link_target,
                  std::uint64_t size_bytes) {
  std::string header(kBlock, '\0');
  put(header, 0, kMaxUstarText, path);
  put_octal(header, 100, 7, type == '5' ? 0755 : 0644);
  put_octal(header, 108, 7, 0);
  put_octal(header, 116, 7, 0);
  put_octal(header, 124, 11, size_bytes > kMaxUstarSize ? 0 : size_bytes);
  put_octal(header, 136, 11, 0);
  header[156] = type;
  put(header, 157, kMaxUstarText, link_target);
  put(header, 257, 5, "ustar");
  put(header, 263, 2, "00");
  put(header, 148, 8, "        ");  // the sum is taken with blanks in its own place
  std::uint64_t sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  put_octal(header, 148, 6, sum);
  header[154] = '\0';
  return header;
}

char type_of(TarItem item) {
  switch (item) {
    case TarItem::kHardLink:
      return '1';
    case TarItem::kSymlink:
      return '2';
    case TarItem::kDirectory:
      return '5';
    case TarItem::kFifo:
      return '6';
    case TarItem::kFile:
      break;
  }
  return '0';
}

// LENGTH counts the whole record, its own digits too.
std::string pax_record(std::string_view key, std::string_view value) {
  const std::size_t rest = key.size() + value.size() + 3;
  std::size_t length = rest;
  while (length != rest + std::to_string(length).size())
    length = rest + std::to_string(length).size();
  return std::to_string(length) + " " + std::string(key) + "=" + std::string(value) + "\n";
}

}  // namespace

std::string tar_header(TarItem item, std::string_view path, std::string_view link_target,
                       std::uint64_t size_bytes) {
  std::string records;
  if (path.size() > kMaxUstarText) records += pax_record("path", path);
  if (link_target.size() > kMaxUstarText) records += pax_record("linkpath", link_target);
  if (size_bytes > kMaxUstarSize) records += pax_record("size", std::to_string(size_bytes));
  std::string out;
  if (!records.empty()) {
    out = ustar('x', "pax", "", records.size()) + records;
    out += tar_padding(records.size());
  }
  return out + ustar(type_of(item), path, link_target, size_bytes);
}

std::string_view tar_padding(std::uint64_t size_bytes) {
  return {kZeros.data(), static_cast<std::size_t>((kBlock - size_bytes % kBlock) % kBlock)};
}

std::string_view tar_end() {
  return {kZeros.data(), kZeros.size()};
}

}  // namespace seaworthy
