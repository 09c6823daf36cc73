#include "core/model/image.h"

#include <gtest/gtest.h>

namespace seaworthy {
namespace {

TEST(Platform, LeavesOutWhatIsNotKnown) {
  const struct {
    Platform platform;
    const char* text;
  } cases[] = {
      {{"linux", "arm64", "v8"}, "linux/arm64/v8"},
      {{"linux", "amd64", ""}, "linux/amd64"},
      {{"linux", "", ""}, "linux"},
      {{"", "amd64", ""}, "amd64"},
      {{"", "", ""}, ""},
  };
  for (const auto& one : cases) EXPECT_EQ(one.platform.text(), one.text);
}

}  // namespace
}  // namespace seaworthy
