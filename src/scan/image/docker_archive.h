#pragma once

#include <string_view>
#include <vector>

#include "scan/image/file_tree.h"
#include "scan/image/image.h"

namespace seaworthy {

// Reads images from what `docker save` writes: manifest.json with a configuration and layers per
// image, or, from before Docker 1.10, `repositories` and one directory per layer. The form has no
// manifest, so Image::digest is empty; a configuration whose file name is its digest is verified.
// `ref` is one of the RepoTags or the image's id; "" where the archive holds one image only.
Result<std::vector<Image>> open_docker_archive(const FileTree& tree, std::string_view ref,
                                               const ImageOptions& options);

}  // namespace seaworthy
