#include "scan/match/archive_identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace seaworthy {
namespace {

Package archive(const std::string& name, const std::string& sha1) {
  Package package;
  package.name = name;
  package.set_property("purl", "pkg:maven/" + name);
  package.set_property(kDoubt, "its version is not known");
  package.set_property(kArchiveSha1, sha1);
  return package;
}

TEST(ArchiveIdentity, Rule46_NamesWhatIsKnownOnce) {
  Inventory inventory;
  inventory.packages = {archive("a", "1"), archive("jstl", "2"), archive("own", "3")};
  identify_archives(inventory, [](std::string_view sha1) -> std::vector<std::string> {
    if (sha1 == "1") return {"org.example:z:1.0"};
    if (sha1 == "2") return {"javax.servlet:jstl:1.2", "jstl:jstl:1.2"};
    return {};
  });
  ASSERT_EQ(inventory.packages.size(), 3U);
  EXPECT_EQ(inventory.packages[0].property(kDoubt),
            "the same bytes were published as javax.servlet:jstl:1.2, jstl:jstl:1.2");
  EXPECT_EQ(inventory.packages[1].name, "org.example:z");
  EXPECT_EQ(inventory.packages[1].property("purl"), "pkg:maven/org.example/z@1.0");
  EXPECT_EQ(inventory.packages[1].property(kDoubt), "");
  EXPECT_EQ(inventory.packages[2].property(kDoubt), "its version is not known");
}

}  // namespace
}  // namespace seaworthy
