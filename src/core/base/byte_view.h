#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace seaworthy {

enum class ByteOrder { kLittle, kBig };

// Numbers at fixed places in bytes that may be damaged or hostile. Reading outside gives 0, so a
// caller checks a structure's extent once with `has` and may then read its fields freely.
class ByteView {
 public:
  ByteView(std::string_view bytes, ByteOrder order) : bytes_(bytes), order_(order) {}

  bool has(std::uint64_t offset, std::uint64_t size) const {
    return offset <= bytes_.size() && size <= bytes_.size() - offset;
  }
  std::uint8_t u8(std::uint64_t offset) const {
    return has(offset, 1) ? static_cast<std::uint8_t>(bytes_[static_cast<std::size_t>(offset)])
                          : std::uint8_t{0};
  }
  std::uint16_t u16(std::uint64_t offset) const {
    return static_cast<std::uint16_t>(number(offset, 2));
  }
  std::uint32_t u32(std::uint64_t offset) const {
    return static_cast<std::uint32_t>(number(offset, 4));
  }
  std::uint64_t u64(std::uint64_t offset) const { return number(offset, 8); }
  // The bytes [offset, offset + size), as far as there are any.
  std::string_view slice(std::uint64_t offset, std::uint64_t size) const {
    if (offset > bytes_.size()) return {};
    return bytes_.substr(static_cast<std::size_t>(offset), static_cast<std::size_t>(size));
  }
  std::uint64_t size() const { return bytes_.size(); }

 private:
  std::uint64_t number(std::uint64_t offset, unsigned size) const {
    if (!has(offset, size)) return 0;
    std::uint64_t value = 0;
    for (unsigned i = 0; i < size; ++i) {
      const unsigned at = order_ == ByteOrder::kBig ? i : size - 1 - i;
      value = value << 8 | static_cast<std::uint8_t>(bytes_[static_cast<std::size_t>(offset) + at]);
    }
    return value;
  }

  std::string_view bytes_;
  ByteOrder order_;
};

}  // namespace seaworthy
