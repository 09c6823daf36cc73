// URLs as RFC 3986 writes them, as far as http and https need them. libcurl parses them again, so
// this parser refuses whatever two parsers could read differently (white space, control characters,
// backslashes, a host with characters that no host has): the host that is checked here, for
// credentials and for TLS, must be the host that libcurl talks to.
#include "core/net/url.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "core/base/text.h"

namespace seaworthy {
namespace {

Error invalid(std::string_view why) {
  return {ErrorCode::kInvalidInput, "not a usable URL: " + std::string(why)};
}

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

Status check_characters(std::string_view text) {
  if (text.size() > kMaxUrlBytes) return invalid("it is too long");
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte >= 0x7f) return invalid("white space or a character that is no ASCII");
    if (std::string_view("\"<>\\^`{|}").find(c) != std::string_view::npos) {
      return invalid("a character that has to be percent-encoded");
    }
  }
  return ok_status();
}

Status read_host(std::string_view text, Url& url) {
  if (text.starts_with('[')) {
    if (!text.ends_with(']')) return invalid("an IPv6 address without closing bracket");
    url.host = lower_case(text.substr(1, text.size() - 2));
    std::array<unsigned char, sizeof(in6_addr)> address;
    if (::inet_pton(AF_INET6, url.host.c_str(), address.data()) != 1) {
      return invalid("no IPv6 address between the brackets");
    }
    return ok_status();
  }
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
    return is_alphanumeric(c) || c == '-' || c == '.' || c == '_';
  });
  if (text.empty() || text.size() > 255) return invalid("it names no host");
  if (!plain) return invalid("the host has a character that no host name has");
  url.host = lower_case(text);
  return ok_status();
}

Status read_port(std::string_view text, Url& url) {
  unsigned value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end != text.data() + text.size() || value == 0 || value > 65535) {
    return invalid("the port is no number from 1 to 65535");
  }
  url.port = static_cast<std::uint16_t>(value);
  return ok_status();
}

// [user[:password]@]host[:port]
Status read_authority(std::string_view text, Url& url) {
  if (const std::size_t at = text.rfind('@'); at != std::string_view::npos) {
    const std::string_view user = text.substr(0, at);
    const std::size_t colon = user.find(':');
    ASSIGN_OR_RETURN(url.user, percent_decode(user.substr(0, colon)));
    if (colon != std::string_view::npos) {
      ASSIGN_OR_RETURN(url.password, percent_decode(user.substr(colon + 1)));
    }
    text.remove_prefix(at + 1);
  }
  const std::size_t bracket = text.rfind(']');
  const std::size_t colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
  RETURN_IF_ERROR(read_host(text.substr(0, colon), url));
  if (colon == std::string_view::npos || colon + 1 == text.size()) return ok_status();
  return read_port(text.substr(colon + 1), url);
}

// RFC 3986, 5.2.4: "a/./b/../c" is "a/c".
std::string without_dot_segments(std::string_view path) {
  std::vector<std::string_view> kept;
  bool directory = false;
  path.remove_prefix(1);
  while (true) {
    const std::size_t slash = path.find('/');
    const std::string_view segment = path.substr(0, slash);
    directory = segment == "." || segment == "..";
    if (segment == "..") {
      if (!kept.empty()) kept.pop_back();
    } else if (segment != ".") {
      kept.push_back(segment);
    }
    if (slash == std::string_view::npos) break;
    path.remove_prefix(slash + 1);
  }
  std::string joined;
  for (const std::string_view segment : kept) joined += "/" + std::string(segment);
  return directory || joined.empty() ? joined + "/" : joined;
}

// path[?query][#fragment]
void read_path(std::string_view text, Url& url) {
  text = text.substr(0, text.find('#'));
  const std::size_t mark = text.find('?');
  url.path = text.substr(0, mark);
  url.query = mark == std::string_view::npos ? "" : text.substr(mark + 1);
  if (url.path.empty()) url.path = "/";
  url.path = without_dot_segments(url.path);
}

}  // namespace

std::string Url::authority() const {
  std::string text = host.find(':') == std::string::npos ? host : "[" + host + "]";
  if (port) text += ":" + std::to_string(*port);
  return text;
}

std::string Url::shown() const {
  return scheme + "://" + authority() + path;
}

std::string Url::text() const {
  return query.empty() ? shown() : shown() + "?" + query;
}

bool Url::same_origin(const Url& other) const {
  return scheme == other.scheme && host == other.host && effective_port() == other.effective_port();
}

void Url::add_query(std::string_view name, std::string_view value) {
  if (!query.empty()) query += '&';
  query += percent_encode(name) + "=" + percent_encode(value);
}

Result<Url> parse_url(std::string_view text) {
  RETURN_IF_ERROR(check_characters(text));
  const std::size_t separator = text.find("://");
  if (separator == std::string_view::npos)
    return invalid("it does not begin with https:// or http://");
  Url url;
  url.scheme = lower_case(text.substr(0, separator));
  if (url.scheme != "http" && url.scheme != "https") {
    return invalid("neither http nor https, but " + url.scheme.substr(0, 20));
  }
  text.remove_prefix(separator + 3);
  const std::size_t end = text.find_first_of("/?#");
  RETURN_IF_ERROR(read_authority(text.substr(0, end), url));
  read_path(end == std::string_view::npos ? "" : text.substr(end), url);
  return url;
}

Result<Url> join_url(const Url& base, std::string_view reference) {
  RETURN_IF_ERROR(check_characters(reference));
  const std::size_t colon = reference.find_first_of(":/?#");
  if (colon != std::string_view::npos && reference[colon] == ':' && colon > 0) {
    return parse_url(reference);
  }
  if (reference.starts_with("//")) return parse_url(base.scheme + ":" + std::string(reference));
  Url url = base;
  url.user.clear();
  url.password.clear();
  if (reference.empty() || reference.starts_with('#')) return url;
  if (reference.starts_with('?')) {
    url.query = reference.substr(1, reference.find('#') - 1);
  } else if (reference.starts_with('/')) {
    read_path(reference, url);
  } else {
    read_path(base.path.substr(0, base.path.rfind('/') + 1) + std::string(reference), url);
  }
  return url;
}

std::string percent_encode(std::string_view text, std::string_view keep) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    if (is_alphanumeric(c) || std::string_view("-._~").find(c) != std::string_view::npos ||
        keep.find(c) != std::string_view::npos) {
      encoded += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded += {'%', kHex[byte >> 4U], kHex[byte & 15U]};
  }
  return encoded;
}

Result<std::string> percent_decode(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
    if (high < 0 || low < 0) return invalid("a '%' without two hex digits");
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return decoded;
}

bool is_ip_address(std::string_view host) {
  const std::string text(host);
  std::array<unsigned char, sizeof(in6_addr)> address;
  return ::inet_pton(AF_INET, text.c_str(), address.data()) == 1 ||
         ::inet_pton(AF_INET6, text.c_str(), address.data()) == 1;
}

bool is_loopback(std::string_view host) {
  if (host == "localhost" || host == "::1") return true;
  return host.starts_with("127.") && is_ip_address(host);
}

}  // namespace seaworthy
