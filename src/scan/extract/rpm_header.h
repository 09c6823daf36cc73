#pragma once

#include <string_view>

#include "core/base/result.h"
#include "core/model/inventory.h"
#include "core/model/package.h"

namespace seaworthy {

struct RpmRecord {
  Package package;   // type kRpm; path not set
  OwnedFiles owned;  // without directories
};

// Reads one header blob as an rpm database stores it. kInvalidInput: not such a blob, or one
// without a usable name, version or release; the message says which.
Result<RpmRecord> read_rpm_header(std::string_view blob);

// Sets source_name and source_version from "name-version-release.src.rpm" (or .nosrc.rpm) and keeps
// the text as property kSourceRpm. A text of another form sets only the property.
void set_source_rpm(std::string_view source_rpm, Package& package);

// "[epoch:]version-release", the epoch omitted where it is 0.
std::string rpm_version(std::uint32_t epoch, std::string_view version, std::string_view release);

// rpm keeps imported keys as if they were packages.
bool is_rpm_key(std::string_view name);

}  // namespace seaworthy
