// Names in the Nix store (nix, src/libstore/path.cc and src/libexpr/names.cc) and in the Guix
// store, which took its form over: 32 characters of a hash in the store's own base 32, a hyphen,
// the name. The version begins behind the first hyphen that no letter follows. Outputs of a
// derivation other than the first add "-OUTPUT".
#include "scan/extract/store_path.h"

#include <algorithm>
#include <array>

#include "scan/extract/lines.h"

namespace seaworthy {
namespace {

constexpr std::string_view kNix = "nix/store/";
constexpr std::string_view kGuix = "gnu/store/";
constexpr std::size_t kHash = 32;

// Both alphabets have 32 of these, each others.
bool is_hash(std::string_view text) {
  return text.size() == kHash && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
         });
}

struct Entry {
  std::string_view store, name;
};

// The part behind the hash; an empty name where this is no store path.
Entry entry_of(std::string_view path) {
  while (path.starts_with('/')) path.remove_prefix(1);
  const bool is_nix = path.starts_with(kNix);
  if (!is_nix && !path.starts_with(kGuix)) return {};
  path.remove_prefix(kNix.size());
  if (path.size() <= kHash + 1 || path[kHash] != '-' || !is_hash(path.substr(0, kHash)) ||
      path.find('/') != std::string_view::npos) {
    return {};
  }
  return {is_nix ? std::string_view("nix") : std::string_view("guix"), path.substr(kHash + 1)};
}

// What is fetched or written for a build.
bool is_ingredient(std::string_view name) {
  static constexpr std::array<std::string_view, 20> kEnds{
      ".drv", ".patch", ".diff",   ".tar",      ".tar.gz", ".tar.xz",  ".tar.bz2",
      ".tgz", ".txz",   ".zip",    ".crate",    ".tar.lz", ".tar.zst", ".lock",
      ".sh",  ".nar",   "-source", "-checkout", ".json",   ".conf"};
  return std::any_of(kEnds.begin(), kEnds.end(),
                     [&](std::string_view end) { return name.ends_with(end); });
}

// Outputs that packages commonly have; used where the deriver is not known.
std::string_view without_output(std::string_view name) {
  static constexpr std::array<std::string_view, 16> kOutputs{
      "-bin",    "-dev",  "-doc", "-lib",      "-man",    "-out",     "-info",   "-debug",
      "-static", "-dist", "-py",  "-terminfo", "-devdoc", "-modules", "-libgcc", "-getent"};
  for (const std::string_view output : kOutputs) {
    if (name.ends_with(output)) return name.substr(0, name.size() - output.size());
  }
  return name;
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

}  // namespace

bool is_store_path(std::string_view path) {
  return !entry_of(path).name.empty();
}

std::optional<StorePackage> parse_store_path(std::string_view path, std::string_view deriver) {
  const Entry entry = entry_of(path);
  if (entry.name.empty() || is_ingredient(entry.name) || !is_plain_word(entry.name)) {
    return std::nullopt;
  }
  std::string_view name = entry.name;
  std::string_view made_by = entry_of(deriver).name;
  if (made_by.ends_with(".drv")) made_by.remove_suffix(4);
  if (!made_by.empty() && name.starts_with(made_by)) {
    name = made_by;
  } else {
    name = without_output(name);
  }
  for (std::size_t dash = name.find('-'); dash != std::string_view::npos;
       dash = name.find('-', dash + 1)) {
    if (dash + 1 == name.size() || is_letter(name[dash + 1])) continue;
    if (dash == 0) break;
    return StorePackage{entry.store, std::string(name.substr(0, dash)),
                        std::string(name.substr(dash + 1))};
  }
  return std::nullopt;
}

}  // namespace seaworthy
