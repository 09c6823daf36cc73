#include "core/codec/json.h"
#include "core/codec/yaml.h"
#include "scan/advisory/feed_text.h"
#include "scan/advisory/osv_record.h"

namespace seaworthy {
namespace {

// OSV in every form it is published in: a JSON document, an array of them, JSON Lines, and YAML
// (the Python advisory database). YAML becomes JSON first, so all forms share one reader.

bool is_yaml_name(std::string_view path) {
  return path.ends_with(".yaml") || path.ends_with(".yml");
}

// A key at the beginning of a line of a YAML document.
bool has_yaml_key(std::string_view front, std::string_view key) {
  const std::string line = std::string(key) + ":";
  return front.starts_with(line) || front.find("\n" + line) != std::string_view::npos;
}

bool recognizes_osv(const FeedDocument& document) {
  const std::string_view front = front_of(document);
  const char first = first_char(front);
  if (first == '{' || first == '[') {
    if (!has_keys(front, {"id"}) || front.find("\"@context\"") != std::string_view::npos)
      return false;
    return has_keys(front, {"schema_version"}) || has_keys(front, {"affected"}) ||
           has_keys(front, {"modified"});
  }
  return is_yaml_name(document.path) && has_yaml_key(front, "id") &&
         (has_yaml_key(front, "affected") || has_yaml_key(front, "modified"));
}

void parse_lines(const FeedDocument& document, const Limits& limits, FeedSink& sink) {
  JsonDocument json;
  for_each_line(document.bytes, [&](std::string_view line, std::uint64_t number) {
    if (trim(line).empty()) return;
    const std::string where = at_line(document.path, number);
    if (auto status = json.parse(line, limits); !status) {
      sink.problem(unreadable_record(where, "read osv", status.error().message));
      return;
    }
    sink.reading(where, json.root()["id"].text());
    read_osv_record(json.root(), where, sink);
  });
}

Status parse_osv(const FeedDocument& document, const Limits& limits, FeedSink& sink) {
  if (is_json_lines(document.bytes)) {
    parse_lines(document, limits, sink);
    return ok_status();
  }
  JsonDocument json;
  const char first = first_char(front_of(document));
  if (first == '{' || first == '[') {
    RETURN_IF_ERROR(json.parse(document.bytes, limits));
  } else {
    ASSIGN_OR_RETURN(const std::string text, yaml_to_json(document.bytes, limits));
    RETURN_IF_ERROR(json.parse(text, limits));
  }
  if (!json.root().is_array()) {
    read_osv_record(json.root(), document.path, sink);
    return ok_status();
  }
  for (const JsonValue& record : json.root().elements()) {
    sink.reading(document.path, record["id"].text());
    read_osv_record(record, document.path, sink);
  }
  return ok_status();
}

}  // namespace

extern const Feed kOsv;
const Feed kOsv{
    .name = "osv",
    .description = "OSV records of any ecosystem: JSON, JSON Lines, YAML",
    .source = "https://osv-vulnerabilities.storage.googleapis.com",
    .recognizes = recognizes_osv,
    .parse = parse_osv,
};

}  // namespace seaworthy
