#pragma once

#include <string>

#include "scan/image/content.h"
#include "scan/image/reference.h"
#include "scan/image/registry_options.h"

namespace seaworthy {

// An image in a registry, as a LayoutReader's content. Layers are not fetched when they are opened:
// what they give is a RemoteBlob. kUnavailable where the options are offline; what the registry
// refuses is an error of RegistryRepository.
Result<std::unique_ptr<ImageContent>> open_registry_content(const Reference& reference,
                                                            const RegistryOptions& options);

}  // namespace seaworthy
