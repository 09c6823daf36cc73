#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"

namespace seaworthy {

// An image in a registry, as `docker pull` names it: "registry/repository[:tag][@digest]".
struct Reference {
  std::string registry;    // "docker.io", "ghcr.io", "localhost:5000", "[::1]:5000"
  std::string repository;  // "library/debian"
  std::string tag;         // "latest" where neither tag nor digest is given; else "" or as given
  std::string digest;      // wins over the tag, as for every client; "" none

  // What the registry is asked for: the digest, else the tag.
  const std::string& wanted() const { return digest.empty() ? tag : digest; }
  std::string text() const;
};

// Reads a reference (OCI distribution-spec 1.1 and its reference implementation): the first part is
// a registry where it has a dot or a colon, or is "localhost"; without one it is docker.io, where a
// name of one part stands below "library". kUsage says which part is wrong.
Result<Reference> parse_reference(std::string_view text);

}  // namespace seaworthy
