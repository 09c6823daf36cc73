// A published database: its header, the records of a part, signatures, key chains.
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "core/base/file.h"
#include "dropping_sink.h"
#include "scan/advisory/publication.h"
#include "scan/update/parts_file.h"
#include "scan/update/parts_records.h"
#include "scan/update/signature_trust.h"

namespace {

void read_records(std::string_view bytes, bool delta) {
  seaworthy::PartDecoder decoder(seaworthy::source_of_memory(bytes), bytes.size(), delta);
  seaworthy::PartRecord record;
  for (;;) {
    const auto more = decoder.next(record);
    if (!more || !*more) return;
  }
}

void read_file(std::string_view bytes) {
  std::string path = std::filesystem::temp_directory_path() / "seaworthy-fuzz-XXXXXX";
  const seaworthy::Fd fd(::mkstemp(path.data()));
  if (!fd.valid()) std::abort();
  (void)seaworthy::write_all(fd.get(), bytes);
  if (const auto file = seaworthy::open_database_file(path)) {
    if (const auto header = seaworthy::parse_header(file->header, seaworthy::fuzz_limits())) {
      if (const auto parts = seaworthy::locate_parts(*file, *header)) {
        for (const auto& [name, part] : *parts) {
          (void)seaworthy::verify_part(*header->find(name), part);
        }
      }
    }
  }
  ::unlink(path.c_str());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const seaworthy::Limits limits = seaworthy::fuzz_limits();
  read_records(bytes, false);
  read_records(bytes, true);
  if (bytes.starts_with("SWDB")) read_file(bytes);
  (void)seaworthy::parse_header(bytes, limits);
  (void)seaworthy::parse_signatures(bytes, limits);
  (void)seaworthy::parse_key_set(bytes, limits);
  (void)seaworthy::unpack_publication(bytes);
  if (const auto chain = seaworthy::parse_key_chain(bytes, limits)) {
    seaworthy::Trust trust;
    trust.configured.push_back(*seaworthy::public_key_of(std::string(32, 'k')));
    (void)seaworthy::follow_chain(trust, *chain, limits, 1'790'000'000);
  }
  return 0;
}
