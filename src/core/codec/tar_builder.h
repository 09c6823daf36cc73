#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace seaworthy {

// Builds tars for tests, right and wrong ones: every field can be given as it should not be.
class TarBuilder {
 public:
  struct Header {
    std::string name;
    char type = '0';
    std::uint64_t size = 0;
    std::string link = "";
    std::string prefix = "";
    std::string magic = std::string(
        "ustar\0"
        "00",
        8);
    std::string size_field = "";  // raw bytes instead of `size` in octal
    std::string tail = "";        // raw bytes at offset 386 (GNU sparse fields)
  };

  static std::string header(const Header& fields) {
    std::string block(512, '\0');
    const auto put = [&](std::size_t at, std::string_view text, std::size_t room) {
      block.replace(at, std::min(text.size(), room), text.substr(0, room));
    };
    put(0, fields.name, 100);
    put(100, "0000644", 8);
    put(108, "0000000", 8);
    put(116, "0000000", 8);
    put(124, fields.size_field.empty() ? octal(fields.size, 11) : fields.size_field, 12);
    put(136, "00000000000", 12);
    block[156] = fields.type;
    put(157, fields.link, 100);
    put(257, fields.magic, 8);
    put(345, fields.prefix, 155);
    if (!fields.tail.empty()) put(386, fields.tail, 126);
    put(148, "        ", 8);
    std::uint64_t sum = 0;
    for (const char c : block) sum += static_cast<unsigned char>(c);
    put(148, octal(sum, 6) + std::string("\0 ", 2), 8);
    return block;
  }

  static std::string octal(std::uint64_t value, int digits) {
    char text[32];
    std::snprintf(text, sizeof text, "%0*llo", digits, static_cast<unsigned long long>(value));
    return text;
  }

  // "LENGTH KEY=VALUE\n", where the length counts itself.
  static std::string pax_record(std::string_view key, std::string_view value) {
    const std::string rest = " " + std::string(key) + "=" + std::string(value) + "\n";
    std::size_t size = rest.size() + 1;
    while (std::to_string(size).size() + rest.size() != size) {
      size = std::to_string(size).size() + rest.size();
    }
    return std::to_string(size) + rest;
  }

  TarBuilder& raw(std::string_view bytes) {
    bytes_ += bytes;
    return *this;
  }
  // An entry with content, padded; the size is the content's unless the header has one.
  TarBuilder& entry(Header fields, std::string_view content = {}) {
    if (fields.size == 0) fields.size = content.size();
    bytes_ += header(fields);
    return padded(content);
  }
  TarBuilder& padded(std::string_view content) {
    bytes_ += content;
    bytes_.append((512 - content.size() % 512) % 512, '\0');
    return *this;
  }
  TarBuilder& file(const std::string& path, std::string_view content = {}) {
    if (path.size() > 100) long_name(path);
    return entry({.name = path}, content);
  }
  TarBuilder& directory(const std::string& path) { return entry({.name = path, .type = '5'}); }
  TarBuilder& symlink(const std::string& path, const std::string& target) {
    return entry({.name = path, .type = '2', .link = target});
  }
  TarBuilder& hard_link(const std::string& path, const std::string& target) {
    return entry({.name = path, .type = '1', .link = target});
  }
  TarBuilder& long_name(const std::string& path) {
    return entry({.name = "././@LongLink", .type = 'L'}, path + '\0');
  }
  TarBuilder& pax(std::string_view records, char type = 'x') {
    return entry({.name = "PaxHeaders/0", .type = type}, records);
  }
  std::string unfinished() const { return bytes_; }
  std::string finish() const { return bytes_ + std::string(1024, '\0'); }

 private:
  std::string bytes_;
};

}  // namespace seaworthy
