#include "core/codec/bolt.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/file.h"
#include "core/base/limits.h"

namespace seaworthy {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// small.bolt: pages of 512 bytes; v1 → default → images is a tree of a branch page and two leaves,
// one of them with an overflow; each image is a bucket inside its parent's value. The first meta
// page is of transaction 7, the second of 6.
std::string small_database() {
  return *read_file(std::string(TESTDATA) + "/small.bolt", 1 * kMiB);
}

using Listing = Result<std::vector<BoltDatabase::Entry>>;

Listing list(std::string_view bytes, const std::vector<std::string>& path,
             std::uint64_t max_bytes = 1 * kMiB) {
  const auto file = ranges_of_memory(bytes);
  ASSIGN_OR_RETURN(BoltDatabase database, BoltDatabase::open(*file));
  return database.list(path, max_bytes);
}

std::vector<std::string> keys(const Listing& entries) {
  std::vector<std::string> found;
  if (!entries) return {entries.error().message};
  for (const BoltDatabase::Entry& entry : *entries) found.push_back(entry.key);
  return found;
}

TEST(Bolt, ListsBuckets) {
  const std::string bytes = small_database();
  EXPECT_THAT(keys(list(bytes, {})), ElementsAre("v1"));
  EXPECT_THAT(keys(list(bytes, {"v1"})), ElementsAre("default", "k8s.io", "version"));
  EXPECT_THAT(keys(list(bytes, {"v1", "default", "images"})),
              ElementsAre("docker.io/library/a:1", "docker.io/library/b:2",
                          "ghcr.io/long/" + std::string(600, 'x')));
  EXPECT_THAT(keys(list(bytes, {"v1", "k8s.io"})), ElementsAre());
  const Listing target =
      list(bytes, {"v1", "default", "images", "docker.io/library/b:2", "target"});
  EXPECT_THAT(keys(target), ElementsAre("digest", "mediatype", "size"));
  EXPECT_THAT((*target)[0].value, testing::StartsWith("sha256:cdcdcd"));
}

TEST(Bolt, SaysWhatIsNotThere) {
  const std::string bytes = small_database();
  for (const std::vector<std::string>& path : std::vector<std::vector<std::string>>{
           {"v2"}, {"v1", "version"}, {"v1", "default", "images", "docker.io/library/c:1"}}) {
    const Listing listing = list(bytes, path);
    ASSERT_FALSE(listing.ok()) << path.back();
    EXPECT_EQ(listing.error().code, ErrorCode::kNotFound);
    EXPECT_THAT(listing.error().message, HasSubstr(path.back()));
  }
}

TEST(Bolt, DamageIsAnError) {
  struct Row {
    const char* name;
    std::size_t offset;  // of the byte that is changed; 0 with `size`: cut there
    char byte;
    std::size_t size;
    ErrorCode code;
    const char* message;
  };
  const Row rows[] = {
      {"empty", 0, 0, 0, ErrorCode::kInvalidInput, "no meta page"},
      {"cut in the first page", 0, 0, 50, ErrorCode::kInvalidInput, "no meta page"},
      {"cut behind the meta pages", 0, 0, 1024, ErrorCode::kInvalidInput, "a page that is none"},
      {"a page under another number", 6 * 512, 9, ~0ULL, ErrorCode::kInvalidInput,
       "another page's number"},
      {"a page of another kind", 6 * 512 + 8, 16, ~0ULL, ErrorCode::kInvalidInput,
       "neither branch nor leaf in page 6"},
      {"a branch to itself", 6 * 512 + 16 + 8, 6, ~0ULL, ErrorCode::kInvalidInput, "too deep"},
      {"a key outside", 7 * 512 + 16 + 11, 127, ~0ULL, ErrorCode::kInvalidInput,
       "an element outside in page 7"},
      {"an endless overflow", 7 * 512 + 15, 127, ~0ULL, ErrorCode::kInvalidInput, "too long a run"},
  };
  for (const Row& row : rows) {
    std::string bytes = small_database();
    if (row.size != ~0ULL) {
      bytes.resize(row.size);
    } else {
      bytes[row.offset] = row.byte;
    }
    const Listing listing =
        list(bytes, {"v1", "default", "images", "docker.io/library/a:1", "target"});
    ASSERT_FALSE(listing.ok()) << row.name;
    EXPECT_EQ(listing.error().code, row.code) << row.name;
    EXPECT_THAT(listing.error().message, HasSubstr(row.message)) << row.name;
  }
}

TEST(Bolt, TheNewestWholeMetaPageCounts) {
  std::string bytes = small_database();
  bytes[16 + 48] = 8;  // the transaction of the first one: its checksum is wrong now
  EXPECT_THAT(keys(list(bytes, {})), ElementsAre("v1"));
  bytes[512 + 16 + 48] = 9;
  EXPECT_THAT(keys(list(bytes, {})), ElementsAre(HasSubstr("no meta page is whole")));
}

TEST(Bolt, SizeIsBounded) {
  const Listing listing = list(small_database(), {"v1", "default", "images"}, 500);
  ASSERT_FALSE(listing.ok());
  EXPECT_EQ(listing.error().code, ErrorCode::kLimitExceeded);
}

// Gives the bytes of another state from some read on, as a daemon's commit would.
class ChangingRanges final : public RangeReader {
 public:
  ChangingRanges(std::string before, std::string after, int reads)
      : before_(std::move(before)), after_(std::move(after)), reads_(reads) {}
  std::uint64_t size() const override { return before_.size(); }
  Result<std::string> read(std::uint64_t offset, std::uint64_t size) override {
    return ranges_of_memory(reads_-- > 0 ? before_ : after_)->read(offset, size);
  }

 private:
  const std::string before_, after_;
  int reads_;
};

TEST(Bolt, AWriteMeanwhileIsNoticed) {
  std::string older = small_database();
  older[16] = 'x';  // only the second meta page, of transaction 6, is whole
  ChangingRanges file(older, small_database(), 9);
  auto database = BoltDatabase::open(file);
  ASSERT_TRUE(database.ok());
  const Listing listing = database->list({"v1"}, 1 * kMiB);
  ASSERT_FALSE(listing.ok());
  EXPECT_EQ(listing.error().code, ErrorCode::kConflict);
}

}  // namespace
}  // namespace seaworthy
