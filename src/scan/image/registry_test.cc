#include "scan/image/registry.h"

#include <gmock/gmock.h>

#include "core/codec/digest.h"
#include "core/net/scripted_server.h"

namespace seaworthy {
namespace {

using testing::HasSubstr;

const std::string kBlob = [] {
  std::string text;
  for (int i = 0; i < 2000; ++i) text += std::to_string(i) + " ";
  return text;
}();

// Serves kBlob in pieces of `piece` bytes, each for a token of its own.
class Stingy {
 public:
  explicit Stingy(std::size_t piece) : piece_(piece) {}

  ScriptedAnswer operator()(const ScriptedRequest& request) {
    if (request.target.starts_with("/token")) {
      valid_ = std::to_string(++tokens_);
      return {.body = R"({"token":")" + valid_ + "\"}"};
    }
    if (valid_.empty() || request.header("Authorization") != "Bearer " + valid_) {
      const std::string realm = "http://" + std::string(request.header("Host")) + "/token";
      return {.status = 401,
              .headers = {{"WWW-Authenticate", "Bearer realm=\"" + realm + "\",service=\"s\""}}};
    }
    valid_.clear();
    const std::string range(request.header("Range"));
    const std::size_t first = range.empty() ? 0 : std::stoul(range.substr(6));
    ScriptedAnswer answer{.body = kBlob.substr(first)};
    if (!range.empty()) {
      answer.status = 206;
      answer.headers.push_back({"Content-Range", "bytes " + std::to_string(first) + "-" +
                                                     std::to_string(kBlob.size() - 1) + "/" +
                                                     std::to_string(kBlob.size())});
    }
    if (answer.body.size() > piece_) answer.cut_after = piece_;
    return answer;
  }
  int tokens() const { return tokens_; }

 private:
  const std::size_t piece_;
  std::string valid_;
  int tokens_ = 0;
};

Descriptor blob() {
  Descriptor descriptor;
  descriptor.digest = sha256(kBlob);
  descriptor.size = kBlob.size();
  return descriptor;
}

std::shared_ptr<RegistryRepository> repository(const ScriptedServer& server) {
  RegistryOptions options;
  const std::string host = server.url("/").authority();
  options.insecure = {host};
  options.environment = [](const char*) { return std::string(); };
  return *RegistryRepository::open(*parse_reference(host + "/a"), options);
}

TEST(Registry, ALayerMayNeedAnyNumberOfTokens) {
  Stingy stingy(kBlob.size() / 4);
  ScriptedServer server([&](const ScriptedRequest& request) { return stingy(request); });
  std::string bytes;
  const Status streamed = repository(server)->stream(blob(), [&](std::string_view block) {
    bytes += block;
    return ok_status();
  });
  ASSERT_TRUE(streamed.ok()) << streamed.error().message;
  EXPECT_EQ(bytes, kBlob);
  EXPECT_EQ(stingy.tokens(), 5);
}

TEST(Registry, TokensThatBringNothingEndIt) {
  Stingy stingy(0);
  ScriptedServer server([&](const ScriptedRequest& request) { return stingy(request); });
  const Status streamed =
      repository(server)->stream(blob(), [](std::string_view) { return ok_status(); });
  ASSERT_FALSE(streamed.ok());
  EXPECT_LE(stingy.tokens(), 3);
}

TEST(Registry, GivesRanges) {
  ScriptedServer ranges([&](const ScriptedRequest& request) -> ScriptedAnswer {
    EXPECT_EQ(request.header("Range"), "bytes=100-149");
    return {.status = 206,
            .headers = {{"Content-Range", "bytes 100-149/" + std::to_string(kBlob.size())}},
            .body = kBlob.substr(100, 50)};
  });
  const auto found = repository(ranges)->range(blob(), 100, 50);
  ASSERT_TRUE(found.ok()) << found.error().message;
  EXPECT_EQ(*found, kBlob.substr(100, 50));
  // A registry that does not do them would send everything that lies in front, each time.
  ScriptedServer server([](const ScriptedRequest&) -> ScriptedAnswer { return {.body = kBlob}; });
  for (const std::uint64_t offset : {0, 100}) {
    const auto refused = repository(server)->range(blob(), offset, 50);
    ASSERT_FALSE(refused.ok()) << offset;
    EXPECT_EQ(refused.error().code, ErrorCode::kUnsupported) << refused.error().message;
  }
  EXPECT_THAT(repository(server)->range(blob(), kBlob.size() - 1, 2).error().message,
              HasSubstr("a range outside of"));
}

}  // namespace
}  // namespace seaworthy
