#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace seaworthy {

// An absolute http or https URL in its parts (RFC 3986). Nothing is decoded: path and query are as
// they travel.
struct Url {
  std::string scheme;  // lower case
  std::string user;    // percent-decoded; both are "" in almost every URL
  std::string password;
  std::string host;  // lower case; an IPv6 address without its brackets
  std::optional<std::uint16_t> port;
  std::string path;   // begins with '/'
  std::string query;  // behind '?'; "" none

  std::uint16_t effective_port() const { return port ? *port : scheme == "https" ? 443 : 80; }
  // "host", "host:5000", "[::1]:5000": what a Host header says.
  std::string authority() const;
  // The whole, without user and password: they travel in a header.
  std::string text() const;
  // For messages: the text without query, which may hold signatures and tokens.
  std::string shown() const;
  bool same_origin(const Url& other) const;                       // scheme, host and port
  void add_query(std::string_view name, std::string_view value);  // encodes both
};

inline constexpr std::size_t kMaxUrlBytes = 32 * 1024;

// kInvalidInput: another scheme, no host, a port that is none, white space or control characters,
// or longer than kMaxUrlBytes. Messages never repeat user, password or query. Fragments are
// dropped.
Result<Url> parse_url(std::string_view text);

// `reference` (a Location or Link header) as seen from `base`: absolute, "//host/path", "/path",
// "path" or "?query". User and password of the base are not carried over.
Result<Url> join_url(const Url& base, std::string_view reference);

// Everything but letters, digits and "-._~" as %XX; `keep` names further characters to leave alone.
std::string percent_encode(std::string_view text, std::string_view keep = {});
// kInvalidInput: a '%' without two hex digits behind it.
Result<std::string> percent_decode(std::string_view text);

// True for a dotted IPv4 address or the inside of an IPv6 literal.
bool is_ip_address(std::string_view host);
// True for localhost, 127.0.0.0/8 and ::1.
bool is_loopback(std::string_view host);

}  // namespace seaworthy
