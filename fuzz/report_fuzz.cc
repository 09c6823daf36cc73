// A report read back from JSON that anybody may have written, and every text form made from it.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "scan/report/format.h"

using namespace seaworthy;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto report = parse_report({reinterpret_cast<const char*>(data), size});
  if (!report) return 0;
  FormatOptions options;
  options.show_packages = options.show_suppressed = true;
  const std::string written = find_format("json")->write(*report, options);
  const auto again = parse_report(written);
  // What is written must be readable, and say the same the second time.
  if (!again || find_format("json")->write(*again, options) != written) std::abort();
  // No byte of the input may reach a terminal as a control character.
  std::string shown = find_format("table")->write(*report, options);
  for (const Finding& finding : report->findings) {
    if (auto text = explain(*report, finding.id, "")) shown += *text;
  }
  for (const char c : shown) {
    if ((static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7f) std::abort();
  }
  return 0;
}
