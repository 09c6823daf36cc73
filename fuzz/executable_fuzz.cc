// Everything that is recognized by its content. The first byte chooses how the file is cut into
// pieces.
#include <cstdint>
#include <string_view>

#include "scan/extract/content_test_support.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t piece = data[0] % 2 == 0 ? std::size_t{1} + data[0] : std::size_t{1} << 20;
  (void)seaworthy::test::read_content("usr/bin/python3.11", bytes, piece);
  return 0;
}
