#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/base/limits.h"
#include "core/base/result.h"
#include "scan/image/content.h"

namespace seaworthy {

// Opens an image in containerd's content store below `root` (/var/lib/containerd), without the
// daemon: which images there are, its bbolt database tells; documents and layers are files named by
// their digest. `text` is NAME[@namespace]; a short name is docker.io's, as for `docker pull`.
// Without a namespace the image must be in exactly one, or in `default`.
// kNotFound: no store, or no such image (the message lists some); kPermissionDenied.
Result<std::unique_ptr<ImageContent>> open_containerd(const std::string& root,
                                                      std::string_view text, const Limits& limits);

}  // namespace seaworthy
