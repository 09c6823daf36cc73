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

std::string Platform::full_text() const {
  Platform full = *this;
  if (!os_version.empty()) full.os += "(" + os_version + ")";
  return full.text();
}

namespace {

// Takes the version off "os(version)/..." or ".../arch:version". False where what stands there is
// none.
bool take_os_version(std::string& text, std::string& version) {
  const std::size_t open = text.find('(');
  const std::size_t colon = text.find(':');
  if (open != std::string::npos) {
    const std::size_t close = text.find(')', open);
    if (close == std::string::npos || colon != std::string::npos) return false;
    version = text.substr(open + 1, close - open - 1);
    text.erase(open, close - open + 1);
  } else if (colon != std::string::npos) {
    version = text.substr(colon + 1);
    text.erase(colon);
  } else {
    return true;
  }
  return !version.empty() && version.find_first_not_of("0123456789.") == std::string::npos &&
         version.front() != '.' && version.back() != '.';
}

}  // namespace

Result<Platform> parse_platform(std::string_view text) {
  Platform platform;
  std::string names(text);
  const bool good_version = take_os_version(names, platform.os_version);
  const std::size_t first = names.find('/');
  const std::size_t second = first == std::string::npos ? first : names.find('/', first + 1);
  platform.os = names.substr(0, first);
  if (first != std::string::npos) {
    platform.arch =
        names.substr(first + 1, second == std::string::npos ? second : second - first - 1);
  }
  if (second != std::string::npos) platform.variant = names.substr(second + 1);
  if (!good_version || platform.os.empty() || platform.arch.empty() ||
      platform.variant.find('/') != std::string::npos ||
      (second != std::string::npos && platform.variant.empty())) {
    return Error{ErrorCode::kUsage,
                 "'" + std::string(text) +
                     "' is not a platform; write os/arch[/variant], or of Windows "
                     "windows(VERSION)/arch"};
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
