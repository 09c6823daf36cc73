#include "core/codec/digest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace seaworthy {
namespace {

constexpr std::string_view kSha256OfNothing =
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr std::string_view kSha256OfAbc =
    "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

// Vectors of FIPS 180-4's examples.
TEST(Sha, GivesTheStandardsVectors) {
  EXPECT_EQ(sha256(""), kSha256OfNothing);
  EXPECT_EQ(sha256("abc"), kSha256OfAbc);
  EXPECT_EQ(sha256(std::string(1'000'000, 'a')),
            "sha256:cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  Hasher sha512(Hasher::Algorithm::kSha512);
  sha512.update("abc");
  EXPECT_EQ(sha512.finish(),
            "sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
            "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

TEST(Hasher, GivesTheSameForAnyCutAndSurvivesAMove) {
  const std::string text(1000, 'q');
  for (const std::size_t cut : {0, 1, 63, 64, 65, 999, 1000}) {
    Hasher first;
    first.update(std::string_view(text).substr(0, cut));
    Hasher second(std::move(first));
    second.update(std::string_view(text).substr(cut));
    EXPECT_EQ(second.finish(), sha256(text)) << cut;
  }
}

TEST(IsDigest, AcceptsOnlyTheOciForm) {
  const std::string hex(64, 'a');
  struct Row {
    const char* name;
    std::string text;
    bool is;
  };
  const Row rows[] = {
      {"sha256", "sha256:" + hex, true},
      {"sha512", "sha512:" + hex + hex, true},
      {"empty", "", false},
      {"no algorithm", hex, false},
      {"only the algorithm", "sha256:", false},
      {"one digit short", "sha256:" + hex.substr(1), false},
      {"one digit more", "sha256:" + hex + "a", false},
      {"capital digits", "sha256:" + std::string(64, 'A'), false},
      {"capital algorithm", "SHA256:" + hex, false},
      {"other algorithm", "sha384:" + hex, false},
      {"lengths exchanged", "sha512:" + hex, false},
      {"path in it", "sha256:../" + hex.substr(3), false},
      {"newline", "sha256:" + hex.substr(1) + "\n", false},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(is_digest(row.text), row.is) << row.name;
    const auto algorithm = algorithm_of(row.text);
    EXPECT_EQ(algorithm.ok(), row.is) << row.name;
    if (!algorithm) {
      EXPECT_EQ(algorithm.error().code, ErrorCode::kUnsupported) << row.name;
    }
  }
  EXPECT_EQ(*algorithm_of("sha512:" + hex + hex), Hasher::Algorithm::kSha512);
}

TEST(ToHex, WritesLowerCase) {
  EXPECT_EQ(to_hex(""), "");
  EXPECT_EQ(to_hex(std::string_view("\0\x7f\xff\x0a", 4)), "007fff0a");
}

// Vectors of RFC 4648, section 10, and damaged forms of them.
TEST(FromBase64, GivesTheStandardsVectorsAndRefusesTheRest) {
  struct Row {
    const char* name;
    std::string_view text;
    std::optional<std::string_view> bytes;
  };
  const Row rows[] = {
      {"empty", "", ""},
      {"two of padding", "Zg==", "f"},
      {"one of padding", "Zm8=", "fo"},
      {"no padding", "Zm9v", "foo"},
      {"longer", "Zm9vYmFy", "foobar"},
      {"every kind of digit", "+/09azAZ", std::string_view("\xfb\xfd\x3d\x6b\x30\x19", 6)},
      {"padding missing", "Zg", std::nullopt},
      {"one digit", "Z", std::nullopt},
      {"padding too long", "Z===", std::nullopt},
      {"only padding", "====", std::nullopt},
      {"data behind padding", "Zg==Zg==", std::nullopt},
      {"padding inside", "Z=g=", std::nullopt},
      {"newline", "Zm9v\n", std::nullopt},
      {"URL alphabet", "-_-_", std::nullopt},
      {"not ASCII", "Zm9\xc3", std::nullopt},
  };
  for (const Row& row : rows) {
    const auto bytes = from_base64(row.text);
    EXPECT_EQ(bytes.ok(), row.bytes.has_value()) << row.name;
    if (bytes && row.bytes) {
      EXPECT_EQ(*bytes, *row.bytes) << row.name;
    }
    if (!bytes) {
      EXPECT_EQ(bytes.error().code, ErrorCode::kInvalidInput) << row.name;
    }
  }
}

TEST(Base64, Writes) {
  for (const std::string_view text : {"", "Zg==", "Zm8=", "Zm9v", "Zm9vYmFy", "+/09azAZ"}) {
    EXPECT_EQ(to_base64(*from_base64(text)), text);
  }
}

// Vectors computed with the reference library, xxHash 0.8.1 (XXH64, seed 0): every tail length
// class, below and above the 32 bytes from which four lanes run.
TEST(PathHash, IsXxh64) {
  struct Row {
    std::string text;
    std::uint64_t hash;
  };
  const Row rows[] = {
      {"", 0xef46db3751d8e999},
      {"a", 0xd24ec4f1a98c6e5b},
      {"abc", 0x44bc2cf5ad770999},
      {"usr/bin", 0x4cc5ec929b7ce643},
      {"usr/bin/perl", 0xbd7c07533c1bc34f},
      {"etc/os-release", 0x2113692510eaf1f8},
      {"var/lib/dpkg/status", 0xde5420cb97764327},
      {"usr/share/\xff\xc3\xa4", 0xbc3e7dc736d0e842},
      {"0123456789abcdef0123456789abcde", 0x1fdfc63febacfde7},
      {"0123456789abcdef0123456789abcdef", 0x642a94958e71e6c5},
      {"0123456789abcdef0123456789abcdef0", 0xe87684f08d6d0816},
      {"var/lib/dpkg/info/libc6:amd64.lis", 0x90c5bbcbe3517478},
      {std::string(63, 'x'), 0xb8467bf77f6c2c48},
      {std::string(64, 'x'), 0xa97161d5402f516e},
      {std::string(1000, 'x'), 0x4cb9a3b69cb700e1},
  };
  for (const Row& row : rows) EXPECT_EQ(path_hash(row.text), row.hash) << row.text;
}

}  // namespace
}  // namespace seaworthy
