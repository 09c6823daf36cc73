#include "scan/match/archive_identity.h"

#include <algorithm>

namespace seaworthy {
namespace {

constexpr std::size_t kNamed = 3;  // in the reason for a doubt

void rename(Package& package, std::string_view coordinates) {
  const std::size_t version = coordinates.rfind(':');
  const std::size_t artifact =
      version == coordinates.npos ? 0 : coordinates.rfind(':', version - 1);
  if (version == coordinates.npos || artifact == coordinates.npos) return;
  Purl purl;
  purl.type = "maven";
  purl.name_space = coordinates.substr(0, artifact);
  purl.name = coordinates.substr(artifact + 1, version - artifact - 1);
  purl.version = coordinates.substr(version + 1);
  package.name = coordinates.substr(0, version);
  package.version = purl.version;
  package.set_property("purl", to_text(purl));
  package.set_property(kDoubt, "");
}

std::string doubt_of(const std::vector<std::string>& names) {
  std::string text = "the same bytes were published as ";
  for (std::size_t i = 0; i < std::min(names.size(), kNamed); ++i) {
    text += (i == 0 ? "" : ", ") + names[i];
  }
  return names.size() > kNamed ? text + ", ..." : text;
}

}  // namespace

void identify_archives(Inventory& inventory, const ArchivesBySha1& archives) {
  bool renamed = false;
  for (Package& package : inventory.packages) {
    const std::string_view sha1 = package.property(kArchiveSha1);
    if (sha1.empty()) continue;
    const std::vector<std::string> names = archives(sha1);
    if (names.size() == 1) {
      rename(package, names.front());
      renamed = true;
    } else if (names.size() > 1 && !package.property(kDoubt).empty()) {
      package.set_property(kDoubt, doubt_of(names));
    }
  }
  if (renamed)
    std::stable_sort(inventory.packages.begin(), inventory.packages.end(), package_before);
}

}  // namespace seaworthy
