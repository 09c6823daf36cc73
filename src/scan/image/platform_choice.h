#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/model/image.h"

namespace seaworthy {

// The platform in the words of the OCI image-spec: x86_64 is amd64, aarch64 is arm64, and the
// variant that goes without saying (v8 for arm64, v7 for arm, v1 for amd64) is written out.
Platform normalized(const Platform& platform);

// Which of `have` serves `wanted`: the same os, architecture and variant; where no variant is
// wanted and the usual one is not there, the highest older one of 32-bit arm, else the first of
// that architecture; of Windows the version that is wanted, or one that begins with it. Of equals
// the first, as the image-spec asks.
std::optional<std::size_t> choose_platform(const std::vector<Platform>& have,
                                           const Platform& wanted);

// Those of `have` that differ from `chosen` in nothing but the version of the operating system, and
// serve `wanted` as well; `chosen` among them.
std::vector<Platform> other_versions(const std::vector<Platform>& have, const Platform& chosen,
                                     const Platform& wanted);

// "linux/amd64, windows(10.0.20348.1)/amd64": each once, in order of appearance, 20 at most.
std::string list_platforms(const std::vector<Platform>& platforms);

}  // namespace seaworthy
