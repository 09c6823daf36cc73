#include "core/model/package.h"

#include <gtest/gtest.h>

namespace seaworthy {
namespace {

TEST(Package, TypesHaveStableNames) {
  EXPECT_EQ(name_of(PackageType::kDeb), "deb");
  EXPECT_EQ(name_of(PackageType::kApk), "apk");
  EXPECT_EQ(name_of(PackageType::kRpm), "rpm");
  EXPECT_EQ(name_of(PackageType::kOther), "other");
}

TEST(Package, PropertiesAreKeptSortedAndUnique) {
  Package package;
  package.set_property(kVendor, "Red Hat");
  package.set_property(kModularity, "nodejs:12:1:2");
  package.set_property(kStatus, "half-installed");
  package.set_property(kVendor, "AlmaLinux");
  ASSERT_EQ(package.properties.size(), 3u);
  EXPECT_EQ(package.properties[0].first, kModularity);
  EXPECT_EQ(package.properties[1].first, kStatus);
  EXPECT_EQ(package.properties[2].first, kVendor);
  EXPECT_EQ(package.property(kVendor), "AlmaLinux");
  EXPECT_EQ(package.property("absent"), "");
}

TEST(Package, AnEmptyPropertyIsNotStored) {
  Package package;
  package.set_property(kVendor, "");
  EXPECT_TRUE(package.properties.empty());
  package.set_property(kVendor, "x");
  package.set_property(kVendor, "");
  EXPECT_TRUE(package.properties.empty());
}

TEST(Package, OrderIsTypeNameVersionArchPath) {
  const auto make = [](PackageType type, std::string name, std::string version, std::string arch,
                       std::string path) {
    Package package;
    package.type = type;
    package.name = std::move(name);
    package.version = std::move(version);
    package.arch = std::move(arch);
    package.path = std::move(path);
    return package;
  };
  const std::vector<Package> sorted{make(PackageType::kDeb, "a", "1", "amd64", "p"),
                                    make(PackageType::kDeb, "a", "1", "amd64", "q"),
                                    make(PackageType::kDeb, "a", "1", "arm64", "a"),
                                    make(PackageType::kDeb, "a", "2", "all", "a"),
                                    make(PackageType::kDeb, "b", "0", "all", "a"),
                                    make(PackageType::kApk, "a", "0", "", ""),
                                    make(PackageType::kRpm, "a", "0", "", ""),
                                    make(PackageType::kOther, "a", "0", "", "")};
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    for (std::size_t j = 0; j < sorted.size(); ++j) {
      EXPECT_EQ(package_before(sorted[i], sorted[j]), i < j) << i << " and " << j;
    }
  }
}

}  // namespace
}  // namespace seaworthy
