// Bottlerocket has no package manager at run time. Its builds leave
// usr/share/bottlerocket/application-inventory.json, {"Content": [...]}, one object per rpm that
// went into the image: Name, Publisher, Version, Release, Epoch, Architecture. On a host's image
// the tree stands below ARCH-bottlerocket-linux-gnu/sys-root/ as well.
#include <array>
#include <charconv>
#include <string>

#include "core/codec/json.h"
#include "core/model/problem.h"
#include "scan/extract/evidence_builder.h"
#include "scan/extract/extractor.h"
#include "scan/extract/lines.h"
#include "scan/extract/rpm_header.h"

namespace seaworthy {
namespace {

constexpr std::array<std::string_view, 3> kInventories{
    "usr/share/bottlerocket/application-inventory.json",
    "x86_64-bottlerocket-linux-gnu/sys-root/usr/share/bottlerocket/application-inventory.json",
    "aarch64-bottlerocket-linux-gnu/sys-root/usr/share/bottlerocket/application-inventory.json"};

bool wants_inventory(const FileInfo& file) {
  return file.path == kInventories[0] || file.path == kInventories[1] ||
         file.path == kInventories[2];
}

// "" is no epoch; false where the text is neither that nor a number.
bool read_epoch(std::string_view text, std::uint32_t& epoch) {
  if (text.empty()) return true;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), epoch);
  return error == std::errc{} && end == text.data() + text.size();
}

// False where the object is no package.
bool read_package(const JsonValue& value, Package& package) {
  const std::string_view name = value["Name"].text();
  const std::string_view version = value["Version"].text();
  const std::string_view release = value["Release"].text();
  std::uint32_t epoch = 0;
  if (!is_plain_word(name) || !is_plain_word(version) ||
      !read_epoch(value["Epoch"].text(), epoch)) {
    return false;
  }
  package.type = PackageType::kRpm;
  package.name = name;
  package.version =
      is_plain_word(release) ? rpm_version(epoch, version, release) : std::string(version);
  if (is_plain_word(value["Architecture"].text())) package.arch = value["Architecture"].text();
  package.set_property(kVendor, std::string(value["Publisher"].text()));
  return true;
}

Result<Evidence> extract_inventory(std::span<const FileView> files, const Limits& limits) {
  EvidenceBuilder evidence("os/bottlerocket", files[0].path);
  JsonDocument document;
  RETURN_IF_ERROR(document.parse(files[0].bytes, limits));
  const JsonValue content = document.root()["Content"];
  if (!content.is_array()) return Error{ErrorCode::kInvalidInput, "no array \"Content\""};
  std::size_t number = 0;
  for (const JsonValue& value : content.elements()) {
    ++number;
    Package package;
    if (!read_package(value, package)) {
      evidence.problem(problem::kUnreadableRecord, "Content entry " + std::to_string(number) +
                                                       ": without a usable name, version or epoch");
      continue;
    }
    if (!evidence.add(std::move(package))) break;
  }
  return evidence.take_database();
}

}  // namespace

extern const Extractor kBottlerocket;
const Extractor kBottlerocket{
    .name = "os/bottlerocket",
    .description = "Bottlerocket's application inventory",
    .max_file_bytes = 16 * kMiB,
    .is_database = true,
    .wants = wants_inventory,
    .extract = extract_inventory,
    .companions = nullptr,
    .anchors = kInventories,
};

}  // namespace seaworthy
