#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "core/base/clock.h"
#include "core/base/limits.h"
#include "core/base/result.h"

namespace seaworthy {

// One document found in an input: a plain file, a member of an archive, a file below a directory.
struct ArchiveMember {
  std::string path;   // "feeds/alpine.tar.zst" is the input; "v3.18/main.json" the member
  std::string bytes;  // whole content
  // When it was last changed, as the archive or the file system says; 0 where nothing does.
  UnixSeconds modified = 0;
};

// Gives every regular file in `path` to `visit`, in the archive's order: the file itself; a
// directory, recursively, compressed documents in it inflated, archives not opened; a tar (plain,
// gzip, zstd, xz, bzip2); a zip; a single compressed file. The form is recognized by content. A
// directory's files come by depth, then by name, because lists stand above what they speak of.
// A member that is too large or damaged is given to `problem` and does not stop the rest.
// `visit` returning an error stops the walk with that error.
Status for_each_document(
    const std::string& path, const Limits& limits,
    const std::function<Status(ArchiveMember)>& visit,
    const std::function<void(const std::string& member, const Error&)>& problem);

}  // namespace seaworthy
