#include "scan/advisory/row_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/codec/digest.h"
#include "scan/advisory/environment.h"
#include "scan/advisory/records.h"

namespace seaworthy {
namespace {

AdvisoryRow full_row() {
  AdvisoryRow row;
  row.vulnerability = "CVE-2023-38545";
  row.advisory_id = "ALSA-2023:6938";
  row.status = AdvisoryStatus::kUndetermined;
  row.fix_state = FixState::kEndOfLife;
  row.ranges = {{"0", "1.2-3", ""}, {"", "", "9"}, {"2", "2.5", ""}};
  row.ranges.back().introduced_excluded = true;
  row.versions = {"1.0", "1.1"};
  row.imports = {{"net/http", {"Client.Do", "Get"}, "windows|darwin", "386"},
                 {"net/http/cgi", {}, "", ""}};
  row.severity = Severity::kCritical;
  row.unimportant = true;
  row.kind = FindingKind::kMalicious;
  row.state = AdvisoryState::kWithdrawn;
  row.module = "container-tools:4.0";
  row.arch = "x86_64";
  row.channel = "esm-infra";
  row.note = "postponed: minor";
  row.document = "a/b.jsonl:12";
  return row;
}

std::string packed(const std::vector<AdvisoryRow>& rows, std::uint64_t* repeats = nullptr) {
  StringNumbers strings;
  strings.number("other rows of the feed");
  std::string collected;
  for (const AdvisoryRow& row : rows) append_row(collected, row, strings);
  std::uint64_t dropped = 0;
  return RowPacker(strings).pack(collected, repeats != nullptr ? *repeats : dropped);
}

TEST(RowCodec, RoundTrips) {
  AdvisoryRow plain;
  plain.vulnerability = "CVE-2023-1393";
  plain.ranges = {{"0", "2:1.20.11-1+deb11u6", ""}};
  plain.fix_state = FixState::kFixed;
  plain.document = "DSA/list:1";
  AdvisoryRow own_id;
  own_id.vulnerability = "DSA-1-1";
  AdvisoryRow odd;
  odd.vulnerability = "CVE-2023-99999999999";
  odd.document = "dir:/name:007";  // no line number: it would not come back as it was
  const std::vector<AdvisoryRow> rows{full_row(), plain, own_id, odd};
  const auto unpacked = unpack_rows(packed(rows));
  ASSERT_TRUE(unpacked) << unpacked.error().message;
  EXPECT_EQ(*unpacked, rows);
}

TEST(RowCodec, DropsRepeats) {
  std::uint64_t repeats = 0;
  const auto unpacked = unpack_rows(packed({full_row(), full_row()}, &repeats));
  ASSERT_TRUE(unpacked);
  EXPECT_EQ(unpacked->size(), 1U);
  EXPECT_EQ(repeats, 1U);
}

TEST(RowCodec, ATypicalRowIsSmall) {
  std::vector<AdvisoryRow> rows;
  for (int i = 0; i < 1000; ++i) {
    AdvisoryRow row;
    row.vulnerability = "CVE-2023-" + std::to_string(20000 + i);
    row.ranges = {{"0", "5.15.0-" + std::to_string(i / 50) + ".1", ""}};
    row.fix_state = FixState::kFixed;
    row.severity = Severity::kMedium;
    row.document = "ubuntu.jsonl:" + std::to_string(i + 1);
    rows.push_back(row);
  }
  EXPECT_LT(packed(rows).size(), 1000U * 16);
}

TEST(RowCodec, EveryDamagedValueIsRefusedOrReadable) {
  const std::string whole = packed({full_row(), full_row(), full_row()});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(unpack_rows(std::string_view(whole).substr(0, size))) << size;
  }
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = whole;
      flipped[at] = static_cast<char>(flipped[at] ^ (1 << bit));
      const auto rows = unpack_rows(flipped);  // either way: no crash
      if (rows) {
        EXPECT_LE(rows->size(), whole.size());
      }
    }
  }
}

TEST(Records, EpssYearIsSearched) {
  const std::string year = pack_epss_year(
      "2026-08-01", {{1, 43, 100}, {500, 12000, 216800}, {4000000000U, 10000000, 9999999}});
  const auto middle = find_epss(year, 500);
  ASSERT_TRUE(middle);
  EXPECT_DOUBLE_EQ(middle->score, 0.0012);
  EXPECT_DOUBLE_EQ(middle->percentile, 0.02168);
  EXPECT_EQ(middle->date, "2026-08-01");
  EXPECT_DOUBLE_EQ(find_epss(year, 4000000000U)->score, 1.0);
  EXPECT_TRUE(find_epss(year, 1));
  EXPECT_FALSE(find_epss(year, 2));
  EXPECT_FALSE(find_epss(year, 0));
  EXPECT_FALSE(find_epss("", 1));
  EXPECT_FALSE(find_epss("\x7f", 1));
}

TEST(Records, LongKeysAreHashedAndKeepTheirText) {
  const std::string rest = join_key({"npm", "", std::string(600, 'a')});
  const std::string key = stored_key("feed", rest);
  EXPECT_LE(key.size(), 511U);
  const std::string value = stored_value("feed", rest, "content");
  EXPECT_EQ(content_of("feed", rest, value), "content");
  const std::string other = join_key({"npm", "", std::string(600, 'b')});
  EXPECT_EQ(content_of("feed", other, value).data(), nullptr);
  std::string_view found;
  std::string_view content;
  ASSERT_TRUE(split_stored("feed", key, value, found, content));
  EXPECT_EQ(found, rest);
  EXPECT_EQ(package_key(found).package, std::string(600, 'a'));
}

TEST(RowCodec, EveryStatusAndSeveralArchitecturesComeBack) {
  for (int status = 0; status < static_cast<int>(AdvisoryStatus::kEnd); ++status) {
    AdvisoryRow row = full_row();
    row.status = static_cast<AdvisoryStatus>(status);
    row.arch = "aarch64|x86_64";
    row.channel = "rhel_eus:8.4";
    const auto rows = unpack_rows(packed({row}));
    ASSERT_TRUE(rows) << status;
    EXPECT_EQ(*rows, std::vector<AdvisoryRow>{row}) << status;
  }
}

// The stored form of one row, byte for byte. Where this changes, raise kSchemaVersion: an older
// database must be refused, because rows that are not found look like a clean package.
TEST(RowCodec, StoredFormIsThatOfThisSchemaVersion) {
  EXPECT_EQ(kSchemaVersion, 11U);
  EXPECT_EQ(to_hex(packed({full_row()})),
            "130e414c53412d323032333a3639333813636f6e7461696e65722d746f6f6c733a342e30067838365f36"
            "340965736d2d696e66726110706f7374706f6e65643a206d696e6f7209612f622e6a736f6e6c01300531"
            "2e322d330139013203322e3503312e3003312e31086e65742f687474700e77696e646f77737c64617277"
            "696e0333383609436c69656e742e446f034765740c6e65742f687474702f63676901ff0db61fe70f91ad"
            "02060c01020304050307080000000009000a0b0001020c0d02050e0f10111203130000");
}

}  // namespace
}  // namespace seaworthy
