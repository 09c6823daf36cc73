#include <algorithm>
#include <array>

#include "scan/report/format.h"

// One line per format, in the order `seaworthy list formats` shows them.
#define FORMATS(use) \
  use(kTable) use(kJson) use(kCycloneDx) use(kCycloneDxXml) use(kSpdx) use(kSpdxTag)

namespace seaworthy {

#define DECLARE(format) extern const Format format;
#define ADDRESS(format) &format,

FORMATS(DECLARE)

std::span<const Format* const> all_formats() {
  static constexpr std::array kAll{FORMATS(ADDRESS)};
  return kAll;
}

const Format* find_format(std::string_view name) {
  const auto formats = all_formats();
  const auto found = std::find_if(formats.begin(), formats.end(),
                                  [&](const Format* format) { return format->name == name; });
  return found == formats.end() ? nullptr : *found;
}

}  // namespace seaworthy
