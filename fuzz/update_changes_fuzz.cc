// Lists of changes: whatever a list says, no path may leave the directory it is written below.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "scan/update/update_changes.h"

namespace {

void check(const seaworthy::Result<std::vector<seaworthy::DocumentChange>>& changes) {
  if (!changes) return;
  for (const seaworthy::DocumentChange& change : seaworthy::changes_since(*changes, 0)) {
    if (change.path.empty() || change.path.front() == '/') std::abort();
    if (change.path.find("..") == 0 || change.path.find("/..") != std::string::npos) std::abort();
    if (change.path.find('\0') != std::string::npos) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check(seaworthy::parse_osv_changes(text));
  check(seaworthy::parse_csaf_changes(text, false));
  check(seaworthy::parse_csaf_changes(text, true));
  return 0;
}
