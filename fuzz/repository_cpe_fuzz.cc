// Red Hat's mapping of repositories to products, and CPE names.
#include "dropping_sink.h"
#include "scan/advisory/cpe.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  seaworthy::parse_as("repository-to-cpe", "repository-to-cpe.json", data, size);
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto cpe = seaworthy::parse_cpe(text)) (void)seaworthy::red_hat_line(*cpe);
  return 0;
}
