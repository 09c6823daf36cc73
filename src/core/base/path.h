#pragma once

#include <string>
#include <string_view>

namespace seaworthy {

// A path below some root: no leading or trailing "/", no "." and no empty parts; "" is the root.
struct CleanPath {
  std::string path;
  // A ".." went above the root and stayed there, as it does in a kernel's changed root. Who reads
  // paths that were never meant to be resolved (the members of an archive) refuses such a path.
  bool left_root = false;
};

// What `path` means where it is read in `directory`: a leading "/" starts at the root, "." and ".."
// are worked out by name. Symbolic links are the caller's business. Time and memory are linear in
// the two lengths, so the caller bounds those (Limits::path_length).
CleanPath join_path(std::string_view directory, std::string_view path);

// The same, read at the root.
CleanPath clean_path(std::string_view path);

// The part in front of the last "/"; "" where there is none.
std::string_view parent_path(std::string_view path);

}  // namespace seaworthy
