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

TEST(Platform, IsReadWithItsVersion) {
  const struct {
    const char* text;
    const char* full;  // "" it is none
  } cases[] = {
      {"linux/amd64", "linux/amd64"},
      {"linux/arm/v7", "linux/arm/v7"},
      {"windows(10.0.20348.1)/amd64", "windows(10.0.20348.1)/amd64"},
      {"windows/amd64:10.0.20348", "windows(10.0.20348)/amd64"},
      {"windows(10)/arm64/v8", "windows(10)/arm64/v8"},
      {"", ""},
      {"linux", ""},
      {"linux//v7", ""},
      {"linux/arm/v7/x", ""},
      {"windows()/amd64", ""},
      {"windows(10.0/amd64", ""},
      {"windows(ten)/amd64", ""},
      {"windows(10.)/amd64", ""},
      {"windows/amd64:", ""},
      {"windows(10)/amd64:10", ""},
  };
  for (const auto& one : cases) {
    const auto platform = parse_platform(one.text);
    EXPECT_EQ(platform ? platform->full_text() : "", one.full) << one.text;
  }
}

}  // namespace
}  // namespace seaworthy
