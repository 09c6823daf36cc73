// A database file from elsewhere, and the packed values inside one.
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "core/base/file.h"
#include "scan/advisory/database.h"
#include "scan/advisory/records.h"
#include "scan/advisory/row_codec.h"

namespace {

void read_values(std::string_view bytes) {
  (void)seaworthy::unpack_rows(bytes);
  (void)seaworthy::unpack_feed("feed", bytes);
  (void)seaworthy::unpack_details("id", bytes);
  (void)seaworthy::unpack_texts(bytes);
  (void)seaworthy::unpack_changes(bytes);
  (void)seaworthy::unpack_kev(bytes);
  (void)seaworthy::unpack_exploit(bytes);
  (void)seaworthy::unpack_end_of_life(bytes);
  (void)seaworthy::find_epss(bytes, 1000);
}

void read_database(std::string_view bytes) {
  std::string root = std::filesystem::temp_directory_path() / "seaworthy-fuzz-XXXXXX";
  if (::mkdtemp(root.data()) == nullptr) std::abort();
  (void)seaworthy::write_file_atomically(root + "/data.mdb", bytes);
  if (const auto database = seaworthy::AdvisoryDatabase::open(root)) {
    for (const auto& key : database->search_packages("", 100)) (void)database->rows(key);
    for (const auto& id : database->search_vulnerabilities("", 100)) (void)database->aliases(id);
    (void)database->changes_since(0, 100);
  }
  std::filesystem::remove_all(root);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  read_values(bytes);
  if (size >= 8192) read_database(bytes);
  return 0;
}
