// Package URLs, by the purl specification (package-url/purl-spec, ECMA-427) and its type rules:
//
//   pkg:type/namespace/name@version?qualifiers#subpath
//
// Parsing works from the right, as the specification asks: subpath at the last '#', qualifiers at
// the last '?', version at the last '@'. Two readings are looser than the letter, because producers
// differ: an '@' that begins a path segment is part of a scope ("pkg:npm/@babel/core"), and
// qualifier keys in upper case are lowered (the specification's own test cases both refuse that
// and ask for it). Writing is strict: everything but letters, digits and ".-_~:" is
// percent-encoded, '/' separates the segments of namespace and subpath, qualifiers are sorted.
//
// A purl is how packages leave this program, so purl_of loses nothing that matching needs: the
// source package goes into `upstream` as Syft writes it (a name, or name@version where the version
// differs; for rpm the source rpm's file name), the epoch of an rpm into `epoch`, its module stream
// into `rpmmod`.
#include <algorithm>
#include <array>
#include <charconv>

#include "core/model/package.h"

namespace seaworthy {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
void lower(std::string& text) {
  std::transform(text.begin(), text.end(), text.begin(), to_lower);
}

void encode(std::string& out, std::string_view text) {
  static constexpr std::string_view kHex = "0123456789ABCDEF";
  for (const char c : text) {
    if (is_letter(c) || is_digit(c) ||
        std::string_view(".-_~:").find(c) != std::string_view::npos) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
}

// Empty where a '%' is not followed by two hex digits, or there is a zero byte, plain or encoded.
std::optional<std::string> decode(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\0') return std::nullopt;
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    unsigned value = 0;
    if (i + 2 >= text.size()) return std::nullopt;
    const auto [end, failure] =
        std::from_chars(text.data() + i + 1, text.data() + i + 3, value, 16);
    if (failure != std::errc{} || end != text.data() + i + 3 || value == 0) return std::nullopt;
    decoded += static_cast<char>(value);
    i += 2;
  }
  return decoded;
}

// What stands behind the last `mark`; it is cut from `text`. Empty where there is no mark.
std::string_view cut_last(std::string_view& text, char mark) {
  const std::size_t at = text.rfind(mark);
  if (at == std::string_view::npos) return {};
  const std::string_view behind = text.substr(at + 1);
  text = text.substr(0, at);
  return behind;
}

std::string_view cut_version(std::string_view& text) {
  const std::size_t at = text.rfind('@');
  if (at == std::string_view::npos || at == 0 || text[at - 1] == '/') return {};
  return cut_last(text, '@');
}

// The decoded segments of a path, joined by '/'. Empty segments are dropped, and in a subpath "."
// and ".." too. A '/' that was encoded inside a segment would change the path: refused.
std::optional<std::string> decode_path(std::string_view text, bool is_subpath) {
  std::string path;
  while (!text.empty()) {
    const std::size_t slash = text.find('/');
    const std::string_view raw = text.substr(0, slash);
    text = slash == std::string_view::npos ? std::string_view{} : text.substr(slash + 1);
    std::optional<std::string> segment = decode(raw);
    if (!segment || segment->find('/') != std::string::npos) return std::nullopt;
    if (segment->empty() || (is_subpath && (*segment == "." || *segment == ".."))) continue;
    if (!path.empty()) path += '/';
    path += *segment;
  }
  return path;
}

void encode_path(std::string& out, std::string_view path) {
  for (bool first = true; !path.empty(); first = false) {
    const std::size_t slash = path.find('/');
    if (!first) out += '/';
    encode(out, path.substr(0, slash));
    path = slash == std::string_view::npos ? std::string_view{} : path.substr(slash + 1);
  }
}

bool is_type(std::string_view type) {
  return !type.empty() && is_letter(type.front()) &&
         std::all_of(type.begin(), type.end(), [](char c) {
           return is_letter(c) || is_digit(c) || c == '.' || c == '-' || c == '+';
         });
}

bool is_qualifier_key(std::string_view key) {
  return !key.empty() && !is_digit(key.front()) && std::all_of(key.begin(), key.end(), [](char c) {
    return is_letter(c) || is_digit(c) || c == '.' || c == '-' || c == '_';
  });
}

bool read_qualifiers(std::string_view text, Purl& purl) {
  while (!text.empty()) {
    const std::size_t end = text.find('&');
    const std::string_view pair = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos || !is_qualifier_key(pair.substr(0, equals))) return false;
    std::string key(pair.substr(0, equals));
    lower(key);
    std::optional<std::string> value = decode(pair.substr(equals + 1));
    if (!value) return false;
    if (!value->empty()) purl.qualifiers.emplace_back(std::move(key), *std::move(value));
  }
  auto& all = purl.qualifiers;
  std::sort(all.begin(), all.end());
  return std::adjacent_find(all.begin(), all.end(), [](const auto& a, const auto& b) {
           return a.first == b.first;
         }) == all.end();
}

// Which parts a type holds to be the same in any case.
struct TypeRule {
  std::string_view type;
  bool lower_namespace, lower_name;
};
constexpr std::array kTypeRules{
    TypeRule{"alpm", true, true},      TypeRule{"apk", true, true},
    TypeRule{"bitbucket", true, true}, TypeRule{"composer", true, true},
    TypeRule{"deb", true, true},       TypeRule{"github", true, true},
    TypeRule{"golang", true, true},    TypeRule{"hex", true, true},
    TypeRule{"oci", false, true},      TypeRule{"pypi", false, true},
    TypeRule{"qpkg", true, false},     TypeRule{"rpm", true, false},
};

