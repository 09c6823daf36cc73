// Java runtimes by the file `release` at their root, which the build of the JDK writes as shell
// assignments: JAVA_VERSION="17.0.15", JAVA_RUNTIME_VERSION="17.0.15+6-LTS", IMPLEMENTOR=...
//
// Until Java 8 a version is 1.8.0_302-b08; it is listed as 8.0.302+8, as everybody counts since
// (rule 49, JEP 223). Vendors differ only in name; the CPE is that of the vendor's product where
// NVD has one, and always that of OpenJDK, under which it speaks of all of them.
#include <array>
#include <string>

#include "core/model/problem.h"
#include "scan/extract/evidence_builder.h"
#include "scan/extract/extractor.h"
#include "scan/extract/language_package.h"
#include "scan/extract/lines.h"

namespace seaworthy {
namespace {

struct Vendor {
  std::string_view implementor;  // the beginning
  std::string_view name;
  std::string_view cpe;  // vendor:product; "" where NVD has none of its own
};

constexpr std::array kVendors{
    Vendor{"Eclipse Adoptium", "temurin", "eclipse:temurin"},
    Vendor{"Eclipse Foundation", "temurin", "eclipse:temurin"},
    Vendor{"Azul Systems", "zulu", "azul:zulu"},
    Vendor{"Amazon.com", "corretto", "amazon:corretto"},
    Vendor{"IBM", "semeru", "ibm:semeru_runtime"},
    Vendor{"International Business Machines", "semeru", "ibm:semeru_runtime"},
    Vendor{"BellSoft", "liberica", ""},
    Vendor{"SAP SE", "sapmachine", ""},
    Vendor{"GraalVM Community", "graalvm", "oracle:graalvm"},
};

bool wants_jvm(const FileInfo& file) {
  constexpr std::uint64_t kLargest = 64 * kKiB;  // others are called `release` too
  return base_name(file.path) == "release" && file.size_bytes <= kLargest;
}

struct Release {
  std::string_view implementor, version, runtime_version, variant, build_type, graal;
};

std::string_view unquoted(std::string_view text) {
  text = trim(text);
  const bool quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
  return quoted ? text.substr(1, text.size() - 2) : text;
}

Release read_release(std::string_view bytes) {
  Release release;
  for_each_line(bytes, [&](std::string_view line, std::uint64_t) {
    const std::size_t equals = line.find('=');
    if (equals == line.npos) return;
    const std::string_view key = line.substr(0, equals), value = unquoted(line.substr(equals + 1));
    if (key == "IMPLEMENTOR") release.implementor = value;
    if (key == "JAVA_VERSION") release.version = value;
    if (key == "JAVA_RUNTIME_VERSION") release.runtime_version = value;
    if (key == "JVM_VARIANT") release.variant = value;
    if (key == "BUILD_TYPE") release.build_type = value;
    if (key == "GRAALVM_VERSION") release.graal = value;
  });
  return release;
}

// "1.8.0_302-b08" is 8.0.302+8, "17.0.15+6-LTS" is 17.0.15+6.
std::string version_of(const Release& release) {
  const bool builds = release.runtime_version.starts_with(release.version);
  std::string_view text = builds ? release.runtime_version : release.version;
  if (!text.starts_with("1.")) {
    const std::size_t plus = text.find('+');
    const std::size_t from = plus == text.npos ? 0 : plus;
    return std::string(text.substr(0, text.find('-', from)));
  }
  text.remove_prefix(2);
  const std::size_t update = text.find('_');
  if (update == text.npos) return std::string(text.substr(0, text.find('-')));
  const std::string_view rest = text.substr(update + 1);
  std::string version(text.substr(0, update));
  version += "." + std::string(rest.substr(0, rest.find('-')));
  const std::size_t build = rest.find("-b");
  if (build == rest.npos) return version;
  std::string_view digits = rest.substr(build + 2);
  digits = digits.substr(0, digits.find_first_not_of("0123456789"));
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
  return digits.empty() ? version : version + "+" + std::string(digits);
}

Result<Evidence> extract_jvm(std::span<const FileView> files, const Limits&) {
  EvidenceBuilder evidence("lang/jvm", files[0].path);
  const Release release = read_release(files[0].bytes);
  if (release.version.empty()) return evidence.take();  // of something else
  std::string_view name = "openjdk", own_product;
  for (const Vendor& vendor : kVendors) {
    if (!release.implementor.starts_with(vendor.implementor)) continue;
    name = vendor.name;
    own_product = vendor.cpe;
  }
  if (release.build_type == "commercial" && release.implementor.starts_with("Oracle")) {
    name = "jdk";
    own_product = "oracle:jdk";
  }
  const std::string version = version_of(release);
  Package package = language_package("generic", name, 0, version);
  if (is_plain_word(version)) {
    const std::string products = std::string(own_product) + " oracle:openjdk";
    package.set_property(kCpe, application_cpe(products, version.substr(0, version.find('+'))));
  }
  package.set_property(kVendor, std::string(release.implementor.substr(0, 200)));
  add_language_package(evidence, std::move(package), "");
  return evidence.take();
}

}  // namespace

extern const Extractor kJvm;
const Extractor kJvm{
    .name = "lang/jvm",
    .description = "Java runtimes by their release file",
    .max_file_bytes = 64 * kKiB,
    .is_database = false,
    .wants = wants_jvm,
    .extract = extract_jvm,
    .companions = nullptr,
    .anchors = {},
};

}  // namespace seaworthy
