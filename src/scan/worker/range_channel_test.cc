#include "scan/worker/range_channel.h"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/file.h"
#include "core/base/limits.h"

namespace seaworthy {
namespace {

using testing::HasSubstr;

// Both ends of a channel.
struct Ends {
  Ends() {
    std::array<int, 2> made{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, made.data()), 0);
    asking = Fd(made[0]);
    answering = Fd(made[1]);
  }
  Fd asking, answering;
};

// Answers from `bytes` until it is destroyed.
class Answers {
 public:
  Answers(std::string bytes, std::uint64_t max_bytes)
      : bytes_(std::move(bytes)), thread_([this, max_bytes] {
          answer_ranges(
              ends_.answering.get(), bytes_.size(), max_bytes,
              [this](std::uint64_t offset, std::uint64_t size) -> Result<std::string> {
                ++questions_;
                if (offset == 13) return Error{ErrorCode::kUnsupported, "no parts"};
                if (offset == 14) return bytes_.substr(0, size - 1);
                return bytes_.substr(offset, size);
              },
              given_);
        }) {}
  ~Answers() { end(); }

  void end() {
    ends_.asking.reset();
    if (thread_.joinable()) thread_.join();
  }
  int fd() const { return ends_.asking.get(); }
  std::uint64_t given() const { return given_; }
  int questions() const { return questions_; }

 private:
  Ends ends_;
  const std::string bytes_;
  std::uint64_t given_ = 0;
  int questions_ = 0;
  std::thread thread_;
};

TEST(RangeChannel, GivesParts) {
  const std::string blob =
      std::string(kMaxRangeBytes, 'a') + std::string(kMaxRangeBytes, 'b') + "c";
  Answers answers(blob, 10 * blob.size());
  const auto ranges = ranges_of_channel(answers.fd(), blob.size());
  EXPECT_EQ(ranges->size(), blob.size());
  EXPECT_EQ(*ranges->read(blob.size() - 2, 2), "bc");
  EXPECT_EQ(*ranges->read(5, 0), "");
  EXPECT_TRUE(*ranges->read(0, blob.size()) == blob);
  EXPECT_EQ(ranges->read(1, blob.size()).error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(ranges->read(~0ULL, 1).error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(*ranges->read(0, 1), "a");
  answers.end();
  EXPECT_EQ(answers.given(), blob.size() + 3);
  EXPECT_EQ(answers.questions(), 5);
}

TEST(RangeChannel, ErrorsPass) {
  Answers answers(std::string(100, 'x'), 50);
  const auto ranges = ranges_of_channel(answers.fd(), 100);
  const auto refused = ranges->read(13, 5);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(refused.error().message, "no parts");
  EXPECT_THAT(ranges->read(14, 5).error().message, HasSubstr("another size"));
  EXPECT_TRUE(ranges->read(0, 49).ok());
  EXPECT_EQ(ranges->read(0, 2).error().code, ErrorCode::kLimitExceeded);
  EXPECT_TRUE(ranges->read(0, 1).ok());
}

// A worker that was taken over asks for what it likes.
TEST(RangeChannel, HostileQuestions) {
  struct Row {
    const char* name;
    std::uint64_t offset, size;
  };
  for (const Row& row : {Row{"nothing", 0, 0}, Row{"behind the end", 100, 1},
                         Row{"over the end", 99, 2}, Row{"too large", 0, kMaxRangeBytes + 1},
                         Row{"wrapping", ~0ULL, 2}, Row{"wrapping size", 1, ~0ULL}}) {
    Answers answers(std::string(100, 'x'), 1000);
    // The reader would not ask: it is told of a larger blob, or the question is written by hand.
    std::string question(16, '\0');
    for (unsigned i = 0; i < 8; ++i) {
      question[i] = static_cast<char>(row.offset >> (8 * i) & 0xff);
      question[8 + i] = static_cast<char>(row.size >> (8 * i) & 0xff);
    }
    ASSERT_TRUE(write_all(answers.fd(), question));
    char code = 0;
    ASSERT_EQ(::read(answers.fd(), &code, 1), 1) << row.name;
    EXPECT_EQ(code, 1 + static_cast<int>(ErrorCode::kInvalidInput)) << row.name;
    answers.end();
    EXPECT_EQ(answers.questions(), 0) << row.name;
    EXPECT_EQ(answers.given(), 0U) << row.name;
  }
  Answers half(std::string(100, 'x'), 1000);
  ASSERT_TRUE(write_all(half.fd(), "half"));
  half.end();  // does not wait for the other half
}

TEST(RangeChannel, MalformedAnswers) {
  const std::string zeros(7, '\0');
  struct Row {
    const char* name;
    std::string answer;
    const char* message;
  };
  const Row rows[] = {
      {"none", "", "nobody answers"},
      {"half a header", std::string(9, '\0'), "nobody answers"},
      {"another size", std::string(8, '\0') + '\x05' + zeros + "12345", "malformed"},
      {"no such code", '\x70' + zeros + '\x04' + zeros + "1234", "malformed"},
      {"a long message", '\x01' + zeros + std::string(8, '\x7f'), "malformed"},
      {"cut", std::string(8, '\0') + '\x04' + zeros + "123", "nobody answers"},
  };
  for (const Row& row : rows) {
    Ends ends;
    ASSERT_TRUE(write_all(ends.answering.get(), row.answer));
    ::shutdown(ends.answering.get(), SHUT_WR);
    const auto read = ranges_of_channel(ends.asking.get(), 100)->read(0, 4);
    ASSERT_FALSE(read.ok()) << row.name;
    EXPECT_THAT(read.error().message, HasSubstr(row.message)) << row.name;
  }
}

}  // namespace
}  // namespace seaworthy
