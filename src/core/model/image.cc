#include "core/model/image.h"

#include <algorithm>

namespace seaworthy {

std::string Platform::text() const {
  std::string out = os;
  for (const std::string* part : {&arch, &variant}) {
    if (!part->empty()) out += (out.empty() ? "" : "/") + *part;
  }
  return out;
}

Result<Platform> parse_platform(std::string_view text) {
  const std::size_t first = text.find('/');
  const std::size_t second = first == std::string_view::npos ? first : text.find('/', first + 1);
  Platform platform;
  platform.os = text.substr(0, first);
  if (first != std::string_view::npos) {
    platform.arch =
        text.substr(first + 1, second == std::string_view::npos ? second : second - first - 1);
  }
  if (second != std::string_view::npos) platform.variant = text.substr(second + 1);
  if (platform.os.empty() || platform.arch.empty() ||
      platform.variant.find('/') != std::string::npos ||
      (second != std::string_view::npos && platform.variant.empty())) {
    return Error{ErrorCode::kUsage,
                 "'" + std::string(text) + "' is not a platform; write os/arch[/variant]"};
  }
  return platform;
}

Platform host_platform() {
#if defined(__aarch64__)
  return {"linux", "arm64", ""};
#elif defined(__x86_64__)
  return {"linux", "amd64", ""};
#else
#error "name this processor in the words of the OCI image-spec"
#endif
}

}  // namespace seaworthy
