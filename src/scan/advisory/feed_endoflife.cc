#include "core/codec/json.h"
#include "core/codec/yaml.h"
#include "scan/advisory/feed_text.h"

namespace seaworthy {
namespace {

// endoflife.date: per product a list of release cycles with `eol` (end of standard security
// support: a date, or false/true where there is none). Three forms: the repository's Markdown with
// YAML front matter (releases[].releaseCycle), API v0 (an array of {cycle, eol}, the file named
// after the product) and API v1 ({result: {name, releases: [{name, isEol, eolFrom}]}}).

std::string_view front_matter_of(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  if (!text.starts_with("---")) return {};
  const std::size_t begin = text.find('\n');
  if (begin == std::string_view::npos) return {};
  const std::size_t end = text.find("\n---", begin);
  return end == std::string_view::npos ? std::string_view{} : text.substr(begin + 1, end - begin);
}

bool recognizes_end_of_life(const FeedDocument& document) {
  const std::string_view front = front_of(document);
  if (document.path.ends_with(".md")) {
    return front.starts_with("---") && front.find("\nreleases:") != std::string_view::npos;
  }
  const char first = first_char(front);
  if (first == '[') return has_keys(front, {"cycle", "eol"});
  return first == '{' && has_keys(front, {"result", "releases", "isEol"});
}

std::string product_of_path(std::string_view path) {
  const std::string_view name = file_name(path);
  return std::string(name.substr(0, name.find('.')));
}

std::string text_of(const JsonValue& value) {
  return value.is_number() ? value.raw() : std::string(value.text());
}

void add_cycle(std::string_view product, const std::string& cycle, const JsonValue& eol, bool ended,
               FeedSink& sink) {
  const std::string_view date = trim(eol.text());
  if (cycle.empty()) return;
  sink.record();
  const bool is_date = parse_time(date).has_value();
  sink.end_of_life(product, cycle, is_date ? date.substr(0, 10) : std::string_view{},
                   ended || eol.boolean());
}

// Debian's LTS is security support for everyone; other vendors' extended support is sold apart.
// Each of the three forms has its own name for it.
JsonValue end_of(std::string_view product, const JsonValue& release, const char* standard) {
  if (product != "debian") return release[standard];
  for (const char* key : {"eoes", "extendedSupport", "eoesFrom"}) {
    if (!release[key].text().empty()) return release[key];
  }
  return release[standard];
}

void note_dates(const JsonValue& release, FeedSink& sink) {
  for (const char* key : {"releaseDate", "latestReleaseDate"}) {
    if (const auto time = parse_time(trim(release[key].text()))) sink.data_as_of(*time);
  }
}

Status parse_end_of_life(const FeedDocument& document, const Limits& limits, FeedSink& sink) {
  JsonDocument json;
  std::string product = product_of_path(document.path);
  if (document.path.ends_with(".md")) {
    const std::string_view yaml = front_matter_of(document.bytes);
    if (yaml.empty()) return Error{ErrorCode::kInvalidInput, "front matter without an end"};
    ASSIGN_OR_RETURN(const std::string text, yaml_to_json(yaml, limits));
    RETURN_IF_ERROR(json.parse(text, limits));
  } else {
    RETURN_IF_ERROR(json.parse(document.bytes, limits));
  }
  const JsonValue root = json.root();
  for (const JsonValue& release : root.elements()) {
    add_cycle(product, text_of(release["cycle"]), end_of(product, release, "eol"), false, sink);
    note_dates(release, sink);
  }
  for (const JsonValue& release : root["releases"].elements()) {
    add_cycle(product, text_of(release["releaseCycle"]), end_of(product, release, "eol"), false,
              sink);
    note_dates(release, sink);
  }
  const JsonValue result = root["result"];
  if (!result["name"].text().empty()) product = result["name"].text();
  for (const JsonValue& release : result["releases"].elements()) {
    const JsonValue end = end_of(product, release, "eolFrom");
    // `isEol` speaks of `eolFrom`: it counts where that is the end.
    const bool ended = end.text() == release["eolFrom"].text() && release["isEol"].boolean();
    add_cycle(product, text_of(release["name"]), end, ended, sink);
    note_dates(release, sink);
  }
  return ok_status();
}

}  // namespace

extern const Feed kEndOfLife;
const Feed kEndOfLife{
    .name = "endoflife",
    .description = "end of security support of distributions and runtimes",
    .source = "https://endoflife.date/api",
    .recognizes = recognizes_end_of_life,
    .parse = parse_end_of_life,
};

}  // namespace seaworthy
