// dpkg status files, file lists and sums: the first byte chooses which.
#include <cstdint>
#include <string_view>
#include <vector>

#include "scan/extract/extractor.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace seaworthy;
  constexpr std::string_view kPaths[] = {"var/lib/dpkg/status", "var/lib/dpkg/status.d/a",
                                         "var/lib/dpkg/info/a.list",
                                         "var/lib/dpkg/status.d/a.md5sums"};
  if (size == 0) return 0;
  const std::string_view path = kPaths[data[0] % std::size(kPaths)];
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::vector<FileView> files{{path, bytes}};
  // Behind a zero byte in a status file: an update of it.
  if (const std::size_t end = bytes.find('\0'); path == kPaths[0] && end != bytes.npos) {
    files = {{path, bytes.substr(0, end)}, {"var/lib/dpkg/updates/0000", bytes.substr(end + 1)}};
  }
  (void)extractor_for({path, bytes.size()})->extract(files, Limits{});
  return 0;
}
