// Perl distributions that a CPAN client installed:
//   .meta/DIST-VERSION/MYMETA.json (cpanm, cpm)   "name": "HTTP-Tiny", "version": "0.080"
//   perllocal.pod (ExtUtils::Install)   an entry for each installation, the last one holds:
//
//   =head2 Mon Jan  1 00:00:00 2024: C<Module> L<HTTP::Tiny|HTTP::Tiny>
//   ...
//   C<VERSION: 0.080>
//
// A .packlist lists files and has no version; modules of Perl itself come with the interpreter.
#include <map>
#include <string>

#include "core/codec/json.h"
#include "core/model/problem.h"
#include "scan/extract/evidence_builder.h"
#include "scan/extract/extractor.h"
#include "scan/extract/language_package.h"
#include "scan/extract/lines.h"

namespace seaworthy {
namespace {

constexpr std::string_view kMeta = "/MYMETA.json";
constexpr std::string_view kLocal = "perllocal.pod";
constexpr std::size_t kMaxModules = 100'000;

bool wants_perl(const FileInfo& file) {
  if (base_name(file.path) == kLocal) return true;
  return file.path.ends_with(kMeta) && file.path.find("/.meta/") != std::string_view::npos;
}

Result<Evidence> extract_meta(const FileView& file, const Limits& limits) {
  EvidenceBuilder evidence("lang/perl", file.path);
  JsonDocument document;
  RETURN_IF_ERROR(document.parse(file.bytes, limits));
  const JsonValue root = document.root();
  const JsonValue version = root["version"];
  Package package = language_package("cpan", root["name"].text(), 0,
                                     version.is_number() ? version.raw() : version.text());
  for (const JsonValue& license : root["license"].elements()) {
    if (is_plain_word(license.text()) && license.text() != "unknown") {
      package.licenses.emplace_back(license.text());
    }
  }
  add_language_package(evidence, std::move(package), "");
  return evidence.take();
}

// "HTTP::Tiny" is of the distribution HTTP-Tiny, as far as its name tells.
std::string distribution_of(std::string_view module) {
  std::string name;
  for (std::size_t i = 0; i < module.size(); ++i) {
    const bool colons = module.substr(i, 2) == "::";
    name += colons ? '-' : module[i];
    i += colons ? 1 : 0;
  }
  return name;
}

Result<Evidence> extract_local(const FileView& file) {
  EvidenceBuilder evidence("lang/perl", file.path);
  std::map<std::string, std::string> versions;  // the last installation of each
  std::string name;
  LineReader lines(file.bytes);
  for (std::string_view line; lines.next(line);) {
    line = trim(line);
    if (line.starts_with("=head2 ")) {
      const std::size_t link = line.find("C<Module> L<");
      const std::string_view rest = link == line.npos ? std::string_view() : line.substr(link + 12);
      name = distribution_of(rest.substr(0, rest.find_first_of("|>")));
    } else if (line.starts_with("C<VERSION: ") && !name.empty()) {
      if (versions.size() < kMaxModules) {
        versions[name] = line.substr(11, line.find('>') - 11);
      }
    }
  }
  for (const auto& [distribution, version] : versions) {
    add_language_package(evidence, language_package("cpan", distribution, 0, version),
                         distribution);
  }
  return evidence.take();
}

Result<Evidence> extract_perl(std::span<const FileView> files, const Limits& limits) {
  return base_name(files[0].path) == kLocal ? extract_local(files[0])
                                            : extract_meta(files[0], limits);
}

}  // namespace

extern const Extractor kPerl;
const Extractor kPerl{
    .name = "lang/perl",
    .description = "Perl distributions that a CPAN client installed",
    .max_file_bytes = 16 * kMiB,
    .is_database = false,
    .wants = wants_perl,
    .extract = extract_perl,
    .companions = nullptr,
    .anchors = {},
};

}  // namespace seaworthy
