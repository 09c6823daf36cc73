// What names a Java library, from the best witness to the worst (rule 46):
//
//   pom.properties   written by Maven's archiver: group, artifact and version as published. One for
//                    each library that was shaded into the jar
//   pom.xml          beside it, or alone; may take its version from elsewhere
//   file name        ARTIFACT-VERSION.jar, as every build tool's cache writes it
//   MANIFEST.MF      free text: Implementation-Title is "H2 Database Engine", Bundle-SymbolicName
//                    is the group, or group and artifact, or neither. Its versions are of use where
//                    the file name has none
//
// Advisories go by group and artifact, so a guessed group makes a library's advisories appear at,
// or disappear from, another one's. Only two guesses are taken: groups that alone publish artifacts
// of a name (jar_groups.cc), and a symbolic name that is GROUP.ARTIFACT by the rule of Maven's
// bundle plugin, which shortens names whose parts repeat: with an artifact that has a hyphen and a
// group of three parts nothing was shortened.
#include "scan/extract/jar_identity.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "core/codec/xml.h"
#include "scan/extract/lines.h"

namespace seaworthy {
namespace {

bool is_digit(char c) {
  return std::isdigit(static_cast<unsigned char>(c)) != 0;
}

// Words that belong to a version behind its number: 31.1-jre, 1.0-beta-2, 2.0.0-M1.
bool continues_version(std::string_view word) {
  constexpr std::array<std::string_view, 16> kWords{
      "jre", "android", "release", "final",     "snapshot", "alpha",   "beta",       "rc",
      "cr",  "ga",      "sp",      "milestone", "pre",      "preview", "incubating", "redhat"};
  if (word.empty() || is_digit(word.front())) return true;
  const std::string lower = lower_case(word.substr(0, word.find_first_of(".0123456789")));
  if (lower == "m" || lower == "b" || lower == "jdk") return lower.size() < word.size();
  return std::find(kWords.begin(), kWords.end(), lower) != kWords.end();
}

// The end of the version that `text` begins with; npos where a word follows that is part of none.
std::size_t foreign_word(std::string_view text) {
  for (std::size_t at = 0; at != text.npos;) {
    const std::size_t next = text.find('-', at);
    if (!continues_version(text.substr(at, next - at))) return at - 1;
    at = next == text.npos ? next : next + 1;
  }
  return text.npos;
}

// "${revision}" is defined elsewhere.
std::string literal(std::string_view text) {
  text = trim(text);
  return text.find("${") == text.npos ? std::string(text) : std::string();
}

bool is_artifact_name(std::string_view text) {
  return is_plain_word(text) && std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
         });
}

// "org.example.bundle;singleton:=true".
std::string_view without_directives(std::string_view value) {
  return trim(value.substr(0, value.find(';')));
}

void set_attribute(JarManifest& manifest, std::string_view name, std::string_view value) {
  const auto is = [&](std::string_view wanted) { return lower_case(name) == wanted; };
  value = trim(value);
  if (is("implementation-title")) manifest.title = value;
  if (is("implementation-version")) manifest.version = value;
  if (is("implementation-vendor-id")) manifest.vendor_id = value;
  if (is("bundle-symbolicname")) manifest.bundle = without_directives(value);
  if (is("bundle-version")) manifest.bundle_version = value;
  if (is("bundle-license")) manifest.license = without_directives(value);
  if (is("short-name")) manifest.plugin = value;
  if (is("group-id")) manifest.plugin_group = value;
  // "1.2 (private-0123abcd)" of a build that was not released.
  if (is("plugin-version")) manifest.plugin_version = value.substr(0, value.find(' '));
  if (is("weave-classes")) manifest.weaves = true;
}

std::string version_of(const JarManifest& manifest) {
  for (const std::string* version :
       {&manifest.plugin_version, &manifest.version, &manifest.bundle_version}) {
    if (is_plain_word(*version) && version->find("${") == version->npos) return *version;
  }
  return {};
}

// GROUP.ARTIFACT where nothing can have been shortened.
std::string group_of_bundle(std::string_view bundle, std::string_view artifact) {
  if (artifact.find('-') == artifact.npos || bundle.size() <= artifact.size() + 1) return {};
  const std::string_view group = bundle.substr(0, bundle.size() - artifact.size() - 1);
  if (!bundle.ends_with(artifact) || bundle[group.size()] != '.') return {};
  return std::count(group.begin(), group.end(), '.') >= 2 ? std::string(group) : std::string();
}

}  // namespace

