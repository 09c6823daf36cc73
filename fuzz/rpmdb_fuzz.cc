// rpm databases. The first byte chooses the format; for SQLite the two behind it say how many
// bytes at the end (in units of 256) are the write-ahead log.
#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

#include "scan/extract/extractor.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace seaworthy;
  constexpr std::string_view kPaths[] = {"var/lib/rpm/Packages", "var/lib/rpm/Packages.db",
                                         "var/lib/rpm/rpmdb.sqlite",
                                         "var/lib/rpmmanifest/container-manifest-2"};
  constexpr std::size_t kIntro = 3;
  if (size < kIntro) return 0;
  const std::string_view path = kPaths[data[0] % std::size(kPaths)];
  std::string_view bytes(reinterpret_cast<const char*>(data) + kIntro, size - kIntro);
  std::vector<FileView> files{{path, bytes}};
  const std::size_t log = std::min<std::size_t>((data[1] + 256U * data[2]) * 256U, bytes.size());
  if (path.ends_with(".sqlite") && log > 0) {
    files[0].bytes = bytes.substr(0, bytes.size() - log);
    files.push_back({"var/lib/rpm/rpmdb.sqlite-wal", bytes.substr(bytes.size() - log)});
  }
  (void)extractor_for({path, bytes.size()})->extract(files, Limits{});
  return 0;
}
