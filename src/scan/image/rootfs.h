#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/limits.h"
#include "core/base/result.h"
#include "core/codec/content_choice.h"
#include "core/model/problem.h"

namespace seaworthy {

// Writes the directory tree below `root` to `out_fd` as one tar stream, so that a sandboxed worker
// can read a root file system like a layer. Every name is in the stream; content only of wanted
// regular files, the others are empty files. Sorted by name: the same tree gives the
// same bytes. A file with several names is written under each.
//   No symbolic link is followed, in any part of a path, and nothing outside `root` is opened.
//   Of other file systems mounted at proc, sys or dev only the directory itself is written.
//   A file that may be wanted by its content and cannot be opened is an empty file, and a problem
//   (kOpaqueFile).
//   What cannot be read is left out and becomes a problem (kLayerUnreadable, or kLimit for
//   limits.entries, limits.path_length and too deep a tree); the walk goes on.
// kNotFound, kPermissionDenied: `root` itself; any error of writing, such as a reader that is gone
// (the caller ignores SIGPIPE) or a closed pipe, ends the walk. kInternal where `out_fd` fails.
Status stream_rootfs(const std::string& root, int out_fd, const Limits& limits,
                     const ContentChoice& wanted, std::vector<Problem>& problems);

}  // namespace seaworthy
