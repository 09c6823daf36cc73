// Docker's config.json. The input is kept from naming helpers: fuzzing starts no programs.
#include <cstdint>
#include <string>

#include "scan/image/docker_credentials.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace seaworthy;
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (text.find("cred") != std::string::npos || text.find('\\') != std::string::npos) return 0;
  for (const char* image : {"debian", "ghcr.io/owner/app", "host:5000/a"}) {
    static_cast<void>(credentials_in_file(text, *parse_reference(image)));
  }
  return 0;
}
