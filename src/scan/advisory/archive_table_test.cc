#include "scan/advisory/archive_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scan/advisory/recording_sink.h"

namespace seaworthy {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string sha1_of(char last) {
  return "a1b2" + std::string(35, '0') + last;
}

TEST(ArchiveTable, FindsWhatItHas) {
  ArchiveTable table;
  EXPECT_TRUE(table.empty());
  for (const char c : {'9', '1', 'f', '5'}) {
    ASSERT_TRUE(table.add(sha1_of(c), std::string("g:") + c + ":1"));
  }
  ASSERT_TRUE(table.add(sha1_of('5'), "other:five:1"));
  ASSERT_TRUE(table.add(sha1_of('5'), "g:5:1"));  // said twice
  ASSERT_TRUE(table.add("ff" + std::string(38, '0'), "g:elsewhere:1"));
  const auto pairs = table.take();
  ASSERT_EQ(pairs.size(), 2U);
  EXPECT_EQ(pairs[0].first, archive_bucket(sha1_of('1')));
  const std::string& bucket = pairs[0].second;
  EXPECT_THAT(*find_archive(bucket, sha1_of('1')), ElementsAre("g:1:1"));
  EXPECT_THAT(*find_archive(bucket, sha1_of('f')), ElementsAre("g:f:1"));
  EXPECT_THAT(*find_archive(bucket, sha1_of('5')), ElementsAre("g:5:1", "other:five:1"));
  for (const char c : {'0', '2', 'e'}) {
    EXPECT_THAT(*find_archive(bucket, sha1_of(c)), IsEmpty()) << c;
  }
}

TEST(ArchiveTable, RefusesWhatIsNoDigest) {
  ArchiveTable table;
  for (const std::string& sha1 : {std::string(), std::string(39, '0'), std::string(40, 'g'),
                                  std::string(40, 'A'), std::string(41, '0')}) {
    EXPECT_FALSE(table.add(sha1, "g:a:1")) << sha1;
  }
  EXPECT_FALSE(table.add(sha1_of('1'), ""));
  EXPECT_FALSE(table.add(sha1_of('1'), std::string(2000, 'x')));
}

TEST(ArchiveTable, DamageIsNoAnswer) {
  ArchiveTable table;
  table.add(sha1_of('1'), "g:a:1");
  const std::string whole = table.take()[0].second;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(find_archive(whole.substr(0, size), sha1_of('1')).ok()) << size;
  }
}

TEST(ArchiveFeed, ReadsItsLines) {
  const std::string text = "sha1,group,artifact,version\r\n# a remark\n" + sha1_of('1') +
                           ",g,a,1.0\n\n" + std::string(40, 'A') + ",org.x,b-c,2\n" +
                           "nonsense\nx,g,a,1\n" + sha1_of('2') + ",g,,1\n" + sha1_of('3') +
                           ",g,a,1,2\n" + sha1_of('4') + ",g,a,\n";
  RecordingSink sink;
  const FeedDocument document{"table.csv", text};
  const Feed* feed = feed_for(document);
  ASSERT_NE(feed, nullptr);
  EXPECT_EQ(feed->name, "java-archives");
  ASSERT_TRUE(feed->parse(document, Limits{}, sink).ok());
  EXPECT_THAT(sink.archives, ElementsAre(testing::Pair(sha1_of('1'), "g:a:1.0"),
                                         testing::Pair(std::string(40, 'a'), "org.x:b-c:2")));
  EXPECT_EQ(sink.problems.size(), 5U);
}

}  // namespace
}  // namespace seaworthy
