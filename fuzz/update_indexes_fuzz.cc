// Indexes that say which files a source has: no name in them may lead out of a directory.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "scan/update/update_indexes.h"

namespace {

void check(std::string_view path) {
  if (path.empty() || path.front() == '/') std::abort();
  if (path.starts_with("..") || path.find("/..") != std::string_view::npos) std::abort();
  if (path.find('\0') != std::string_view::npos) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)seaworthy::parse_mirror_list(text);
  if (const auto place = seaworthy::parse_repomd(text)) check(place->path);
  for (const std::string& file : seaworthy::parse_directory_page(text)) check(file);
  if (const auto files = seaworthy::parse_checksums(text)) {
    for (const auto& [path, digest] : *files) check(path);
  }
  (void)seaworthy::sha256_of_meta(text);
  if (const auto pages = seaworthy::count_pages(text); pages && *pages > 2'000) std::abort();
  if (const auto names = seaworthy::names_in(text, "branches", "")) {
    for (const std::string& name : *names) check(name);
  }
  return 0;
}
