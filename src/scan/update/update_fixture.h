#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "scan/advisory/import.h"

// For tests: small databases made from documents in OSV's form.
namespace seaworthy::fixture {

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string name = std::filesystem::temp_directory_path() / "update-test-XXXXXX";
    path_ = ::mkdtemp(name.data());
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
  std::string path(const std::string& name = "") const {
    return name.empty() ? path_ : path_ + "/" + name;
  }

 private:
  std::string path_;
};

inline void write_file(const std::string& path, std::string_view bytes) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream(path, std::ios::binary) << bytes;
}

// One OSV record: `package` of `ecosystem` is affected before `fixed`.
inline std::string osv(const std::string& id, const std::string& ecosystem,
                       const std::string& package, const std::string& fixed,
                       const std::string& more = "") {
  return R"({"schema_version":"1.6.0","id":")" + id +
         R"(","modified":"2026-09-01T00:00:00Z","summary":"about )" + id +
         R"(","affected":[{"package":{"ecosystem":")" + ecosystem + R"(","name":")" + package +
         R"("},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":")" + fixed +
         R"("}]}]}])" + more + "}\n";
}

inline constexpr UnixSeconds kBuilt = 1'790'000'000;  // 2026-09-21

// Imports `text` as the feed of that name.
inline ImportReport import_text(const std::string& directory, const std::string& feed,
                                const std::string& text, UnixSeconds time = kBuilt) {
  const TemporaryDirectory documents;
  const std::string file =
      documents.path(feed + (text.starts_with("{\"title") ? ".json" : ".jsonl"));
  write_file(file, text);
  ImportOptions options;
  options.now = time;
  return *import_feeds({file}, directory, options);
}

// Three Debian releases (one of them unstable) and npm, in two feeds, plus KEV and end of life.
inline void make_database(const std::string& directory, UnixSeconds time = kBuilt) {
  import_text(
      directory, "debian",
      osv("CVE-2026-1001", "Debian:12", "zlib", "1:1.3", R"(,"aliases":["GHSA-aaaa-bbbb-cccc"])") +
          osv("CVE-2026-1002", "Debian:12", "bash", "5.2-9") +
          osv("CVE-2026-1001", "Debian:11", "zlib", "1:1.2") +
          osv("CVE-2026-1003", "Debian:11", "curl", "8.1"),
      time);
  import_text(
      directory, "npm",
      osv("GHSA-aaaa-bbbb-cccc", "npm", "pako", "2.0.0", R"(,"aliases":["CVE-2026-1001"])") +
          osv("CVE-2026-1009", "npm", "left", "1.0.1"),
      time);
  import_text(
      directory, "kev",
      R"({"title":"CISA Catalog of Known Exploited Vulnerabilities","catalogVersion":"2026.09.01","dateReleased":"2026-09-01T00:00:00Z","vulnerabilities":[{"cveID":"CVE-2026-1001","dateAdded":"2026-08-01","dueDate":"2026-08-22","knownRansomwareCampaignUse":"Known"}]})",
      time);
}

}  // namespace seaworthy::fixture
