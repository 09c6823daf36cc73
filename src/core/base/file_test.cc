#include "core/base/file.h"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace seaworthy {
namespace {

using testing::HasSubstr;

class Files : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = testing::TempDir() + "file-test-" + std::to_string(::getpid());
    std::filesystem::create_directories(directory_);
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }
  std::string path(const char* name) const { return directory_ + "/" + name; }

  std::string directory_;
};

TEST_F(Files, WritesAndReadsWholeFiles) {
  const std::string bytes = std::string("a\0b\xff", 4) + std::string(200'000, 'x');
  ASSERT_TRUE(write_file_atomically(path("f"), bytes).ok());
  EXPECT_EQ(*read_file(path("f"), bytes.size()), bytes);
  ASSERT_TRUE(write_file_atomically(path("f"), "").ok());
  EXPECT_EQ(*read_file(path("f"), 0), "");
  // Nothing but the file itself stays behind.
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory_), {}), 1);
}

TEST_F(Files, AnOutputThatCannotBeWrittenIsNamedAsItWasGiven) {
  const std::string output = path("nowhere/x");
  const Status written = write_file_atomically(output, "1");
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.error().message, "create " + output + ": No such file or directory");
}

TEST_F(Files, RefusesAFileOverTheLimit) {
  ASSERT_TRUE(write_file_atomically(path("f"), "12345").ok());
  EXPECT_EQ(*read_file(path("f"), 5), "12345");
  const auto text = read_file(path("f"), 4);
  ASSERT_FALSE(text.ok());
  EXPECT_EQ(text.error().code, ErrorCode::kLimitExceeded);
}

TEST_F(Files, NamesThePathInErrors) {
  const auto text = read_file(path("missing"), 10);
  ASSERT_FALSE(text.ok());
  EXPECT_EQ(text.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(text.error().message, HasSubstr(path("missing")));
  const Status written = write_file_atomically(path("no/such/f"), "x");
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.error().code, ErrorCode::kNotFound);
}

TEST_F(Files, AFullDiskIsCalledSo) {
  const Fd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  if (!full.valid()) GTEST_SKIP() << "no /dev/full here";
  const Status written = write_all(full.get(), "x");
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.error().message, "write /dev/full: No space left on device");
}

TEST_F(Files, ReadsPartsAndSaysWhereTheFileEnds) {
  ASSERT_TRUE(write_file_atomically(path("f"), "0123456789").ok());
  const auto fd = open_for_reading(path("f"));
  ASSERT_TRUE(fd.ok());
  EXPECT_EQ(*file_size(fd->get()), 10u);
  char part[4] = {};
  ASSERT_TRUE(read_exactly_at(fd->get(), part, 3, 7).ok());
  EXPECT_STREQ(part, "789");
  const Status past = read_exactly_at(fd->get(), part, 3, 8);
  ASSERT_FALSE(past.ok());
  EXPECT_EQ(past.error().code, ErrorCode::kInvalidInput);
}

TEST_F(Files, SpoolsWithoutAName) {
  const auto spool = open_spool();
  ASSERT_TRUE(spool.ok());
  ASSERT_TRUE(write_all(spool->get(), "spooled").ok());
  char bytes[8] = {};
  ASSERT_TRUE(read_exactly_at(spool->get(), bytes, 7, 0).ok());
  EXPECT_STREQ(bytes, "spooled");
}

TEST(Fd, ClosesOnceAndMoves) {
  Fd first(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  ASSERT_TRUE(first.valid());
  const int number = first.get();
  Fd second(std::move(first));
  EXPECT_FALSE(first.valid());  // NOLINT(bugprone-use-after-move): that is what is tested
  EXPECT_EQ(second.get(), number);
  second.reset();
  EXPECT_FALSE(second.valid());
  EXPECT_EQ(::fcntl(number, F_GETFD), -1);
}

}  // namespace
}  // namespace seaworthy
