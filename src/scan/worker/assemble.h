#pragma once

#include <memory>
#include <vector>

#include "core/base/result.h"
#include "core/codec/content_choice.h"
#include "core/codec/source.h"
#include "core/codec/tar.h"
#include "core/model/inventory.h"
#include "scan/worker/held_files.h"
#include "scan/worker/protocol.h"

namespace seaworthy {

// The stored bytes of an input, from its first byte. A squashfs, and a layer with a table of
// contents, come as the tar that is made of them, with the content of wanted files; a table of
// contents knows no file's first bytes, so by it only those are there that are wanted by path.
std::unique_ptr<ByteSource> source_of(const WorkerInput& input, const Limits& limits,
                                      const ContentChoice& wanted);

// The same, inflated by what its first bytes say. `compression` (may be null) gets what it was.
Result<std::unique_ptr<ByteSource>> inflated_source_of(const WorkerInput& input,
                                                       const Limits& limits,
                                                       const ContentChoice& wanted,
                                                       Compression* compression);

// Makes an entry of a Windows layer one of its file system: Files/a is a. False for what is no part
// of it: the hives of the registry, and the files of the virtual machine.
bool enter_windows_root(TarEntry& entry);

// Where a hard or symbolic link points to inside its own tar if no other link is on the way. One
// that climbs above the root stays below it, as it would in a container.
std::string target_in_tar(const TarEntry& entry);

// The worker's side of assemble(), which documents it.
Result<Assembled> assemble_files(const WorkerRequest& request, const ReportStep& report_step);

// The worker's side of list_archive(); a negative `spool_fd` is no spool.
Result<ArchiveListing> list_members(const WorkerInput& input, int spool_fd, const Limits& limits,
                                    const ReportStep& report_step);

}  // namespace seaworthy
