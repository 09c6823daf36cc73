// WordPress, which installs itself: the core's wp-includes/version.php ($wp_version = '6.1.1';),
// the header of a plugin's main file, wp-content/plugins/SLUG/ANY.php, and of a theme's style.css
// (developer.wordpress.org, "Header Requirements"). The header is a comment in the first 8 KiB of
// lines like " * Version: 5.0"; WordPress reads no more. Where a plugin's header has no version the
// "Stable tag" of the readme.txt beside it is taken. Advisories name plugins by the slug, which is
// the directory.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "core/model/problem.h"
#include "scan/extract/evidence_builder.h"
#include "scan/extract/extractor.h"
#include "scan/extract/language_package.h"
#include "scan/extract/lines.h"

namespace seaworthy {
namespace {

constexpr std::string_view kCore = "wp-includes/version.php";
constexpr std::string_view kPlugins = "wp-content/plugins/";
constexpr std::string_view kThemes = "wp-content/themes/";
constexpr std::size_t kHeaderBytes = 8 * kKiB;

// What follows the directory in the path, "" where it is in no such directory.
std::string_view below(std::string_view path, std::string_view directory) {
  const std::size_t at = path.rfind(directory);
  if (at == path.npos || (at != 0 && path[at - 1] != '/')) return {};
  return path.substr(at + directory.size());
}

bool is_core(std::string_view path) {
  return path == kCore || path.ends_with("/wp-includes/version.php");
}

// "SLUG/FILE", or "hello.php", the plugin of one file.
bool is_plugin_file(std::string_view path) {
  const std::string_view inner = below(path, kPlugins);
  const auto depth = std::count(inner.begin(), inner.end(), '/');
  return depth <= 1 && inner.ends_with(".php") && base_name(inner) != "index.php";
}
bool is_plugin_readme(std::string_view path) {
  const std::string_view inner = below(path, kPlugins);
  return std::count(inner.begin(), inner.end(), '/') == 1 && base_name(inner) == "readme.txt";
}
bool is_theme(std::string_view path) {
  const std::string_view inner = below(path, kThemes);
  return std::count(inner.begin(), inner.end(), '/') == 1 && base_name(inner) == "style.css";
}

bool wants_wordpress(const FileInfo& file) {
  return is_core(file.path) || is_plugin_file(file.path) || is_plugin_readme(file.path) ||
         is_theme(file.path);
}

// The value of a header field; "" where there is none.
std::string_view header_field(std::string_view text, std::string_view field) {
  LineReader lines(text.substr(0, kHeaderBytes));
  for (std::string_view line; lines.next(line);) {
    line.remove_prefix(std::min(line.find_first_not_of(" \t/*#@"), line.size()));
    if (!line.starts_with(field) || !trim(line.substr(field.size())).starts_with(':')) continue;
    std::string_view value = trim(line.substr(line.find(':') + 1));
    if (value.ends_with("*/")) value.remove_suffix(2);
    return trim(value);
  }
  return {};
}

std::string_view core_version(std::string_view text) {
  LineReader lines(text);
  for (std::string_view line; lines.next(line);) {
    line = trim(line);
    if (!line.starts_with("$wp_version")) continue;
    const std::size_t begin = line.find_first_of("'\"");
    if (begin == line.npos) continue;
    return line.substr(begin + 1, line.find(line[begin], begin + 1) - begin - 1);
  }
  return {};
}

std::string_view slug_of(std::string_view inner) {
  const std::size_t slash = inner.find('/');
  return slash == inner.npos ? inner.substr(0, inner.rfind('.')) : inner.substr(0, slash);
}

Result<Evidence> extract_wordpress(std::span<const FileView> files, const Limits&) {
  const FileView& file = files[0];
  EvidenceBuilder evidence("lang/wordpress", file.path);
  if (is_core(file.path)) {
    const std::string_view version = core_version(file.bytes);
    Package core = language_package("generic", "wordpress", 0, version);
    if (is_plain_word(version)) {
      core.set_property(kCpe, application_cpe("wordpress:wordpress", version));
    }
    add_language_package(evidence, std::move(core), "WordPress");
    return evidence.take();
  }
  const bool theme = is_theme(file.path);
  const std::string_view name = theme ? "Theme Name" : "Plugin Name";
  if (header_field(file.bytes, name).empty()) return evidence.take();  // another file of it
  std::string_view version = header_field(file.bytes, "Version");
  if (version.empty() && files.size() > 1) version = header_field(files[1].bytes, "Stable tag");
  Package package =
      language_package(theme ? "wordpress-theme" : "wordpress-plugin",
                       slug_of(below(file.path, theme ? kThemes : kPlugins)), 0, version);
  if (const auto license = header_field(file.bytes, "License"); is_plain_word(license)) {
    package.licenses.emplace_back(license);
  }
  const std::string slug = package.name;
  add_language_package(evidence, std::move(package), slug);
  return evidence.take();
}

std::vector<std::string> readme_of(std::string_view path) {
  const std::string_view inner = below(path, kPlugins);
  if (inner.find('/') == inner.npos || !path.ends_with(".php")) return {};
  return {std::string(path.substr(0, path.rfind('/') + 1)) + "readme.txt"};
}

}  // namespace

extern const Extractor kWordpress;
const Extractor kWordpress{
    .name = "lang/wordpress",
    .description = "WordPress, its plugins and themes, by their headers",
    .max_file_bytes = 4 * kMiB,
    .is_database = false,
    .wants = wants_wordpress,
    .extract = extract_wordpress,
    .companions = readme_of,
    .anchors = {},
};

}  // namespace seaworthy