void apply_type_rule(Purl& purl) {
  lower(purl.type);
  for (const TypeRule& rule : kTypeRules) {
    if (rule.type != purl.type) continue;
    if (rule.lower_namespace) lower(purl.name_space);
    if (rule.lower_name) lower(purl.name);
  }
  if (purl.type == "pypi") std::replace(purl.name.begin(), purl.name.end(), '_', '-');
  if (purl.type == "huggingface") lower(purl.version);
}

void add_qualifier(Purl& purl, std::string_view key, std::string_view value) {
  if (!value.empty()) purl.qualifiers.emplace_back(key, value);
}

std::string upstream_of(const Package& package) {
  if (package.type == PackageType::kRpm) {
    const std::string_view file = package.property(kSourceRpm);
    if (!file.empty() || package.source_name.empty() || package.source_version.empty()) {
      return std::string(file);
    }
    // A source rpm's file name has no epoch.
    const std::string_view version = package.source_version;
    return package.source_name + "-" + std::string(version.substr(version.find(':') + 1)) +
           ".src.rpm";
  }
  const bool same_version =
      package.source_version.empty() || package.source_version == package.version;
  const std::string& name = package.source_name.empty() ? package.name : package.source_name;
  if (same_version) return name == package.name ? "" : name;
  return name + "@" + package.source_version;
}

std::string distro_qualifier(const Distro& distro) {
  const std::string& release = distro.version.empty() ? distro.codename : distro.version;
  return release.empty() ? distro.id : distro.id + "-" + release;
}

}  // namespace

std::string_view Purl::qualifier(std::string_view key) const {
  for (const auto& [known, value] : qualifiers) {
    if (known == key) return value;
  }
  return {};
}

std::optional<Purl> parse_purl(std::string_view text) {
  std::string scheme(text.substr(0, 4));
  lower(scheme);
  if (scheme != "pkg:") return std::nullopt;
  text.remove_prefix(4);
  text.remove_prefix(std::min(text.find_first_not_of('/'), text.size()));

  Purl purl;
  const std::string_view subpath = cut_last(text, '#');
  const std::string_view qualifiers = cut_last(text, '?');
  const std::size_t type_end = text.find('/');
  if (type_end == std::string_view::npos) return std::nullopt;
  purl.type = text.substr(0, type_end);
  text.remove_prefix(type_end + 1);
  if (!is_type(purl.type)) return std::nullopt;

  const std::optional<std::string> version = decode(cut_version(text));
  while (text.ends_with('/')) text.remove_suffix(1);
  const std::size_t name_at = text.rfind('/') + 1;  // 0 where there is no namespace
  const std::optional<std::string> name = decode(text.substr(name_at));
  const std::optional<std::string> name_space = decode_path(text.substr(0, name_at), false);
  const std::optional<std::string> path = decode_path(subpath, true);
  if (!version || !name || name->empty() || !name_space || !path) return std::nullopt;
  if (!read_qualifiers(qualifiers, purl)) return std::nullopt;
  purl.version = *version;
  purl.name = *name;
  purl.name_space = *name_space;
  purl.subpath = *path;
  apply_type_rule(purl);
  return purl;
}

std::string to_text(const Purl& given) {
  Purl purl = given;
  apply_type_rule(purl);
  std::sort(purl.qualifiers.begin(), purl.qualifiers.end());
  std::string out = "pkg:" + purl.type + "/";
  if (!purl.name_space.empty()) {
    encode_path(out, purl.name_space);
    out += '/';
  }
  encode(out, purl.name);
  if (!purl.version.empty()) {
    out += '@';
    encode(out, purl.version);
  }
  char mark = '?';
  for (const auto& [key, value] : purl.qualifiers) {
    if (value.empty()) continue;
    out += mark;
    out += key;
    out += '=';
    encode(out, value);
    mark = '&';
  }
  if (!purl.subpath.empty()) {
    out += '#';
    encode_path(out, purl.subpath);
  }
  return out;
}

std::string purl_of(const Package& package, const Distro* distro) {
  if (package.type == PackageType::kOther) {
    const std::string_view own = package.property("purl");
    if (!own.empty()) return std::string(own);
  }
  Purl purl;
  purl.type = package.type == PackageType::kOther ? "generic" : name_of(package.type);
  purl.name = package.name;
  purl.version = package.version;
  add_qualifier(purl, "arch", package.arch);
  if (package.type != PackageType::kOther) {
    if (distro != nullptr) {
      purl.name_space = distro->id;
      add_qualifier(purl, "distro", distro_qualifier(*distro));
    }
    add_qualifier(purl, "upstream", upstream_of(package));
  }
  if (package.type == PackageType::kRpm) {
    const std::size_t colon = package.version.find(':');
    if (colon != std::string::npos) {
      add_qualifier(purl, "epoch", std::string_view(package.version).substr(0, colon));
      purl.version = package.version.substr(colon + 1);
    }
    add_qualifier(purl, "rpmmod", package.property(kModularity));
  }
  return to_text(purl);
}

}  // namespace seaworthy
