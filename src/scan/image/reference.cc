// Grammar:
//
//   reference  = [registry "/"] repository [":" tag] ["@" digest]
//   registry   = host [":" port]                     host: name, IPv4, or "[" IPv6 "]"
//   repository = part *("/" part)                    registry + "/" + repository: 255 bytes at most
//   part       = alnum *(("." / "_" / "__" / 1*"-") alnum)      lower case
//   tag        = 1 word character, then up to 127 of word characters, "." and "-"
#include "scan/image/reference.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/codec/digest.h"
#include "core/net/url.h"

namespace seaworthy {
namespace {

constexpr std::size_t kMaxNameBytes = 255;
constexpr std::size_t kMaxTagBytes = 128;

Error wrong(std::string_view text, std::string_view why) {
  return {ErrorCode::kUsage, "'" + std::string(text.substr(0, 300)) +
                                 "' names no image in a registry: " + std::string(why)};
}

bool is_lower_alnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool is_word(char c) {
  return is_lower_alnum(c) || (c >= 'A' && c <= 'Z') || c == '_';
}

// One part of a repository: alphanumeric runs, between them ".", "_", "__" or dashes.
bool is_part(std::string_view part) {
  if (part.empty() || !is_lower_alnum(part.front()) || !is_lower_alnum(part.back())) return false;
  for (std::size_t i = 0; i < part.size();) {
    std::size_t end = i;
    while (end < part.size() && !is_lower_alnum(part[end])) ++end;
    const std::string_view separator = part.substr(i, end - i);
    const bool dashes = separator.find_first_not_of('-') == std::string_view::npos;
    if (!dashes && separator != "." && separator != "_" && separator != "__") return false;
    i = end + 1;
  }
  return true;
}

bool is_repository(std::string_view name) {
  while (true) {
    const std::size_t slash = name.find('/');
    if (!is_part(name.substr(0, slash))) return false;
    if (slash == std::string_view::npos) return true;
    name.remove_prefix(slash + 1);
  }
}

bool is_tag(std::string_view tag) {
  return !tag.empty() && tag.size() <= kMaxTagBytes && is_word(tag.front()) &&
         std::all_of(tag.begin(), tag.end(),
                     [](char c) { return is_word(c) || c == '.' || c == '-'; });
}

bool looks_like_registry(std::string_view part) {
  return part == "localhost" || part.find_first_of(".:[") != std::string_view::npos;
}

}  // namespace

std::string Reference::text() const {
  return registry + "/" + repository + (tag.empty() ? "" : ":" + tag) +
         (digest.empty() ? "" : "@" + digest);
}

Result<Reference> parse_reference(std::string_view text) {
  Reference reference;
  std::string_view rest = text;
  if (const std::size_t at = rest.rfind('@'); at != std::string_view::npos) {
    reference.digest = rest.substr(at + 1);
    rest = rest.substr(0, at);
    if (!is_digest(reference.digest)) {
      return wrong(text, "what follows '@' is no sha256 or sha512 digest");
    }
  }
  const std::size_t slash = rest.find('/');
  if (slash != std::string_view::npos && looks_like_registry(rest.substr(0, slash))) {
    reference.registry = lower_case(rest.substr(0, slash));
    rest.remove_prefix(slash + 1);
    const auto url = parse_url("https://" + reference.registry + "/");
    if (!url || url->authority() != reference.registry || !url->user.empty()) {
      return wrong(text, "'" + reference.registry + "' is no host[:port]");
    }
    if (reference.registry == "index.docker.io") reference.registry = "docker.io";
  } else {
    reference.registry = "docker.io";
  }
  if (const std::size_t colon = rest.rfind(':'); colon != std::string_view::npos) {
    reference.tag = rest.substr(colon + 1);
    rest = rest.substr(0, colon);
    if (!is_tag(reference.tag)) return wrong(text, "what follows the last ':' is no tag");
  }
  reference.repository = rest;
  if (reference.registry == "docker.io" && rest.find('/') == std::string_view::npos) {
    reference.repository.insert(0, "library/");
  }
  if (!is_repository(rest)) {
    return wrong(text,
                 "a repository is lower-case letters and digits, separated by '/', '.', '_', "
                 "'__' or dashes");
  }
  if (reference.registry.size() + 1 + reference.repository.size() > kMaxNameBytes) {
    return wrong(text, "the name is longer than 255 bytes");
  }
  if (reference.tag.empty() && reference.digest.empty()) reference.tag = "latest";
  return reference;
}

}  // namespace seaworthy
