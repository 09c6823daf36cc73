#include "scan/update/parts_header.h"

#include <algorithm>

#include "core/codec/digest.h"
#include "core/codec/json.h"
#include "scan/advisory/schema.h"

namespace seaworthy {
namespace {

constexpr std::string_view kSchema = "seaworthy.db/1";
constexpr std::size_t kMaxParts = 100'000;
constexpr std::size_t kMaxNameBytes = 600;  // ecosystem and release come from keys of 511 bytes

Error malformed(const std::string& what) {
  return {ErrorCode::kInvalidInput, "header of the database: " + what};
}

Result<std::uint64_t> whole_number(const JsonValue& object, std::string_view name) {
  const JsonValue value = object[name];
  if (!value.is_number() || value.integer() < 0) {
    return malformed("'" + std::string(name) + "' is no whole number");
  }
  return static_cast<std::uint64_t>(value.integer());
}

Status check_sizes(const PartEntry& part) {
  const bool absent = part.digest.empty();
  if ((!absent && !is_digest(part.digest)) || !is_digest(part.content) ||
      (!part.base.empty() && !is_digest(part.base))) {
    return malformed("part '" + part.name + "' has a text that is no digest");
  }
  if (absent != (part.stored == 0)) {
    return malformed("part '" + part.name + "' has a digest or a size but not both");
  }
  if (part.stored > kGiB * 16 || part.unpacked > kGiB * 64) {
    return Error{ErrorCode::kLimitExceeded, "part '" + part.name + "' is larger than any database"};
  }
  return ok_status();
}

Result<PartEntry> read_part(const JsonValue& value) {
  PartEntry part;
  part.name = value["name"].text();
  part.ecosystem = value["ecosystem"].text();
  part.release = value["release"].text();
  part.digest = value["digest"].text();
  part.content = value["content"].text();
  part.base = value["base"].text();
  ASSIGN_OR_RETURN(part.stored, whole_number(value, "stored"));
  ASSIGN_OR_RETURN(part.unpacked, whole_number(value, "unpacked"));
  ASSIGN_OR_RETURN(part.keys, whole_number(value, "keys"));
  const bool special = part.name == kCommonPart || part.name == kUnreferencedPart;
  if (part.name.empty() || part.name.size() > kMaxNameBytes ||
      (special ? !part.ecosystem.empty() || !part.release.empty()
               : part.name != part_name(part.ecosystem, part.release))) {
    return malformed("a part is named '" + part.name.substr(0, 100) + "'");
  }
  RETURN_IF_ERROR(check_sizes(part));
  return part;
}

Status check_whole(const DatabaseHeader& header) {
  const auto same_name = [](const PartEntry& a, const PartEntry& b) { return a.name >= b.name; };
  if (std::adjacent_find(header.parts.begin(), header.parts.end(), same_name) !=
      header.parts.end()) {
    return malformed("its parts are not in order, or one is there twice");
  }
  if (std::adjacent_find(header.feeds.begin(), header.feeds.end(), std::greater_equal<>()) !=
      header.feeds.end()) {
    return malformed("its feeds are not in order, or one is there twice");
  }
  if (header.find(kCommonPart) == nullptr) return malformed("it has no common part");
  for (const PartEntry& part : header.parts) {
    if (!header.is_delta && (part.digest.empty() || !part.base.empty())) {
      return malformed("part '" + part.name + "' is not complete, and this is no delta");
    }
  }
  return ok_status();
}

}  // namespace

const PartEntry* DatabaseHeader::find(std::string_view part) const {
  const auto found =
      std::lower_bound(parts.begin(), parts.end(), part,
                       [](const PartEntry& a, std::string_view name) { return a.name < name; });
  return found != parts.end() && found->name == part ? &*found : nullptr;
}

std::string part_name(std::string_view ecosystem, std::string_view release) {
  std::string name(ecosystem);
  if (!release.empty()) name += ":" + std::string(release);
  return name;
}

std::string header_text(const DatabaseHeader& header) {
  JsonWriter out(false);
  out.begin_object();
  out.member("schema", kSchema);
  out.member("database_schema", header.database_schema);
  out.member("sequence", header.sequence);
  out.member("built_at", rfc3339(header.built_at));
  if (header.is_delta) out.member("parent", header.parent);
  out.texts("feeds", header.feeds);
  out.key("parts");
  out.begin_array();
  for (const PartEntry& part : header.parts) {
    out.begin_object();
    out.member("name", part.name);
    out.member("ecosystem", part.ecosystem);
    out.member("release", part.release);
    out.member("digest", part.digest);
    out.member("stored", part.stored);
    out.member("unpacked", part.unpacked);
    out.member("keys", part.keys);
    out.member("content", part.content);
    out.member("base", part.base);
    out.end_object();
  }
  out.end_array();
  out.end_object();
  return out.take();
}

Result<DatabaseHeader> parse_header(std::string_view json, const Limits& limits) {
  Limits own = limits;
  own.document_bytes = std::min(own.document_bytes, kMaxHeaderBytes);
  JsonDocument document;
  if (Status parsed = document.parse(json, own); !parsed) {
    return std::move(parsed).error().during("header of the database");
  }
  const JsonValue root = document.root();
  if (root["schema"].text() != kSchema) {
    const bool newer = root["schema"].text().starts_with("seaworthy.db/");
    return Error{newer ? ErrorCode::kUnsupported : ErrorCode::kInvalidInput,
                 "header of the database: the form is '" +
                     std::string(root["schema"].text().substr(0, 100)) + "', this program reads " +
                     std::string(kSchema)};
  }
  DatabaseHeader header;
  ASSIGN_OR_RETURN(header.database_schema, whole_number(root, "database_schema"));
  if (header.database_schema != kSchemaVersion) {
    return Error{ErrorCode::kUnsupported,
                 "the published database has schema " + std::to_string(header.database_schema) +
                     ", this program reads " + std::to_string(kSchemaVersion) +
                     "; use the release that fits"};
  }
  ASSIGN_OR_RETURN(header.sequence, whole_number(root, "sequence"));
  const auto built_at = parse_time(root["built_at"].text());
  if (!built_at || *built_at < 0) return malformed("'built_at' is no time");
  header.built_at = *built_at;
  header.is_delta = root["parent"].exists();
  if (header.is_delta) {
    ASSIGN_OR_RETURN(header.parent, whole_number(root, "parent"));
  }
  for (const JsonValue& feed : root["feeds"].elements()) {
    if (feed.text().empty()) return malformed("a feed without a name");
    header.feeds.emplace_back(feed.text());
  }
  const std::vector<JsonValue> parts = root["parts"].elements();
  if (parts.size() > kMaxParts) return malformed("too many parts");
  for (const JsonValue& value : parts) {
    ASSIGN_OR_RETURN(PartEntry part, read_part(value));
    header.parts.push_back(std::move(part));
  }
  RETURN_IF_ERROR(check_whole(header));
  return header;
}

}  // namespace seaworthy
