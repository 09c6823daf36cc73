#include "scan/advisory/cpe.h"

#include <algorithm>
#include <array>
#include <vector>

#include "core/base/text.h"

namespace seaworthy {
namespace {

constexpr std::size_t kMaxCpe = 1024;
constexpr std::string_view kUri = "cpe:/";
constexpr std::string_view kFormatted = "cpe:2.3:";

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The components between colons. In a formatted string a backslash takes the next character as it
// is; in a URI "%3a" is a character that would otherwise mean something.
std::vector<std::string> components(std::string_view text, bool is_uri) {
  std::vector<std::string> parts(1);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ':') {
      parts.emplace_back();
    } else if (!is_uri && text[i] == '\\' && i + 1 < text.size()) {
      parts.back() += text[++i];
    } else if (is_uri && text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
               hex_digit(text[i + 2]) >= 0) {
      parts.back() += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
      i += 2;
    } else {
      parts.back() += text[i];
    }
  }
  for (std::string& part : parts) {
    if (part == "*" || part == "-") part.clear();
    part = lower_case(part);
  }
  return parts;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string leading_number(std::string_view text) {
  const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
  return {text.begin(), end};
}

// "el8" of "el8", "el8,appstream" and "~~~el8~~": the release that a layered product stands on.
std::string release_of_edition(std::string_view edition) {
  for (std::size_t at = edition.find("el"); at != edition.npos; at = edition.find("el", at + 1)) {
    std::string number = leading_number(edition.substr(at + 2));
    if (!number.empty()) return number;
  }
  return {};
}

}  // namespace

std::optional<Cpe> parse_cpe(std::string_view text) {
  if (text.size() > kMaxCpe) return std::nullopt;
  const bool is_uri = text.starts_with(kUri);
  if (!is_uri && !text.starts_with(kFormatted)) return std::nullopt;
  std::vector<std::string> parts =
      components(text.substr(is_uri ? kUri.size() : kFormatted.size()), is_uri);
  parts.resize(std::max<std::size_t>(parts.size(), 6));
  if (parts[0].size() != 1 || parts[2].empty()) return std::nullopt;
  for (const std::string& part : parts) {
    if (std::any_of(part.begin(), part.end(), [](char c) { return c >= 0 && c <= ' '; })) {
      return std::nullopt;
    }
  }
  return Cpe{parts[0][0],         std::move(parts[1]), std::move(parts[2]),
             std::move(parts[3]), std::move(parts[4]), std::move(parts[5])};
}

std::optional<RedHatLine> red_hat_line(const Cpe& cpe) {
  if (cpe.vendor != "redhat") return std::nullopt;
  RedHatLine line;
  // RHEL 10 has the minor release in the main stream's name too: it is one stream all the same.
  const bool main = cpe.product == "enterprise_linux";
  if (main || cpe.product.starts_with("rhel_") || cpe.product.starts_with("enterprise_linux_")) {
    line.release = leading_number(cpe.version);
  }
  // Products with a number of their own that happen to be named after RHEL.
  if (cpe.product == "rhel_software_collections" || cpe.product.starts_with("rhel_dotnet")) {
    line.release.clear();
  }
  if (const std::string stands_on = release_of_edition(cpe.edition); !stands_on.empty() && !main) {
    line.release = stands_on;
  }
  if (main) return line;
  line.channel = cpe.product;
  if (!cpe.version.empty()) line.channel += ":" + cpe.version;
  return line;
}

std::string_view extended_support_release(std::string_view channel) {
  constexpr std::array<std::string_view, 10> kExtended{"rhel_eus",
                                                       "rhel_aus",
                                                       "rhel_tus",
                                                       "rhel_e4s",
                                                       "rhel_eus_long_life",
                                                       "enterprise_linux_eus",
                                                       "enterprise_linux_aus",
                                                       "enterprise_linux_tus",
                                                       "enterprise_linux_e4s",
                                                       "enterprise_linux_eus_long_life"};
  const std::size_t colon = channel.find(':');
  if (colon == channel.npos) return {};
  if (std::find(kExtended.begin(), kExtended.end(), channel.substr(0, colon)) == kExtended.end()) {
    return {};
  }
  return channel.substr(colon + 1);
}

}  // namespace seaworthy
