// The Ubuntu CVE tracker: JSON Lines and its own text form.
#include "dropping_sink.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  seaworthy::parse_as("ubuntu-cve", "cves.jsonl", data, size);
  seaworthy::parse_as("ubuntu-uct", "active/CVE-2022-0778", data, size);
  return 0;
}
