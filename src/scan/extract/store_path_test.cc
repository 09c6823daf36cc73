#include "scan/extract/store_path.h"

#include <string>

#include <gtest/gtest.h>

namespace seaworthy {
namespace {

struct Row {
  const char *name, *path, *deriver, *package, *version;  // package "" : none
};

class StorePath : public testing::TestWithParam<Row> {};

#define HASH "0123456789abcdfghijklmnpqrsvwxyz"

TEST_P(StorePath, Parses) {
  const auto found = parse_store_path(GetParam().path, GetParam().deriver);
  EXPECT_EQ(found ? found->name : "", GetParam().package);
  EXPECT_EQ(found ? found->version : "", GetParam().version);
}

INSTANTIATE_TEST_SUITE_P(
    Names, StorePath,
    testing::Values(
        Row{"Plain", "nix/store/" HASH "-hello-2.12.1", "", "hello", "2.12.1"},
        Row{"WithSlash", "/nix/store/" HASH "-hello-2.12.1", "", "hello", "2.12.1"},
        Row{"Guix", "/gnu/store/" HASH "-glibc-2.35", "", "glibc", "2.35"},
        Row{"NumberInName", "nix/store/" HASH "-python3.11-requests-2.31.0", "",
            "python3.11-requests", "2.31.0"},
        Row{"Unstable", "nix/store/" HASH "-foo-unstable-2023-01-02", "", "foo-unstable",
            "2023-01-02"},
        Row{"KnownOutput", "nix/store/" HASH "-openssl-3.0.12-dev", "", "openssl", "3.0.12"},
        Row{"OutputByDeriver", "nix/store/" HASH "-openssl-3.0.12-fancy",
            "/nix/store/" HASH "-openssl-3.0.12.drv", "openssl", "3.0.12"},
        Row{"VersionThatLooksLikeAnOutput", "nix/store/" HASH "-x-1.0-bin",
            "/nix/store/" HASH "-x-1.0-bin.drv", "x", "1.0-bin"},
        Row{"ForeignDeriver", "nix/store/" HASH "-x-1.0", "/nix/store/" HASH "-y-2.drv", "x",
            "1.0"},
        Row{"NoVersion", "nix/store/" HASH "-etc-os-release", "", "", ""},
        Row{"Derivation", "nix/store/" HASH "-hello-2.12.1.drv", "", "", ""},
        Row{"Tarball", "nix/store/" HASH "-hello-2.12.1.tar.gz", "", "", ""},
        Row{"Source", "nix/store/" HASH "-hello-2.12.1-source", "", "", ""},
        Row{"Below", "nix/store/" HASH "-hello-2.12.1/bin", "", "", ""},
        Row{"ShortHash", "nix/store/0123-hello-2.12.1", "", "", ""},
        Row{"CapitalsInHash", "nix/store/0123456789ABCDFGHIJKLMNPQRSVWXYZ-hello-2", "", "", ""},
        Row{"Elsewhere", "opt/store/" HASH "-hello-2.12.1", "", "", ""},
        Row{"OnlyHash", "nix/store/" HASH, "", "", ""},
        Row{"OnlyVersion", "nix/store/" HASH "--1", "", "", ""},
        Row{"EndsInHyphen", "nix/store/" HASH "-a-", "", "", ""},
        Row{"Escape", "nix/store/" HASH "-a\x1b-1", "", "", ""}, Row{"Empty", "", "", "", ""}),
    [](const auto& test) { return test.param.name; });

TEST(StorePathForm, KnowsTheStores) {
  EXPECT_EQ(parse_store_path("nix/store/" HASH "-a-1", {})->store, "nix");
  EXPECT_EQ(parse_store_path("gnu/store/" HASH "-a-1", {})->store, "guix");
  EXPECT_TRUE(is_store_path("nix/store/" HASH "-etc"));
  EXPECT_FALSE(is_store_path("nix/store/.links"));
}

}  // namespace
}  // namespace seaworthy
