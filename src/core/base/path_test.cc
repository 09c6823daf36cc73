#include "core/base/path.h"

#include <gtest/gtest.h>

namespace seaworthy {
namespace {

TEST(Path, JoinsAndCleans) {
  struct Row {
    const char* name;
    std::string directory, path, joined;
    bool left_root;
  };
  const std::string deep(20'000, 'x');
  const Row rows[] = {
      {"typical", "usr/lib", "os-release", "usr/lib/os-release", false},
      {"sibling", "etc", "../usr/lib/os-release", "usr/lib/os-release", false},
      {"absolute", "usr/lib", "/etc/passwd", "etc/passwd", false},
      {"absolute twice", "usr", "//etc//passwd", "etc/passwd", false},
      {"dots and slashes", "./a//b/", "./c/.//d/", "a/b/c/d", false},
      {"empty", "", "", "", false},
      {"empty path", "usr/lib", "", "usr/lib", false},
      {"the root", "a", "/", "", false},
      {"to the root", "a/b", "../..", "", false},
      {"above the root", "a", "../../../etc/passwd", "etc/passwd", true},
      {"absolute above the root", "a", "/../etc", "etc", true},
      {"directory above the root", "../a", "b", "a/b", true},
      {"names of dots", "a", "...", "a/...", false},
      {"a long name", deep, "../" + deep, deep, false},
      {"a hostile climb", std::string(8000, '/'), std::string(3000, '.') + "/..", "", false},
  };
  for (const Row& row : rows) {
    const CleanPath joined = join_path(row.directory, row.path);
    EXPECT_EQ(joined.path, row.joined) << row.name;
    EXPECT_EQ(joined.left_root, row.left_root) << row.name;
    if (!row.directory.empty()) continue;
    EXPECT_EQ(clean_path(row.path).path, row.joined) << row.name;
  }
}

TEST(Path, CleaningTwiceChangesNothing) {
  for (const char* path : {"a/../b", "/x//y/./z/", "../..", "a/b/c"}) {
    const std::string once = clean_path(path).path;
    const CleanPath twice = clean_path(once);
    EXPECT_EQ(twice.path, once) << path;
    EXPECT_FALSE(twice.left_root) << path;
  }
}

TEST(Path, Parent) {
  EXPECT_EQ(parent_path("a/b/c"), "a/b");
  EXPECT_EQ(parent_path("a"), "");
  EXPECT_EQ(parent_path(""), "");
  EXPECT_EQ(parent_path("/a"), "");
}

}  // namespace
}  // namespace seaworthy
