// Java archives: a jar is a zip with META-INF/MANIFEST.MF ("JAR File Specification", Oracle); war,
// ear and their relatives are jars that hold jars, and so are Spring Boot's executable ones
// (BOOT-INF/lib). Jars inside are read where they lie; one that is compressed is inflated alone, so
// that an archive needs its own size and that of the largest one inside, level by level. What is in
// an inner jar has the path outer.jar!/BOOT-INF/lib/inner.jar.
//
// A jar is what its pom.properties say (jar_identity.cc); each of them beyond its own is a library
// that was shaded into it. A jar without one of its own carries its SHA-1, by which a table of
// published jars may know it (docs/reference/languages.md). Of log4j-core the classes are looked
// at as well (log4j_classes.cc).
//
// Loose META-INF/maven/**/pom.properties are jars that somebody unpacked.
//
// Not read: jmod files, which are parts of the JDK that a `release` file names.
//
// A hostile archive may hold itself, claim any size, or list one member a million times. Three
// numbers bound what one file costs: the members of all archives in it, the bytes of the members
// that were read, and the bytes that are held at a time; and archives are read to a depth.
#include <algorithm>
#include <array>
#include <set>
#include <string>

#include "core/codec/digest.h"
#include "core/codec/json.h"
#include "core/codec/zip_view.h"
#include "core/model/problem.h"
#include "scan/extract/evidence_builder.h"
#include "scan/extract/extractor.h"
#include "scan/extract/jar_identity.h"
#include "scan/extract/language_package.h"
#include "scan/extract/lines.h"
#include "scan/extract/log4j_classes.h"

namespace seaworthy {
namespace {

constexpr std::uint64_t kMaxDepth = 8;              // of archives in archives
constexpr std::uint64_t kMaxTextBytes = 16 * kMiB;  // of a manifest, which has the digests of all
constexpr std::uint64_t kFreeBytes = 64 * kMiB;     // behind these Limits::ratio counts
constexpr std::size_t kMaxPoms = 10'000;            // of one archive

constexpr std::string_view kManifestName = "meta-inf/manifest.mf";
constexpr std::string_view kMavenDirectory = "META-INF/maven/";
constexpr std::string_view kProperties = "/pom.properties";
constexpr std::string_view kPom = "/pom.xml";

constexpr std::string_view kNoGroup = "its Maven group is not known: it has no pom.properties";
constexpr std::string_view kNoVersion = "its version is not known";
constexpr std::string_view kByClasses =
    "log4j-core by its classes, without metadata: the version is the first that has them";

bool is_archive(std::string_view path) {
  constexpr std::array<std::string_view, 13> kEndings{
      "jar", "war", "ear", "par", "sar", "nar", "jpi", "hpi", "kar", "lpkg", "far", "rar", "zap"};
  const std::size_t dot = path.rfind('.');
  if (dot == path.npos || path.size() - dot > 5) return false;
  const std::string ending = lower_case(path.substr(dot + 1));
  return std::find(kEndings.begin(), kEndings.end(), ending) != kEndings.end();
}

bool is_maven_file(std::string_view path, std::string_view name) {
  return path.ends_with(name) && path.find(kMavenDirectory) != path.npos;
}

bool wants_java(const FileInfo& file) {
  return is_archive(file.path) || is_maven_file(file.path, kProperties);
}

// One archive while it is walked.
struct Jar {
  std::string inside;  // path in the file that is read; "" for the file itself
  std::string name;    // of its file
  std::vector<JarIdentity> poms;
  std::set<std::string, std::less<>> read_poms;               // directories
  std::vector<std::pair<std::string, ZipMember>> other_poms;  // pom.xml, by directory
  JarManifest manifest;
  Log4jClasses classes;
  bool has_archives = false;
};

class JarReader {
 public:
  JarReader(EvidenceBuilder& evidence, const Limits& limits, std::uint64_t file_bytes)
      : evidence_(evidence), limits_(limits), file_bytes_(file_bytes) {}

  void read(std::string_view bytes, std::string inside, std::string_view name, std::uint64_t depth);

 private:
  void visit(const ZipView& zip, const ZipMember& member, Jar& jar, std::uint64_t depth);
  void visit_archive(const ZipView& zip, const ZipMember& member, const Jar& jar,
                     std::uint64_t depth);
  void read_other_poms(const ZipView& zip, Jar& jar);
  void settle(const Jar& jar, std::string_view bytes);
  void add(const Jar& jar, const JarIdentity& identity, std::string_view bytes,
           std::string_view doubt);

  Result<std::string_view> content(const ZipView& zip, const ZipMember& member, std::uint64_t most,
                                   std::string& buffer);
  void problem(const Jar& jar, std::string_view member, const Error& error);

