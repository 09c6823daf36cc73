#include <set>

#include "core/codec/digest.h"
#include "scan/advisory/database.h"
#include "scan/advisory/schema.h"
#include "scan/update/parts_header.h"
#include "scan/update/parts_records.h"
#include "scan/update/parts_split.h"
#include "scan/update/update_fixture.h"

namespace seaworthy {
namespace {

using fixture::TemporaryDirectory;
using testing::Contains;
using testing::HasSubstr;
using testing::IsSupersetOf;
using testing::Not;

DatabaseHeader sample_header() {
  DatabaseHeader header;
  header.database_schema = kSchemaVersion;
  header.sequence = 42;
  header.built_at = fixture::kBuilt;
  header.feeds = {"debian", "npm"};
  header.parts = {{"common", "", "", sha256("1"), 10, 20, 3, sha256("2"), ""},
                  {"debian:12", "debian", "12", sha256("3"), 11, 21, 4, sha256("4"), ""}};
  return header;
}

TEST(DatabaseHeader, IsReadBackAndAlwaysTheSameBytes) {
  const DatabaseHeader header = sample_header();
  const std::string text = header_text(header);
  const auto read = parse_header(text, {});
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, header);
  EXPECT_EQ(header_text(*read), text);
  DatabaseHeader delta = header;
  delta.is_delta = true;
  delta.parent = 41;
  delta.parts[1].base = sha256("5");
  delta.parts[0].digest.clear();
  delta.parts[0].stored = delta.parts[0].unpacked = 0;
  EXPECT_EQ(*parse_header(header_text(delta), {}), delta);
}

TEST(DatabaseHeader, IsRefusedWhereItContradictsItself) {
  struct Case {
    const char* name;
    std::function<void(DatabaseHeader&)> change;
    ErrorCode code = ErrorCode::kInvalidInput;
  };
  const std::vector<Case> cases{
      {"other schema", [](auto& h) { ++h.database_schema; }, ErrorCode::kUnsupported},
      {"no common part", [](auto& h) { h.parts.erase(h.parts.begin()); }},
      {"out of order", [](auto& h) { std::swap(h.parts[0], h.parts[1]); }},
      {"twice", [](auto& h) { h.parts.push_back(h.parts[1]); }},
      {"feeds out of order", [](auto& h) { std::swap(h.feeds[0], h.feeds[1]); }},
      {"feed without a name", [](auto& h) { h.feeds[0].clear(); }},
      {"digest", [](auto& h) { h.parts[0].digest = "sha256:12"; }},
      {"content", [](auto& h) { h.parts[0].content = "../../etc"; }},
      {"base without a delta", [](auto& h) { h.parts[0].base = sha256(""); }},
      {"missing part without a delta", [](auto& h) { h.parts[0].digest.clear(); }},
      {"digest without a size", [](auto& h) { h.parts[0].stored = 0; }},
      {"name of another scope", [](auto& h) { h.parts[1].release = "11"; }},
      {"common with a scope", [](auto& h) { h.parts[0].ecosystem = "debian"; }},
      {"no name", [](auto& h) { h.parts[1].name.clear(); }},
      {"huge", [](auto& h) { h.parts[1].unpacked = ~std::uint64_t{0} >> 1; },
       ErrorCode::kLimitExceeded}};
  for (const Case& one : cases) {
    DatabaseHeader header = sample_header();
    one.change(header);
    const auto read = parse_header(header_text(header), {});
    ASSERT_FALSE(read) << one.name;
    EXPECT_EQ(read.error().code, one.code) << one.name << ": " << read.error().message;
  }
  for (const char* bad : {"", "{", "[]", "{}", R"({"schema":"seaworthy.db/2"})"}) {
    EXPECT_FALSE(parse_header(bad, {})) << bad;
  }
}

// ---- records ----------------------------------------------------------------------------------

Result<std::vector<std::string>> decode(std::string_view bytes, std::uint64_t unpacked,
                                        bool delta = false) {
  PartDecoder decoder(source_of_memory(bytes), unpacked, delta);
  std::vector<std::string> out;
  PartRecord record;
  for (;;) {
    ASSIGN_OR_RETURN(const bool more, decoder.next(record));
    if (!more) return out;
    out.push_back(std::to_string(static_cast<int>(record.table)) + (record.removed ? "-" : "+") +
                  std::string(record.key) + "=" + std::string(record.value));
  }
}

TEST(PartRecords, AreReadBackFromTheirCompressedForm) {
  const std::string large(700'000, 'v');
  PartEncoder encoder(3);
  encoder.add({Table::kRows, false, "a", "1"});
  encoder.add({Table::kRows, false, "b", large});
  encoder.add({Table::kFeeds, false, "a", ""});
  const PartEncoder::Encoded encoded = encoder.finish();
  EXPECT_EQ(encoded.keys, 3U);
  EXPECT_EQ(encoded.digest, sha256(encoded.bytes));
  PartDecoder decoder(inflate(source_of_memory(encoded.bytes), Compression::kZstd, {}),
                      encoded.unpacked, false);
  PartRecord record;
  ASSERT_TRUE(*decoder.next(record));
  EXPECT_EQ(record.key, "a");
  ASSERT_TRUE(*decoder.next(record));
  EXPECT_EQ(record.value, large);
  ASSERT_TRUE(*decoder.next(record));
  EXPECT_EQ(record.table, Table::kFeeds);
  ASSERT_FALSE(*decoder.next(record));
  EXPECT_EQ(decoder.content(), encoded.content);
}

TEST(PartRecords, AreRefusedWhereMalformed) {
  std::string good;
  append_record(good, {Table::kRows, false, "a", "1"});
  append_record(good, {Table::kRows, true, "b", ""});
  EXPECT_THAT(*decode(good, good.size(), true), testing::ElementsAre("0+a=1", "0-b="));
  std::string twice, backwards, changes;
  append_record(twice, {Table::kRows, false, "a", "1"});
  append_record(twice, {Table::kRows, false, "a", "2"});
  append_record(backwards, {Table::kDetails, false, "a", "1"});
  append_record(backwards, {Table::kRows, false, "b", "2"});
  append_record(changes, {Table::kChanges, false, "a", "1"});
  struct Case {
    const char* name;
    std::string bytes, says;
    bool delta = true;
    int longer = 0;  // than the bytes, in the header's eyes
  };
  const std::vector<Case> cases{
      {"removal outside a delta", good, "no delta", false},
      {"truncated", good.substr(0, good.size() - 1), "ends inside"},
      {"shorter than announced", good, "shorter", true, 1},
      {"longer than announced", good, "longer", true, -1},
      {"same key", twice, "not behind"},
      {"tables backwards", backwards, "not behind"},
      {"change log", changes, "names table"},
      {"unknown table",
       std::string("\x7e\x01"
                   "a\x00",
                   4),
       "names table"},
      {"empty key", std::string("\x00\x00\x00", 3), "empty key"},
      {"key over 511 bytes", std::string("\x00\x80\x04", 3) + std::string(600, 'k'), "512 bytes"},
      {"value without end",
       std::string("\x00\x01"
                   "a\xff\xff\xff\xff\x7f",
                   8),
       "a text of"},
      {"endless number", std::string(20, '\xff'), "too long"}};
  for (const Case& one : cases) {
    const auto size = static_cast<std::uint64_t>(static_cast<int>(one.bytes.size()) + one.longer);
    const auto read = decode(one.bytes, size, one.delta);
    ASSERT_FALSE(read) << one.name;
    EXPECT_THAT(read.error().message, HasSubstr(one.says)) << one.name;
  }
  EXPECT_TRUE(decode("", 0)->empty());
}

// ---- division ---------------------------------------------------------------------------------

std::set<std::string> keys_of(const std::vector<PartContent>& parts, std::string_view name) {
  std::set<std::string> keys;
  for (const PartContent& part : parts) {
    if (part.name != name) continue;
    for (const PartRecord& record : part.records) {
      std::string key(record.key);
      std::replace(key.begin(), key.end(), '\0', ' ');
      keys.insert(std::to_string(static_cast<int>(record.table)) + " " + key);
    }
  }
  return keys;
}

TEST(SplitDatabase, GivesEachReleaseWhatItsRowsMention) {
  const TemporaryDirectory directory;
  fixture::make_database(directory.path("db"));
  // Details that no row mentions.
  fixture::import_text(
      directory.path("db"), "rest",
      R"({"schema_version":"1.6.0","id":"CVE-2026-1077","modified":"2026-09-01T00:00:00Z","summary":"nobody's","affected":[]})"
      "\n" +
          fixture::osv("CVE-2026-1078", "npm", "x", "2"));
  const auto environment = *open_environment(directory.path("db"), false);
  const auto transaction = Transaction::begin(*environment, false);
  const auto parts = split_database(*transaction);
  ASSERT_TRUE(parts) << parts.error().message;
  std::vector<std::string> names;
  for (const PartContent& part : *parts) names.push_back(part.name);
  EXPECT_THAT(names,
              testing::ElementsAre("common", "debian:11", "debian:12", "npm", "unreferenced"));
  const auto twelve = keys_of(*parts, "debian:12");
  EXPECT_THAT(twelve, IsSupersetOf({"0 debian debian 12 bash", "0 debian debian 12 zlib",
                                    "1 debian CVE-2026-1001", "1 debian CVE-2026-1002",
                                    // npm's record of the same weakness, through the alias
                                    "1 npm GHSA-aaaa-bbbb-cccc"}));
  EXPECT_THAT(twelve, Not(Contains("1 debian CVE-2026-1003")));
  EXPECT_THAT(twelve, Not(Contains("0 npm npm  pako")));
  const auto npm = keys_of(*parts, "npm");
  EXPECT_THAT(npm, IsSupersetOf({"0 npm npm  pako", "1 debian CVE-2026-1001"}));
  EXPECT_THAT(keys_of(*parts, "common"),
              IsSupersetOf({"4 kev CVE-2026-1001", "7 debian", "7 npm"}));
  for (const PartContent& part : *parts) {
    EXPECT_TRUE(std::is_sorted(part.records.begin(), part.records.end(),
                               [](const PartRecord& a, const PartRecord& b) {
                                 return a.table != b.table ? a.table < b.table : a.key < b.key;
                               }))
        << part.name;
  }
}

}  // namespace
}  // namespace seaworthy
