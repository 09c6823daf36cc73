// The choices of a LayoutReader: which entries of index.json a reference means, and which of their
// platforms are read.
#include <algorithm>
#include <map>

#include "core/codec/digest.h"
#include "scan/image/layout.h"
#include "scan/image/platform_choice.h"

namespace seaworthy {
namespace {

std::string name_of_entry(const Descriptor& entry) {
  return entry.containerd_name.empty() ? entry.ref_name : entry.containerd_name;
}

bool is_meant(const Descriptor& entry, std::string_view ref) {
  return entry.ref_name == ref || entry.containerd_name == ref || entry.digest == ref ||
         entry.containerd_name.ends_with("/" + std::string(ref));
}

std::string list_entries(const std::vector<Descriptor>& entries) {
  std::string text;
  std::size_t shown = 0;
  for (const Descriptor& entry : entries) {
    if (++shown > 20) return text + ", ...";
    const std::string name = name_of_entry(entry);
    text += (text.empty() ? "" : ", ") + (name.empty() ? entry.digest : name);
  }
  return text;
}

template <class Leaves>
std::vector<Platform> platforms_of(const Leaves& leaves) {
  std::vector<Platform> platforms;
  for (const auto& leaf : leaves) platforms.push_back(leaf.platform);
  return platforms;
}

}  // namespace

Result<std::vector<Descriptor>> LayoutReader::entries_for(std::string_view ref) {
  ASSIGN_OR_RETURN(std::vector<Descriptor> entries, read_root());
  if (!ref.empty()) {
    std::vector<Descriptor> meant;
    for (const Descriptor& entry : entries) {
      if (is_meant(entry, ref)) meant.push_back(entry);
    }
    if (meant.empty()) {
      return Error{ErrorCode::kNotFound, content_.name() + " has no image '" + std::string(ref) +
                                             "'; it has " + list_entries(entries)};
    }
    entries = std::move(meant);
  }
  // Entries of different names are different images, unless they are names of the same one.
  const Descriptor& first = entries.front();
  const bool one_image = std::all_of(entries.begin(), entries.end(), [&](const Descriptor& entry) {
    return name_of_entry(entry) == name_of_entry(first) || entry.digest == first.digest;
  });
  if (!one_image) {
    return Error{ErrorCode::kNotFound,
                 content_.name() +
                     " holds several images; choose one by adding :NAME to the target, "
                     "where NAME is one of " +
                     list_entries(entries)};
  }
  return entries;
}

Error LayoutReader::missing_manifest(const std::vector<Leaf>& leaves, const Leaf& leaf) {
  misses_blobs_ = true;
  std::vector<Leaf> present;
  std::copy_if(leaves.begin(), leaves.end(), std::back_inserter(present),
               [](const Leaf& one) { return one.present; });
  return blob_error("manifest", leaf.descriptor.digest,
                    "of platform " + leaf.platform.text() +
                        " is missing: the archive was saved without it. Complete are: " +
                        (present.empty() ? "none" : list_platforms(platforms_of(present))) +
                        ". Choose one with --platform, save it again (docker save --platform "
                        "OS/ARCH), or copy the whole image (skopeo copy --all)");
}

Result<std::vector<std::size_t>> LayoutReader::choose_for_host(const std::vector<Leaf>& leaves,
                                                               std::vector<Problem>& problems) {
  const std::vector<Platform> platforms = platforms_of(leaves);
  const std::optional<std::size_t> best = choose_platform(platforms, host_platform());
  if (best && leaves[*best].present) return std::vector{*best};
  std::vector<std::size_t> present;
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    if (leaves[i].present) present.push_back(i);
  }
  if (present.size() == 1) {
    problems.push_back({"", -1, "choose platform", problem::kPlatform,
                        "only " + platforms[present[0]].text() + " of " +
                            list_platforms(platforms) + " is complete in this archive"});
    return present;
  }
  if (best) return missing_manifest(leaves, leaves[*best]);
  return Error{ErrorCode::kNotFound,
               content_.name() + " has no image for " + host_platform().text() +
                   "; choose with --platform one of " + list_platforms(platforms)};
}

Result<std::vector<std::size_t>> LayoutReader::choose_all(const std::vector<Leaf>& leaves,
                                                          std::vector<Problem>& problems) {
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    if (leaves[i].present) {
      chosen.push_back(i);
    } else {
      problems.push_back({"", -1, "choose platform", problem::kPlatform,
                          "the manifest " + leaves[i].descriptor.digest + " of platform " +
                              leaves[i].platform.text() + " is missing in this archive"});
    }
  }
  if (chosen.empty()) return missing_manifest(leaves, leaves.front());
  return chosen;
}

// Two manifests of one platform that stand side by side in index.json without names: which one is
// meant, nothing says.
Status LayoutReader::check_one_image(const std::vector<Leaf>& leaves) const {
  std::map<std::string, const Leaf*> first_of;
  for (const Leaf& leaf : leaves) {
    const auto [first, is_new] = first_of.emplace(normalized(leaf.platform).text(), &leaf);
    if (is_new || first->second->entry == leaf.entry) continue;
    return Error{ErrorCode::kNotFound,
                 content_.name() +
                     " holds several images; choose one by adding :DIGEST to the target, "
                     "for example :" +
                     first->second->descriptor.digest + " or :" + leaf.descriptor.digest};
  }
  return ok_status();
}

// Images of Windows for several of its builds: which of them runs depends on the host.
void LayoutReader::say_other_versions(const std::vector<Leaf>& leaves, const Leaf& chosen,
                                      const Platform& wanted, std::vector<Problem>& problems) {
  const std::vector<Platform> others =
      other_versions(platforms_of(leaves), chosen.platform, wanted);
  const bool differ = std::any_of(others.begin(), others.end(), [&](const Platform& each) {
    return each.os_version != chosen.platform.os_version;
  });
  if (!differ) return;
  problems.push_back({"", -1, "choose platform", problem::kPlatform,
                      chosen.platform.full_text() + " was read, the first of " +
                          list_platforms(others) +
                          "; choose with --platform 'windows(VERSION)/ARCH'"});
}

Result<std::vector<std::size_t>> LayoutReader::choose(const std::vector<Leaf>& leaves,
                                                      std::vector<Problem>& problems) {
  RETURN_IF_ERROR(check_one_image(leaves));
  if (options_.all_platforms) return choose_all(leaves, problems);
  if (options_.platforms.empty()) {
    if (leaves.size() == 1) return std::vector<std::size_t>{0};
    return choose_for_host(leaves, problems);
  }
  std::vector<std::size_t> chosen;
  for (const Platform& wanted : options_.platforms) {
    const auto best = choose_platform(platforms_of(leaves), wanted);
    if (!best) {
      return Error{ErrorCode::kNotFound, content_.name() + " has no image for " +
                                             wanted.full_text() + "; it has " +
                                             list_platforms(platforms_of(leaves))};
    }
    if (!leaves[*best].present) return missing_manifest(leaves, leaves[*best]);
    say_other_versions(leaves, leaves[*best], wanted, problems);
    if (std::find(chosen.begin(), chosen.end(), *best) == chosen.end()) chosen.push_back(*best);
  }
  return chosen;
}

}  // namespace seaworthy