JarIdentity read_pom_properties(std::string_view bytes) {
  JarIdentity identity;
  LineReader lines(bytes);
  for (std::string_view line; lines.next(line);) {
    line = trim(line);
    if (line.starts_with('#') || line.starts_with('!')) continue;
    const std::size_t equals = line.find_first_of("=:");
    if (equals == line.npos) continue;
    const std::string_view key = trim(line.substr(0, equals));
    const std::string value = literal(line.substr(equals + 1));
    if (key == "groupId") identity.group = value;
    if (key == "artifactId") identity.artifact = value;
    if (key == "version") identity.version = value;
  }
  return identity;
}

Result<JarIdentity> read_pom_xml(std::string_view bytes, const Limits& limits) {
  ASSIGN_OR_RETURN(XmlReader reader, XmlReader::open(bytes, limits));
  JarIdentity own, parent;
  bool is_project = false;
  while (true) {
    ASSIGN_OR_RETURN(const bool more, reader.next());
    if (!more) break;
    if (reader.depth() == 0) is_project = reader.name() == "project";
    if (reader.depth() != 1) continue;
    const std::string name(reader.name());
    if (name != "groupId" && name != "artifactId" && name != "version" && name != "parent") {
      continue;
    }
    ASSIGN_OR_RETURN(const XmlElement element, reader.element());
    if (name == "groupId") own.group = literal(element.text);
    if (name == "artifactId") own.artifact = literal(element.text);
    if (name == "version") own.version = literal(element.text);
    if (name != "parent") continue;
    parent.group = literal(element["groupId"].text);
    parent.version = literal(element["version"].text);
  }
  if (!is_project) return Error{ErrorCode::kInvalidInput, "no element <project>"};
  if (own.group.empty()) own.group = parent.group;
  if (own.version.empty()) own.version = parent.version;
  return own;
}

JarManifest read_manifest(std::string_view bytes) {
  JarManifest manifest;
  std::string name, value;
  LineReader lines(bytes);
  for (std::string_view line; lines.next(line) && !line.empty();) {
    if (line.front() == ' ') {  // the line before goes on
      value += line.substr(1);
      continue;
    }
    set_attribute(manifest, name, value);
    const std::size_t colon = line.find(':');
    name = line.substr(0, colon);
    value = colon == line.npos ? std::string_view() : line.substr(colon + 1);
  }
  set_attribute(manifest, name, value);
  return manifest;
}

JarIdentity split_jar_name(std::string_view file_name) {
  const std::string_view stem = file_name.substr(0, file_name.rfind('.'));
  std::size_t at = stem.npos, end = stem.npos;
  for (std::size_t i = 1; i + 1 < stem.size(); ++i) {
    if (stem[i] != '-' || !is_digit(stem[i + 1])) continue;
    at = i;
    end = foreign_word(stem.substr(i + 1));
    if (end == stem.npos) break;  // a version to the end; else a later one may be meant
  }
  if (at == stem.npos) {
    // Eclipse writes org.eclipse.osgi_3.18.0.v2022.
    const std::size_t underscore = stem.find('_');
    const bool eclipse = underscore != stem.npos && underscore + 1 < stem.size() &&
                         stem.substr(0, underscore).find('.') != stem.npos &&
                         is_digit(stem[underscore + 1]);
    if (!eclipse) return {"", std::string(stem), ""};
    at = underscore;
  }
  return {"", std::string(stem.substr(0, at)), std::string(stem.substr(at + 1, end))};
}

JarIdentity identity_without_pom(std::string_view file_name, const JarManifest& manifest) {
  JarIdentity identity = split_jar_name(file_name);
  if (!manifest.plugin.empty() && is_artifact_name(manifest.plugin)) {
    identity.artifact = manifest.plugin;
    identity.group = manifest.plugin_group;
  }
  if (identity.version.empty()) {
    identity.version = version_of(manifest);
    const bool named = is_artifact_name(manifest.title) && manifest.plugin.empty();
    if (named && !identity.version.empty()) identity.artifact = manifest.title;
  }
  if (identity.group.empty()) {
    identity.group = group_of_artifact(identity.artifact, identity.version, manifest);
  }
  if (identity.group.empty()) {
    identity.group = group_of_bundle(manifest.bundle, identity.artifact);
  }
  return identity;
}

}  // namespace seaworthy
