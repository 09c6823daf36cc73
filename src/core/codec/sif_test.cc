#include "core/codec/sif.h"

#include <cstring>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace seaworthy {
namespace {

using testing::HasSubstr;

void put(std::string& bytes, std::size_t at, std::uint64_t value, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) bytes[at + i] = static_cast<char>(value >> (8 * i) & 0xff);
}

struct Object {
  std::uint32_t kind;
  std::uint64_t offset, size;
  std::uint32_t file_system = 0, role = 0;
  std::string arch;
  std::string name;
};

std::string sif(const std::vector<Object>& objects, std::uint64_t data = 4096) {
  std::string bytes(128, '\0');
  bytes.replace(0, 19, "#!/usr/bin/env run\n");
  std::memcpy(bytes.data() + 32,
              "SIF_MAGIC\0"
              "01\0"
              "02\0",
              16);
  put(bytes, 88, objects.size() + 1, 8);
  put(bytes, 96, 128, 8);
  put(bytes, 104, (objects.size() + 1) * 585, 8);
  for (const Object& object : objects) {
    std::string one(585, '\0');
    put(one, 0, object.kind, 4);
    one[4] = 1;
    put(one, 17, object.offset, 8);
    put(one, 25, object.size, 8);
    one.replace(73, object.name.size(), object.name);
    put(one, 201, object.file_system, 4);
    put(one, 205, object.role, 4);
    one.replace(209, object.arch.size(), object.arch);
    bytes += one;
  }
  return bytes + std::string(585, '\0') + std::string(data, 'd');  // and one free descriptor
}

Result<SifFile> parse(const std::string& bytes) {
  return parse_sif(*ranges_of_memory(bytes));
}

TEST(Sif, ReadsHeaderAndDescriptors) {
  const std::string bytes = sif({{0x4001, 1883, 100, 0, 0, "", "build.def"},
                                 {0x4004, 2000, 3000, 1, 2, "04", "squash"},
                                 {0x4005, 5000, 10, 0, 0, "", ""}});
  EXPECT_TRUE(is_sif(bytes));
  EXPECT_FALSE(is_sif(bytes.substr(0, 41)));
  const auto file = parse(bytes);
  ASSERT_TRUE(file.ok()) << file.error().message;
  EXPECT_EQ(file->arch, "amd64");
  ASSERT_EQ(file->objects.size(), 3U);
  EXPECT_EQ(file->objects[0].kind, SifKind::kDefinition);
  EXPECT_EQ(file->objects[0].name, "build.def");
  EXPECT_EQ(file->objects[1].kind, SifKind::kPartition);
  EXPECT_EQ(file->objects[1].file_system, SifFileSystem::kSquashfs);
  EXPECT_EQ(file->objects[1].role, SifRole::kPrimarySystem);
  EXPECT_EQ(file->objects[1].arch, "arm64");
  EXPECT_EQ(file->objects[1].offset, 2000U);
  EXPECT_EQ(file->objects[1].size, 3000U);
}

TEST(Sif, DamageIsAnError) {
  const std::string good = sif({{0x4004, 2000, 1000, 1, 2, "02", "squash"}});
  const auto with = [&](std::size_t at, std::uint64_t value, std::size_t size) {
    std::string bytes = good;
    put(bytes, at, value, size);
    return bytes;
  };
  struct Row {
    const char* name;
    std::string bytes;
    ErrorCode code;
    const char* message;
  };
  const Row rows[] = {
      {"empty", "", ErrorCode::kInvalidInput, "ends inside its header"},
      {"cut header", good.substr(0, 127), ErrorCode::kInvalidInput, "ends inside its header"},
      {"no magic", std::string(500, 'x'), ErrorCode::kInvalidInput, "no header"},
      {"another version", with(42, 0x3230, 2), ErrorCode::kUnsupported, "version 1"},
      {"a huge table", with(88, 1ULL << 60, 8), ErrorCode::kLimitExceeded, "descriptors"},
      {"a table that is not there", with(88, 4000, 8), ErrorCode::kInvalidInput, "table"},
      {"a table outside", with(96, ~0ULL, 8), ErrorCode::kInvalidInput, "table"},
      {"an object outside", with(128 + 17, 1ULL << 40, 8), ErrorCode::kInvalidInput,
       "object 1 of 1000 bytes"},
      {"a size past 64 bits", with(128 + 25, ~0ULL, 8), ErrorCode::kInvalidInput, "object 1"},
  };
  for (const Row& row : rows) {
    const auto file = parse(row.bytes);
    ASSERT_FALSE(file.ok()) << row.name;
    EXPECT_EQ(file.error().code, row.code) << row.name;
    EXPECT_THAT(file.error().message, HasSubstr(row.message)) << row.name;
  }
}

}  // namespace
}  // namespace seaworthy
