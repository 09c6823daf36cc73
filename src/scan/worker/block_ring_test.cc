#include "scan/worker/block_ring.h"

#include <algorithm>
#include <optional>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace seaworthy {
namespace {

// Writes `bytes` through blocks of different fill, as a writing thread does.
void write(BlockRing& ring, std::string_view bytes, std::optional<Error> failure = {}) {
  std::size_t fill = 1;
  while (!bytes.empty()) {
    const std::span<char> block = ring.writable();
    if (block.empty()) break;
    const std::size_t size = std::min({block.size(), bytes.size(), fill});
    std::copy_n(bytes.data(), size, block.data());
    ring.publish(size);
    bytes.remove_prefix(size);
    fill = fill % 16 + 1;
  }
  ring.finish(std::move(failure));
}

std::string numbers(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += std::to_string(i) + ",";
  return text;
}

TEST(BlockRing, CarriesEveryByteInOrderAndHashesWhatIsSkipped) {
  const std::string bytes = numbers(20000);
  BlockRing ring(3, 16);
  Hasher hasher;
  RingSource source(ring, &hasher);
  std::thread writer([&] { write(ring, bytes); });
  std::string front(1000, '\0');
  std::size_t have = 0;
  while (have < front.size()) have += *source.read(std::span(front).subspan(have));
  EXPECT_EQ(front, bytes.substr(0, 1000));
  EXPECT_EQ(*source.skip(5000), 5000U);
  const auto rest = read_all(source, bytes.size());
  writer.join();
  ASSERT_TRUE(rest);
  EXPECT_TRUE(*rest == bytes.substr(6000));
  EXPECT_EQ(source.arrived(), bytes.size());
  EXPECT_EQ(hasher.finish(), sha256(bytes));
}

TEST(BlockRing, GivesTheFailureBehindTheBlocksBeforeItAndKeepsIt) {
  BlockRing ring(4, 16);
  RingSource source(ring, nullptr);
  std::thread writer([&] { write(ring, "0123456789", Error{ErrorCode::kInvalidInput, "broken"}); });
  std::string bytes(10, '\0');
  for (std::size_t have = 0; have < bytes.size();) {
    have += *source.read(std::span(bytes).subspan(have));
  }
  EXPECT_EQ(bytes, "0123456789");
  for (int i = 0; i < 3; ++i) {
    const auto more = source.read(bytes);
    ASSERT_FALSE(more);
    EXPECT_EQ(more.error().message, "broken");
  }
  writer.join();
}

TEST(BlockRing, AnAbandonedWriterDoesNotWait) {
  BlockRing ring(2, 16);
  std::thread writer([&] { write(ring, numbers(10000)); });
  RingSource source(ring, nullptr);
  EXPECT_EQ(*source.skip(20), 20U);
  ring.abandon();
  writer.join();  // hangs where it waits for a reader
  EXPECT_TRUE(ring.writable().empty());
}

TEST(BlockRing, HashesFromTheBlockThatWasPeekedAt) {
  BlockRing ring(2, 16);
  std::thread writer([&] { write(ring, "abcdefgh"); });
  RingSource source(ring, nullptr);
  ASSERT_TRUE(source.peek());
  Hasher hasher;
  source.hash_from_here(hasher);
  EXPECT_EQ(*source.skip(100), 8U);
  writer.join();
  EXPECT_EQ(hasher.finish(), sha256("abcdefgh"));
}

}  // namespace
}  // namespace seaworthy
