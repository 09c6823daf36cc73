// Amazon Linux publishes its advisories as updateinfo.xml in its yum repositories. Where a
// repository lies at present is in a list of mirrors, at a fixed address; repomd.xml there names
// the file and its digest.
//
//   1     updates
//   2     core, and one repository for each extra that extras-catalog.json names
//   2023  core, and the live patches of its kernels
//
// updateinfo.xml of x86_64 is that of the distribution: it lists the builds of every architecture.
// What is in an extra holds where that extra is installed, so each lies in a directory with its
// name, by which the reader tells them apart (updateinfo_place.cc).
#include <set>

#include "core/net/url.h"
#include "scan/update/update_file_set.h"
#include "scan/update/update_indexes.h"

namespace seaworthy {
namespace {

// False where it has no advisories.
Result<bool> add_repository(FileSet& set, const std::string& base, const std::string& directory) {
  ASSIGN_OR_RETURN(const std::string text, set.read(base + "repodata/repomd.xml"));
  auto place = parse_repomd(text);
  if (!place && place.error().code == ErrorCode::kNotFound) return false;
  if (!place) return std::move(place).error().during(base + "repodata/repomd.xml");
  const std::size_t name = place->path.rfind('/');
  std::string file = place->path.substr(name == std::string::npos ? 0 : name + 1);
  // Repositories put a digest in front of the name, which would be another file each time.
  if (const std::size_t at = file.find("updateinfo"); at != std::string::npos) file.erase(0, at);
  RETURN_IF_ERROR(
      set.require({directory + "/" + file, base + place->path, place->digest, place->digest}));
  return true;
}

// A mirror of a list that came over TLS has to have it too.
bool may_follow(const std::string& list, const std::string& mirror) {
  return !list.starts_with("https:") || mirror.starts_with("https:");
}

// The first mirror that has the repository. False where there is no such list, or the repository
// has no advisories.
Result<bool> add_mirrored(FileSet& set, const std::string& list, const std::string& directory) {
  const auto text = set.read(list);
  if (!text && text.error().code == ErrorCode::kNotFound) return false;
  if (!text) return text.error();
  auto mirrors = parse_mirror_list(*text);
  if (!mirrors) return std::move(mirrors).error().during(list);
  Error last{ErrorCode::kInvalidInput, list + ": names no mirror with TLS"};
  for (const std::string& mirror : *mirrors) {
    if (!may_follow(list, mirror)) continue;
    auto added = add_repository(set, mirror, directory);
    if (added) return added;
    last = std::move(added).error();
  }
  return last;
}

}  // namespace

Status lay_out_amazon(FileSet& set) {
  const std::string& base = set.address();
  std::set<std::string> found;
  for (const auto& [list, directory] :
       {std::pair{"core/latest/x86_64/mirror.list", "core"},
        std::pair{"core/mirrors/latest/x86_64/mirror.list", "core"},
        std::pair{"kernel-livepatch/mirrors/latest/x86_64/mirror.list", "kernel-livepatch"},
        std::pair{"updates/x86_64/mirror.list", "updates"}}) {
    if (found.contains(directory)) continue;  // the list of another edition
    ASSIGN_OR_RETURN(const bool added, add_mirrored(set, base + list, directory));
    if (added) found.insert(directory);
  }
  if (found.empty()) return Error{ErrorCode::kNotFound, base + ": has no list of mirrors"};
  const auto catalog = set.read(base + "extras-catalog.json");
  if (!catalog && catalog.error().code == ErrorCode::kNotFound) return ok_status();
  if (!catalog) return catalog.error();
  auto extras = names_in(*catalog, "topics", "n");
  if (!extras) return std::move(extras).error().during(base + "extras-catalog.json");
  for (const std::string& extra : *extras) {
    const std::string list = base + "extras/" + extra + "/latest/x86_64/mirror.list";
    RETURN_IF_ERROR(add_mirrored(set, list, "amzn2extra-" + extra));
  }
  return ok_status();
}

}  // namespace seaworthy
