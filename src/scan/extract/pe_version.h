#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace seaworthy {

// What an executable of Windows or .NET says of itself.
struct VersionTexts {
  std::string internal_name, original_filename, product_version, file_version;
};

// From the bytes of a resource directory, which is loaded at `address`. Nothing where it holds no
// version. kInvalidInput: it leads outside of itself.
Result<VersionTexts> read_version_resource(std::string_view resources, std::uint64_t address);

}  // namespace seaworthy
