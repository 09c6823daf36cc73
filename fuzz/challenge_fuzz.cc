// WWW-Authenticate as a server may send it: the challenges are few and hold no more than was sent.
#include <cstdint>
#include <cstdlib>

#include "scan/image/auth_challenge.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace seaworthy;
  const auto all = parse_challenges({reinterpret_cast<const char*>(data), size});
  if (all.size() > 16) std::abort();
  std::size_t held = 0;
  for (const AuthChallenge& each : all) {
    held += each.scheme.size() + each.realm.size() + each.service.size() + each.scope.size() +
            each.error.size();
  }
  if (held > size) std::abort();
  return 0;
}
