#include "scan/worker/protocol.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace seaworthy {
namespace {

using testing::HasSubstr;

WorkerRequest typical_request() {
  WorkerRequest request;
  request.task = WorkerTask::kAssemble;
  request.sandbox = Sandbox::kOff;
  request.limits.path_length = 77;
  request.inputs.push_back({.fd = 9, .offset = 5, .size = 6, .is_stream = true});
  request.inputs.push_back({.fd = 9, .offset = 1, .size = 2, .is_stream = false});
  request.inputs[1].table = {TocForm::kZstdChunked, "sha256:3", "1:2:3:1"};
  request.has_spool = true;
  request.digest = "sha256:1";
  request.diff_id = "sha256:2";
  request.fault = "stall";
  request.files.push_back({.input = 1, .path = "a", .as_path = "b"});
  return request;
}

TEST(Protocol, ARequestKeepsEverythingButDescriptors) {
  const auto read = unpack_request(pack(typical_request()));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->task, WorkerTask::kAssemble);
  EXPECT_EQ(read->sandbox, Sandbox::kOff);
  EXPECT_EQ(read->limits.path_length, 77U);
  ASSERT_EQ(read->inputs.size(), 2U);
  EXPECT_EQ(read->inputs[0].fd, kFirstInputFd);
  EXPECT_EQ(read->inputs[1].fd, kFirstInputFd + 1);
  EXPECT_EQ(read->inputs[0].offset, 5U);
  EXPECT_EQ(read->inputs[0].size, 6U);
  EXPECT_TRUE(read->inputs[0].is_stream);
  EXPECT_FALSE(read->inputs[0].table);
  EXPECT_EQ(read->inputs[1].table, typical_request().inputs[1].table);
  EXPECT_TRUE(read->has_spool);
  EXPECT_EQ(read->digest, "sha256:1");
  EXPECT_EQ(read->diff_id, "sha256:2");
  EXPECT_EQ(read->fault, "stall");
  ASSERT_EQ(read->files.size(), 1U);
  EXPECT_EQ(read->files[0].input, 1U);
  EXPECT_EQ(read->files[0].as_path, "b");
}

TEST(Protocol, DamagedRequestsAreRefused) {
  const std::string good = pack(typical_request());
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(unpack_request(good.substr(0, size))) << "cut to " << size;
  }
  EXPECT_FALSE(unpack_request(good + "x"));
  WorkerRequest stray = typical_request();
  stray.files[0].input = 2;
  EXPECT_THAT(unpack_request(pack(stray)).error().message, HasSubstr("no such input"));
  WorkerRequest two = typical_request();
  two.task = WorkerTask::kReadLayer;
  EXPECT_THAT(unpack_request(pack(two)).error().message, HasSubstr("not exactly one input"));
}

TEST(Protocol, AnswersKeepEverything) {
  const auto progress = unpack_progress(pack(WorkerProgress{"read tar", 12345}));
  ASSERT_TRUE(progress);
  EXPECT_EQ(progress->step, "read tar");
  EXPECT_EQ(progress->bytes, 12345U);

  const Error error = unpack_failure(pack(Error{ErrorCode::kLimitExceeded, "too large"}));
  EXPECT_EQ(error.code, ErrorCode::kLimitExceeded);
  EXPECT_EQ(error.message, "too large");
  EXPECT_THAT(unpack_failure("\x7f").message, HasSubstr("worker failure"));

  ArchiveListing listing;
  listing.spooled = true;
  listing.members.push_back({.path = "a", .link_target = "b", .offset = 512, .size = 3});
  const auto read = unpack_listing(pack(listing));
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->spooled);
  ASSERT_EQ(read->members.size(), 1U);
  EXPECT_EQ(read->members[0].link_target, "b");
  EXPECT_EQ(read->members[0].offset, 512U);
}

TEST(Protocol, FramesAreCutFromAnyPieces) {
  const std::string stream = frame_header(FrameType::kProgress, 3) + "abc" +
                             frame_header(FrameType::kFailure, 0) +
                             frame_header(FrameType::kAnswer, 2) + "de";
  for (const std::size_t piece : {1UL, 2UL, 7UL, 100UL}) {
    FrameReader frames(10);
    std::string seen;
    for (std::size_t at = 0; at < stream.size(); at += piece) {
      frames.add(std::string_view(stream).substr(at, piece));
      FrameReader::Frame frame{};
      while (*frames.next(frame)) {
        seen += std::to_string(static_cast<int>(frame.type)) + frame.payload + ";";
      }
    }
    EXPECT_EQ(seen, "2abc;4;3de;") << "pieces of " << piece;
  }
}

TEST(Protocol, HostileFramesAreRefusedBeforeTheyAreHeld) {
  FrameReader::Frame frame{};
  FrameReader large(10);
  large.add(frame_header(FrameType::kAnswer, 11));
  EXPECT_EQ(large.next(frame).error().code, ErrorCode::kLimitExceeded);
  for (const char type : {'\0', '\x05', '\xff'}) {
    FrameReader unknown(10);
    unknown.add(std::string(1, type) + std::string(4, '\0'));
    EXPECT_EQ(unknown.next(frame).error().code, ErrorCode::kInvalidInput);
  }
}

}  // namespace
}  // namespace seaworthy
