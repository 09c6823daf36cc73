#include "scan/update/update_indexes.h"

#include <algorithm>

#include "core/base/limits.h"
#include "core/base/text.h"
#include "core/codec/digest.h"
#include "core/codec/json.h"
#include "core/codec/xml.h"
#include "core/net/url.h"
#include "scan/advisory/feed_text.h"
#include "scan/update/update_changes.h"

namespace seaworthy {
namespace {

constexpr std::size_t kMostMirrors = 5;
constexpr std::size_t kMostFiles = 10'000;
constexpr std::int64_t kMostPages = 2'000;

Error invalid(std::string why) {
  return Error{ErrorCode::kInvalidInput, std::move(why)};
}

// "" where it is of a kind that is not checked.
std::string digest_in(const XmlElement& checksum) {
  const std::string_view kind = checksum.attribute("type");
  if (kind != "sha256" && kind != "sha512") return {};
  std::string digest = std::string(kind) + ":" + lower_case(checksum.trimmed());
  return is_digest(digest) ? digest : std::string();
}

bool has_all(const JsonValue& object, const std::map<std::string, std::string>& must) {
  return std::all_of(must.begin(), must.end(),
                     [&](const auto& one) { return object[one.first].text() == one.second; });
}

}  // namespace

Result<std::vector<std::string>> parse_mirror_list(std::string_view text) {
  std::vector<std::string> found;
  for_each_line(text, [&](std::string_view line, std::uint64_t) {
    std::string address(trim(line));
    if (found.size() == kMostMirrors || !parse_url(address)) return;
    if (!address.ends_with('/')) address += '/';
    found.push_back(std::move(address));
  });
  if (found.empty()) return invalid("the mirror list names no mirror");
  return found;
}

Result<UpdateinfoPlace> parse_repomd(std::string_view xml) {
  ASSIGN_OR_RETURN(XmlReader reader, XmlReader::open(xml, Limits{}));
  ASSIGN_OR_RETURN(bool more, reader.next());
  if (!more || reader.name() != "repomd") return invalid("no repomd.xml");
  for (;;) {
    ASSIGN_OR_RETURN(more, reader.next());
    if (!more) break;
    if (reader.name() != "data" || reader.attribute("type") != "updateinfo") continue;
    ASSIGN_OR_RETURN(const XmlElement data, reader.element());
    UpdateinfoPlace place{std::string(data["location"].attribute("href")),
                          digest_in(data["checksum"])};
    if (!is_safe_path(place.path)) return invalid("the updateinfo of repomd.xml has no safe path");
    return place;
  }
  return Error{ErrorCode::kNotFound, "the repository has no updateinfo"};
}

std::vector<std::string> parse_directory_page(std::string_view html) {
  constexpr std::string_view kLink = "href=\"";
  std::vector<std::string> found;
  for (std::size_t at = html.find(kLink); at != html.npos && found.size() < kMostFiles;
       at = html.find(kLink, at)) {
    at += kLink.size();
    const std::size_t end = html.find('"', at);
    if (end == html.npos) break;
    std::string_view name = html.substr(at, end - at);
    if (name.starts_with("./")) name.remove_prefix(2);
    if (!is_safe_path(name) || name.find_first_of("/:") != name.npos) continue;
    found.emplace_back(name);
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

Result<std::map<std::string, std::string>> parse_checksums(std::string_view text) {
  std::map<std::string, std::string> found;
  std::uint64_t bad = 0;
  for_each_line(text, [&](std::string_view line, std::uint64_t number) {
    line = trim(line);
    if (line.empty() || bad != 0) return;
    const std::size_t space = std::min(line.find(' '), line.size());
    std::string_view path = trim(line.substr(space));
    if (path.starts_with('*')) path.remove_prefix(1);
    std::string digest = "sha256:" + lower_case(line.substr(0, space));
    if (!is_digest(digest) || !is_safe_path(path) || found.size() == kMostFiles) {
      bad = number;
    } else {
      found[std::string(path)] = std::move(digest);
    }
  });
  if (bad != 0) return invalid("line " + std::to_string(bad) + ": no checksum and safe path");
  return found;
}

std::string sha256_of_meta(std::string_view text) {
  std::string found;
  for_each_line(text, [&](std::string_view line, std::uint64_t) {
    const std::string digest = lower_case(trim(line));
    if (digest.starts_with("sha256:") && is_digest(digest)) found = digest;
  });
  return found;
}

Result<std::size_t> count_pages(std::string_view json) {
  JsonDocument document;
  RETURN_IF_ERROR(document.parse(json, Limits{}));
  const JsonValue& root = document.root();
  const JsonValue pages = root["pages"];
  const std::int64_t size = root["size"].integer();
  const std::int64_t total = root["total"].integer();
  std::int64_t count = -1;
  if (pages.is_number()) {
    count = pages.integer();
  } else if (size > 0 && total >= 0 && root["total"].is_number()) {
    count = total / size + (total % size == 0 ? 0 : 1);
  }
  if (count < 0) return invalid("the page does not say how many there are");
  if (count > kMostPages) {
    return Error{ErrorCode::kLimitExceeded,
                 std::to_string(count) + " pages, more than " + std::to_string(kMostPages)};
  }
  return static_cast<std::size_t>(count);
}

Result<std::vector<std::string>> names_in(std::string_view json, std::string_view list,
                                          std::string_view member,
                                          const std::map<std::string, std::string>& must) {
  JsonDocument document;
  RETURN_IF_ERROR(document.parse(json, Limits{}));
  std::vector<std::string> names;
  for (const JsonValue& one : document.root()[list].elements()) {
    const JsonValue name = member.empty() ? one : one[member];
    if (!has_all(one, must) || names.size() == kMostFiles) continue;
    if (!is_safe_path(name.text()) || name.text().find('/') != std::string_view::npos) {
      return invalid("a name in '" + std::string(list) + "' cannot be part of a path");
    }
    names.emplace_back(name.text());
  }
  if (names.empty()) return invalid("it has no '" + std::string(list) + "'");
  return names;
}

}  // namespace seaworthy
