// A reference that parses reads back as itself, and nothing in it could end a request line.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "scan/image/reference.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace seaworthy;
  const auto found = parse_reference({reinterpret_cast<const char*>(data), size});
  if (!found) return 0;
  const std::string text = found->text();
  const auto again = parse_reference(text);
  if (!again || again->text() != text) std::abort();
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
    return c > ' ' && c < 0x7f && c != '?' && c != '#' && c != '%';
  });
  if (!plain) std::abort();
  return 0;
}
