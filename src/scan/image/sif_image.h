#pragma once

#include <memory>
#include <string>

#include "core/base/file.h"
#include "core/base/result.h"
#include "scan/image/image.h"

namespace seaworthy {

// The image in a Singularity or Apptainer file, or in a bare squashfs image: one layer, the root
// file system, read by the worker. Neither form has a manifest, so Image::digest is empty; the
// layer gets the digest of its stored bytes once it was read. A SIF file's signatures are not
// checked here. What else would be part of the file system (writable overlays) is a problem.
// kUnsupported: an encrypted file system, one that is no squashfs, or one compressed by what is not
// read.
Result<Image> open_sif(std::shared_ptr<Fd> file, const std::string& name);
Result<Image> open_squashfs(std::shared_ptr<Fd> file, const std::string& name);

}  // namespace seaworthy
