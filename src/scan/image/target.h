#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"

namespace seaworthy {

enum class TargetKind {
  kOciDirectory,
  kArchive,
  kOciArchive,
  kDockerArchive,
  kRootfs,
  kStdin,
  kRegistry,
  kDocker,
  kPodman,
  kContainerd,
  kSif
};

struct Target {
  TargetKind kind = TargetKind::kArchive;
  std::string path;  // "" for stdin; the image's name in a registry, engine or content store
  std::string ref;   // tag, name or digest behind the path; "" none
};

// Reads a TARGET as the command line has it and looks at what exists: a bare directory is an OCI
// layout where it holds one, else a root file system; a bare file is an archive or a SIF file.
//   `oci:`, `oci-archive:` and `docker-archive:` take `PATH[:ref]` and `PATH@digest`; the path is
//   the shortest one that exists, so that a name with colons is found.
//   What names nothing that exists, and does not look like a path, is an image in a registry.
// kNotFound: no such file; kUsage: no target form.
Result<Target> parse_target(std::string_view text);

}  // namespace seaworthy
