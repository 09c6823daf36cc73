#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace seaworthy {

// A package as a path of the Nix or Guix store names it.
struct StorePackage {
  std::string_view store;  // "nix" or "guix": also the type of its package URL
  std::string name;
  std::string version;
};

// Reads "nix/store/HASH-NAME-VERSION[-OUTPUT]" or "gnu/store/...", with or without a slash in
// front. `deriver` is the store path of the derivation that made it, "" where it is not known; it
// tells an output ("-dev") from a part of the version. Empty where the path is no top-level store
// path, has no version (a configuration file, a profile, a service), or is a source, a patch or a
// derivation rather than something that runs.
std::optional<StorePackage> parse_store_path(std::string_view path, std::string_view deriver);

// Whether the path has the form of a top-level store path, whatever its name.
bool is_store_path(std::string_view path);

}  // namespace seaworthy
