// The package databases with one small file each: the first byte chooses the path, and with it the
// extractor. apk, dpkg and rpm have targets of their own.
#include <cstdint>
#include <string_view>

#include "extractor_by_path.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::string_view kPaths[] = {"var/lib/pacman/local/bash-5.2-1/desc",
                                         "var/lib/pacman/local/bash-5.2-1/files",
                                         "usr/lib/opkg/status",
                                         "usr/lib/opkg/info/busybox.list",
                                         "var/lib/chisel/manifest.wall",
                                         "usr/share/bottlerocket/application-inventory.json",
                                         "nix/var/nix/db/db.sqlite",
                                         "var/db/pkg/app-shells/bash-5.2/CONTENTS",
                                         "opt/homebrew/Cellar/jq/1.7/INSTALL_RECEIPT.json",
                                         "opt/homebrew/Cellar/jq/1.7/.brew/jq.rb",
                                         "meta/snap.yaml",
                                         "snap/manifest.yaml",
                                         "var/lib/rpmmanifest/container-manifest-1",
                                         "var/db/pkg/app-shells/bash-5.2/LICENSE"};
  return seaworthy::extract_by_path(kPaths, data, size);
}
