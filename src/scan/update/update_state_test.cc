#include "scan/update/update_state.h"

#include <unistd.h>

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/file.h"
#include "core/base/limits.h"

namespace seaworthy {
namespace {

namespace fs = std::filesystem;

TEST(UpdateState, RoundTripsAndADamagedFileIsNone) {
  std::string directory = (fs::temp_directory_path() / "seaworthy-state-XXXXXX").string();
  ASSERT_NE(::mkdtemp(directory.data()), nullptr);
  const std::string path = update_state_path(directory);
  EXPECT_TRUE(read_update_state(path).empty());
  SourceState state;
  state.checked_at = 1'790'000'000;
  state.changed_at = 1'780'000'000;
  state.failed_at = 1'790'000'001;
  state.error = "the server answered \"500\"\n";
  state.archive = "csaf_vex_2026-11-20.tar.zst";
  state.archive_at = 1'770'000'000;
  state.changes_to = 1'780'000'001;
  state.files["all.zip"] = Validators{"\"abc\"", "Mon, 23 Nov 2026 08:00:00 GMT"};
  const UpdateState states{{"osv-npm", state}, {"epss", {}}};
  for (const auto& [name, one] : states) ASSERT_TRUE(keep_source_state(directory, name, one));
  EXPECT_EQ(read_update_state(path), states);
  const auto whole = read_file(path, 1 * kMiB);
  ASSERT_TRUE(whole);
  for (const std::string& bad : {std::string(), std::string("{"), whole->substr(0, 40),
                                 std::string("[1,2]"), std::string("\xff\xfe\x00", 3)}) {
    ASSERT_TRUE(write_file_atomically(path, bad));
    EXPECT_TRUE(read_update_state(path).empty());
  }
  fs::remove_all(directory);
}

}  // namespace
}  // namespace seaworthy
