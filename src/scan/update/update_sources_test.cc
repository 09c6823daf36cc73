#include "scan/update/update_sources.h"

#include <set>

#include <gtest/gtest.h>

#include "core/net/url.h"
#include "scan/update/update_changes.h"

namespace seaworthy {
namespace {

TEST(UpdateSources, EachHasANameAnAddressAndAFileOfItsForm) {
  std::set<std::string_view> names;
  for (const UpdateSource& source : update_sources()) {
    SCOPED_TRACE(source.name);
    EXPECT_TRUE(names.insert(source.name).second);
    EXPECT_TRUE(is_safe_path(source.name));
    EXPECT_EQ(find_update_source(source.name), &source);
    const auto url = parse_url(source.address);
    ASSERT_TRUE(url) << url.error().message;
    EXPECT_EQ(url->scheme, "https");
    EXPECT_GE(source.interval.count(), 5);
    if (source.form == SourceForm::kFile) {
      EXPECT_TRUE(is_safe_path(source.file));
      EXPECT_FALSE(source.address.ends_with('/'));
    } else {
      EXPECT_TRUE(source.address.ends_with('/'));
    }
  }
  EXPECT_EQ(find_update_source("nonsense"), nullptr);
}

}  // namespace
}  // namespace seaworthy
