// A purl that parses has a canonical form that is a fixed point.
#include <cstdint>
#include <cstdlib>

#include "core/model/package.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace seaworthy;
  const auto purl = parse_purl({reinterpret_cast<const char*>(data), size});
  if (!purl) return 0;
  const std::string text = to_text(*purl);
  const auto again = parse_purl(text);
  if (!again || to_text(*again) != text) std::abort();
  return 0;
}
