#pragma once

#include <functional>
#include <string>

#include "core/base/limits.h"
#include "core/base/result.h"
#include "core/codec/archive.h"

namespace seaworthy {

// The zip case of for_each_document: every stored file, in the order of the central directory.
Status walk_zip(const std::string& path, const Limits& limits,
                const std::function<Status(ArchiveMember)>& visit,
                const std::function<void(const std::string& member, const Error&)>& problem);

}  // namespace seaworthy