  EvidenceBuilder& evidence_;
  const Limits& limits_;
  const std::uint64_t file_bytes_;
  std::uint64_t members_ = 0, read_bytes_ = 0, held_bytes_ = 0;
  bool stopped_ = false;  // a limit of the whole file was reached
};

void JarReader::problem(const Jar& jar, std::string_view member, const Error& error) {
  std::string where = jar.inside;
  if (!where.empty() && !member.empty()) where += "!/";
  where += valid_utf8(member);
  if (!where.empty()) where += ": ";
  const bool limit = error.code == ErrorCode::kLimitExceeded;
  evidence_.problem(limit ? problem::kLimit : problem::kUnreadableRecord, where + error.message);
}

// Counts what is read before it is: the end of a limit is the end of the file.
Result<std::string_view> JarReader::content(const ZipView& zip, const ZipMember& member,
                                            std::uint64_t most, std::string& buffer) {
  if (member.inflated_bytes <= most) {
    read_bytes_ += member.inflated_bytes;
    stopped_ = read_bytes_ > limits_.layer_bytes ||
               (read_bytes_ > kFreeBytes && read_bytes_ / limits_.ratio > file_bytes_);
    if (stopped_) return over_limit(limits_, &Limits::ratio, "what is read of an archive");
  }
  return zip.content(member, most, buffer);
}

void JarReader::read(std::string_view bytes, std::string inside, std::string_view name,
                     std::uint64_t depth) {
  Jar jar;
  jar.inside = std::move(inside);
  jar.name = name;
  auto zip = ZipView::open(bytes);
  if (!zip) return problem(jar, "", zip.error());
  // Cut inside a jar that it stores, a jar ends like that one, in front of which the rest would be
  // what a launcher is.
  if (zip->prefix_bytes() > 0 && bytes.starts_with("PK\x03\x04")) {
    problem(jar, "",
            Error{ErrorCode::kInvalidInput,
                  "the archive is cut: only one that is stored in it has its directory"});
  }
  ZipMember member;
  while (!stopped_) {
    const auto more = zip->next(member);
    if (!more) problem(jar, "", more.error());
    if (!more || !*more) break;
    if (++members_ > limits_.entries) {
      stopped_ = true;
      problem(jar, "", over_limit(limits_, &Limits::entries, "members of archives in one file"));
      break;
    }
    visit(*zip, member, jar, depth);
  }
  read_other_poms(*zip, jar);
  settle(jar, bytes);
}

void JarReader::visit(const ZipView& zip, const ZipMember& member, Jar& jar, std::uint64_t depth) {
  const std::string_view name = member.name;
  const bool is_class = jar.classes.see(name);
  const bool is_properties = is_maven_file(name, kProperties);
  const bool is_manifest = name.size() == kManifestName.size() && lower_case(name) == kManifestName;
  if (is_archive(name)) {
    jar.has_archives = true;
    return visit_archive(zip, member, jar, depth);
  }
  if (is_maven_file(name, kPom) && jar.other_poms.size() < kMaxPoms) {
    jar.other_poms.emplace_back(name.substr(0, name.size() - kPom.size()), member);
  }
  if (!is_class && !is_properties && !is_manifest) return;
  std::string buffer;
  const auto text = content(zip, member, kMaxTextBytes, buffer);
  if (!text) return problem(jar, name, text.error());
  if (is_class) jar.classes.see_content(*text);
  if (is_manifest) jar.manifest = read_manifest(*text);
  if (!is_properties || jar.poms.size() >= kMaxPoms) return;
  JarIdentity identity = read_pom_properties(*text);
  if (!identity.is_whole()) return;  // its pom.xml may tell
  jar.poms.push_back(std::move(identity));
  jar.read_poms.emplace(name.substr(0, name.size() - kProperties.size()));
}

void JarReader::visit_archive(const ZipView& zip, const ZipMember& member, const Jar& jar,
                              std::uint64_t depth) {
  if (member.inflated_bytes == 0) return;
  if (depth >= std::min(kMaxDepth, limits_.nesting)) {
    return problem(jar, member.name,
                   over_limit(std::min(kMaxDepth, limits_.nesting), &Limits::nesting,
                              "archives inside archives"));
  }
  const std::uint64_t held = std::min(held_bytes_ + file_bytes_, limits_.memory_bytes);
  std::string buffer;
  const auto bytes = content(zip, member, limits_.memory_bytes - held, buffer);
  if (!bytes) return problem(jar, member.name, bytes.error());
  held_bytes_ += buffer.size();
  std::string inside = jar.inside.empty() ? "" : jar.inside + "!/";
  inside += valid_utf8(member.name);
  read(*bytes, std::move(inside), base_name(member.name), depth + 1);
  held_bytes_ -= buffer.size();
}

void JarReader::read_other_poms(const ZipView& zip, Jar& jar) {
  std::string buffer;
  for (const auto& [directory, member] : jar.other_poms) {
    if (stopped_ || jar.read_poms.contains(directory)) continue;
    const auto text = content(zip, member, kMaxTextBytes, buffer);
    if (!text) {
      problem(jar, member.name, text.error());
      continue;
    }
    auto identity = read_pom_xml(*text, limits_);
    if (!identity) {
      problem(jar, member.name, identity.error());
    } else if (!identity->artifact.empty()) {
      jar.poms.push_back(*std::move(identity));
    }
  }
}

// A pom of the jar itself, not of a library in it: by its name, or where the name says nothing.
bool is_own(const JarIdentity& pom, const JarIdentity& by_name, std::string_view file_name) {
  return by_name.version.empty() || pom.artifact == by_name.artifact ||
         file_name.starts_with(pom.artifact + "-") || file_name.starts_with(pom.artifact + ".");
}

void JarReader::settle(const Jar& jar, std::string_view bytes) {
  const JarIdentity by_name = split_jar_name(jar.name);
  bool has_own = false;
  bool is_log4j = false;
  for (const JarIdentity& pom : jar.poms) {
    has_own = has_own || is_own(pom, by_name, jar.name);
    is_log4j = is_log4j || pom.artifact == "log4j-core";
    add(jar, pom, {}, pom.is_whole() ? "" : "its pom.xml takes group or version from elsewhere");
  }
  if (!has_own && !jar.manifest.weaves) {
    JarIdentity own = identity_without_pom(jar.name, jar.manifest);
    is_log4j = is_log4j || own.artifact == "log4j-core";
    if (is_log4j && own.group.empty()) own.group = "org.apache.logging.log4j";
    add(jar, own, bytes,
        own.version.empty() ? kNoVersion
        : own.group.empty() ? kNoGroup
                            : std::string_view());
  }
  if (jar.classes.is_core() && !is_log4j) {
    add(jar, {"org.apache.logging.log4j", "log4j-core", jar.classes.first_version()}, {},
        kByClasses);
  }
}

// `bytes`: of the archive, where a table may know it by its hash.
void JarReader::add(const Jar& jar, const JarIdentity& identity, std::string_view bytes,
                    std::string_view doubt) {
  const std::string name =
      identity.group.empty() ? identity.artifact : identity.group + ":" + identity.artifact;
  Package package = language_package("maven", name, ':', identity.version);
  package.path = jar.inside;
  package.set_property(kDoubt, std::string(doubt));
  if (identity.artifact == "log4j-core") {
    package.set_property(kJndiLookup, jar.classes.has_jndi_lookup() ? "present" : "absent");
  }
  if (!bytes.empty() && !jar.has_archives) {
    Hasher hasher(Hasher::Algorithm::kSha1);
    hasher.update(bytes);
    const std::string digest = hasher.finish();
    package.set_property(kArchiveSha1, digest.substr(digest.find(':') + 1));
  }
  const std::string& license = jar.manifest.license;
  if (!bytes.empty() && !license.empty() && license.find("://") == license.npos &&
      is_plain_word(license)) {
    package.licenses.push_back(license);
  }
  if (identity.version.empty() && is_plain_word(name)) {
    evidence_.add(std::move(package));
  } else {
    add_language_package(evidence_, std::move(package), jar.inside);
  }
}

Result<Evidence> extract_java(std::span<const FileView> files, const Limits& limits) {
  const FileView& file = files[0];
  EvidenceBuilder evidence("lang/java", file.path);
  if (is_maven_file(file.path, kProperties)) {
    const JarIdentity identity = read_pom_properties(file.bytes);
    if (!identity.is_whole()) {
      return Error{ErrorCode::kInvalidInput, "no groupId, artifactId or version"};
    }
    add_language_package(
        evidence,
        language_package("maven", identity.group + ":" + identity.artifact, ':', identity.version),
        "");
    return evidence.take();
  }
  if (file.bytes.empty()) return evidence.take();
  // What nothing marks as a zip no virtual machine would load either.
  if (auto zip = ZipView::open(file.bytes); !zip && !file.bytes.starts_with("PK")) {
    evidence.problem(problem::kDocument, "named as a Java archive, and no zip: it was not read");
    return evidence.take();
  }
  JarReader(evidence, limits, file.bytes.size()).read(file.bytes, "", base_name(file.path), 0);
  return evidence.take();
}

}  // namespace

extern const Extractor kJava;
const Extractor kJava{
    .name = "lang/java",
    .description = "Java libraries in jars, wars and their relatives, nested ones too",
    .max_file_bytes = 512 * kMiB,
    .is_database = false,
    .wants = wants_java,
    .extract = extract_java,
    .companions = nullptr,
    .anchors = {},
};

}  // namespace seaworthy
