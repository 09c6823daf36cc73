// Files of languages' package managers, of software that installs itself, and bills of materials in
// the image: the first byte chooses the path, and with it the extractor.
#include <cstdint>
#include <string_view>

#include "extractor_by_path.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::string_view kPaths[] = {"jre/release",
                                         "www/wp-includes/version.php",
                                         "www/wp-content/plugins/a/a.php",
                                         "www/wp-content/themes/a/style.css",
                                         "lib/a/DESCRIPTION",
                                         "lib/rocks-5.1/a/1-1/a-1-1.rockspec",
                                         "lib/.meta/A-1/MYMETA.json",
                                         "lib/perllocal.pod",
                                         "lib/a/ebin/a.app",
                                         "php/.registry/a.reg",
                                         "lib/a-1-py3.egg",
                                         "lib/pip/_vendor/vendor.txt",
                                         "opt/bitnami/a/.spdx-a.spdx",
                                         "a.cdx.json",
                                         "app/pubspec.lock",
                                         "app/Manifest.toml",
                                         "app/conan.lock",
                                         "data/zlib/1.2/_/_/package/0/conaninfo.txt",
                                         "ruby/bundler/gems/a-0123456789ab/a.gemspec"};
  return seaworthy::extract_by_path(kPaths, data, size);
}
