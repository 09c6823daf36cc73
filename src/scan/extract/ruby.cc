// Ruby gems that are installed: specifications/NAME-VERSION[-PLATFORM].gemspec below a gem home,
// and below its default/ for the gems that come with the interpreter. RubyGems writes these files
// itself, one assignment a line, so that name, version and licences can be read without Ruby:
//   s.name = "rack".freeze
//   s.version = "2.2.6"           (or Gem::Version.new("2.2.6"))
//   s.licenses = ["MIT".freeze]
// A gem for one platform has it in the file's name, not in its version (rule 52).
//
// A gem that Bundler took from a repository is a checkout, bundler/gems/NAME-REVISION, with the
// specification that its authors wrote. That is Ruby: where name or version are not plain texts in
// it, the name is that of the file, and the version is not known.
#include <string>

#include "core/base/text.h"
#include "core/model/problem.h"
#include "scan/extract/evidence_builder.h"
#include "scan/extract/extractor.h"
#include "scan/extract/language_package.h"
#include "scan/extract/lines.h"

namespace seaworthy {
namespace {

// The revision of bundler/gems/NAME-REVISION/NAME.gemspec; "" for any other path.
std::string_view checkout_revision(std::string_view path) {
  constexpr std::string_view kPlace = "bundler/gems/";
  const std::size_t place = path.rfind(kPlace);
  if (place == path.npos || (place > 0 && path[place - 1] != '/')) return {};
  const std::string_view rest = path.substr(place + kPlace.size());
  const std::size_t slash = rest.find('/');
  if (slash == rest.npos || rest.find('/', slash + 1) != rest.npos) return {};
  const std::string_view directory = rest.substr(0, slash);
  const std::size_t dash = directory.rfind('-');
  if (dash == directory.npos) return {};
  const std::string_view revision = directory.substr(dash + 1);
  const bool hexadecimal = revision.find_first_not_of("0123456789abcdef") == revision.npos;
  return hexadecimal && revision.size() >= 7 ? revision : std::string_view();
}

bool wants_ruby(const FileInfo& file) {
  if (!file.path.ends_with(".gemspec")) return false;
  if (!checkout_revision(file.path).empty()) return true;
  std::string_view directory = file.path.substr(0, file.path.size() - base_name(file.path).size());
  if (directory.ends_with("/default/")) directory.remove_suffix(8);
  return directory == "specifications/" || directory.ends_with("/specifications/");
}

// The first text in quotes, of either kind.
std::string_view quoted(std::string_view text) {
  const auto begin = text.find_first_of("\"'");
  if (begin == text.npos) return {};
  const auto end = text.find(text[begin], begin + 1);
  return end == text.npos ? std::string_view() : text.substr(begin + 1, end - begin - 1);
}

// The text behind "ANYTHING.ATTRIBUTE =".
bool assigns(std::string_view line, std::string_view attribute, std::string_view& value) {
  const auto equals = line.find('=');
  if (equals == line.npos) return false;
  const std::string_view left = trim(line.substr(0, equals));
  const auto dot = left.find('.');
  if (dot == left.npos || left.substr(dot + 1) != attribute) return false;
  value = line.substr(equals + 1);
  return true;
}

Result<Evidence> extract_ruby(std::span<const FileView> files, const Limits&) {
  EvidenceBuilder evidence("lang/ruby", files[0].path);
  std::string_view name, version;
  std::vector<std::string> licenses;
  LineReader lines(files[0].bytes);
  std::string_view line, value;
  while (lines.next(line)) {
    if (name.empty() && assigns(line, "name", value)) name = quoted(value);
    if (version.empty() && assigns(line, "version", value)) version = quoted(value);
    if (licenses.empty() && (assigns(line, "licenses", value) || assigns(line, "license", value))) {
      if (const auto license = quoted(value); !license.empty()) licenses.emplace_back(license);
    }
  }
  const std::string_view revision = checkout_revision(files[0].path);
  if (!revision.empty() && !is_plain_word(name)) {
    name = base_name(files[0].path);
    name.remove_suffix(std::string_view(".gemspec").size());
  }
  if (name.empty() || (version.empty() && revision.empty())) {
    return Error{ErrorCode::kInvalidInput, "a gemspec without a name or a version in quotes"};
  }
  // In quotes may stand what Ruby computes, or the name of a file.
  if (!revision.empty() && version.find_first_of("0123456789") != 0) version = {};
  Package package = language_package("gem", name, 0, version);
  package.licenses = std::move(licenses);
  package.set_property("vcs.revision", std::string(revision));
  if (version.empty() && is_plain_word(name)) {
    evidence.add(std::move(package));
  } else {
    add_language_package(evidence, std::move(package), "");
  }
  return evidence.take();
}

}  // namespace

extern const Extractor kRuby;
const Extractor kRuby{
    .name = "lang/ruby",
    .description = "Ruby gems by their installed specifications",
    .max_file_bytes = 16 * kMiB,
    .is_database = false,
    .wants = wants_ruby,
    .extract = extract_ruby,
    .companions = nullptr,
    .anchors = {},
};

}  // namespace seaworthy
