#include "scan/image/platform_choice.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace seaworthy {
namespace {

struct ArchName {
  std::string_view other, arch, variant;
};
constexpr std::array kArchNames{
    ArchName{"x86_64", "amd64", ""},  ArchName{"x86-64", "amd64", ""},
    ArchName{"aarch64", "arm64", ""}, ArchName{"armhf", "arm", "v7"},
    ArchName{"armel", "arm", "v6"},   ArchName{"i386", "386", ""},
    ArchName{"i686", "386", ""},      ArchName{"powerpc64le", "ppc64le", ""},
};

std::string_view usual_variant(std::string_view arch) {
  if (arch == "arm64") return "v8";
  if (arch == "arm") return "v7";
  if (arch == "amd64") return "v1";
  return "";
}

// Versions of Windows are wanted as a whole or by their front parts.
bool serves_version(const Platform& offer, const Platform& wanted) {
  return wanted.os_version.empty() || offer.os_version == wanted.os_version ||
         offer.os_version.starts_with(wanted.os_version + ".");
}

// How well a variant serves where none was asked for; higher is better.
int rank_of(const Platform& platform) {
  if (platform.variant == usual_variant(platform.arch)) return 10;
  if (platform.arch != "arm") return 1;
  if (platform.variant == "v6") return 3;
  if (platform.variant == "v5") return 2;
  return 1;
}

}  // namespace

Platform normalized(const Platform& platform) {
  Platform result = platform;
  for (const ArchName& row : kArchNames) {
    if (row.other != platform.arch) continue;
    result.arch = row.arch;
    if (result.variant.empty()) result.variant = row.variant;
  }
  if (result.variant.empty()) {
    result.variant = usual_variant(result.arch);
  } else if (result.variant.front() >= '0' && result.variant.front() <= '9') {
    result.variant.insert(0, 1, 'v');  // "8" is what some tools write
  }
  return result;
}

std::optional<std::size_t> choose_platform(const std::vector<Platform>& have,
                                           const Platform& wanted) {
  const Platform exact = normalized(wanted);
  std::optional<std::size_t> best;
  int best_rank = 0;
  for (std::size_t i = 0; i < have.size(); ++i) {
    const Platform offer = normalized(have[i]);
    if (offer.os != exact.os || offer.arch != exact.arch || !serves_version(offer, wanted)) {
      continue;
    }
    int rank = offer.variant == exact.variant ? 100 : 0;
    if (rank == 0 && wanted.variant.empty()) rank = rank_of(offer);
    if (rank > best_rank) {
      best = i;
      best_rank = rank;
    }
  }
  return best;
}

std::vector<Platform> other_versions(const std::vector<Platform>& have, const Platform& chosen,
                                     const Platform& wanted) {
  std::vector<Platform> found;
  for (const Platform& offer : have) {
    if (normalized(offer).text() != normalized(chosen).text()) continue;
    if (serves_version(offer, wanted)) found.push_back(offer);
  }
  return found;
}

std::string list_platforms(const std::vector<Platform>& platforms) {
  std::vector<std::string> names;
  for (const Platform& platform : platforms) {
    std::string text = platform.full_text();
    if (std::find(names.begin(), names.end(), text) != names.end()) continue;
    names.push_back(names.size() < 20 ? std::move(text) : "...");
    if (names.size() > 20) break;
  }
  std::string joined;
  for (const std::string& text : names) joined += (joined.empty() ? "" : ", ") + text;
  return joined;
}

}  // namespace seaworthy
