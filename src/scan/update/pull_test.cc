#include "scan/update/pull.h"

#include "core/base/file.h"
#include "core/codec/digest.h"
#include "scan/update/publish.h"
#include "scan/update/update_fixture.h"

namespace seaworthy {
namespace {

using fixture::kBuilt;
using fixture::osv;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class Pull : public testing::Test {
 protected:
  std::string path(const std::string& name) const { return directory_.path(name); }

  PublishResult publish() {
    ExportOptions exporting;
    exporting.level = 1;
    const auto database = export_database(path("full"), exporting);
    std::vector<PrivateKey> keys;
    keys.push_back(*PrivateKey::load(path("ours.key")));
    const auto published = publish_database(*database, sign_header(database->header_text, keys), "",
                                            "oci:" + path("layout"), {});
    EXPECT_TRUE(published) << published.error().message;
    return *published;
  }
  PullOptions options() const {
    PullOptions options;
    options.import.now = kBuilt + 100;
    options.import.trusted_keys = {ours_.public_key()};
    return options;
  }
  Result<PullResult> pull(const std::string& to, const PullOptions& options) {
    return pull_database("oci:" + path("layout"), path(to), options);
  }
  std::vector<std::string> parts_in(const std::string& name) {
    std::vector<std::string> parts;
    const auto publication = AdvisoryDatabase::open(path(name))->publication();
    for (const PublishedPart& part : publication->parts) {
      if (part.in_place) parts.push_back(part.name);
    }
    return parts;
  }
  // Every blob of the layout whose bytes begin like this.
  std::vector<std::string> blobs_like(std::string_view begin) {
    std::vector<std::string> found;
    for (const auto& entry :
         std::filesystem::directory_iterator(path("layout") + "/blobs/sha256")) {
      if (read_file(entry.path(), 10 * kMiB)->starts_with(begin)) found.push_back(entry.path());
    }
    return found;
  }
  void SetUp() override {
    ASSERT_TRUE(ours_.save(path("ours")));
    fixture::make_database(path("full"));
    publish();
  }

  const fixture::TemporaryDirectory directory_;
  const PrivateKey ours_ = *PrivateKey::generate();
};

TEST_F(Pull, WithoutAWishEverythingThenWhatIsInPlace) {
  const auto first = pull("b", options());
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(first->import.parts_in_place, first->import.parts);
  const auto again = pull("b", options());
  EXPECT_TRUE(again->import.unchanged);
  EXPECT_EQ(again->blobs_fetched, 2U);  // header and signatures
}

TEST_F(Pull, FetchesOnlyWhatIsNamedOrNeeded) {
  PullOptions twelve = options();
  twelve.parts = {"debian:12"};
  ASSERT_TRUE(pull("b", twelve));
  EXPECT_THAT(parts_in("b"), ElementsAre("common", "debian:12"));
  PullOptions needed = options();
  needed.needed = [](const AdvisoryDatabase& database) {
    // It can see what there is to have.
    std::set<std::pair<std::string, std::string>> scopes;
    for (const FeedInfo& feed : database.feeds()) {
      EXPECT_THAT(feed.scopes, IsEmpty());
      if (feed.name == "npm") scopes.insert(feed.not_pulled.begin(), feed.not_pulled.end());
    }
    scopes.emplace("ecosystem", "that nobody publishes");
    return Result<decltype(scopes)>(scopes);
  };
  ASSERT_TRUE(pull("b", needed));
  EXPECT_THAT(parts_in("b"), ElementsAre("common", "debian:12", "npm"));
  PullOptions unknown = options();
  unknown.parts = {"debian:99"};
  EXPECT_EQ(pull("b", unknown).error().code, ErrorCode::kNotFound);
  PullOptions all = options();
  all.all = true;
  ASSERT_TRUE(pull("b", all));
  EXPECT_THAT(parts_in("b"), Contains("debian:11"));
}

TEST_F(Pull, UpdateBringsTheChangedPartsOfThoseInPlace) {
  PullOptions some = options();
  some.parts = {"debian:12", "npm"};
  ASSERT_TRUE(pull("b", some));
  fixture::import_text(
      path("full"), "npm",
      osv("GHSA-aaaa-bbbb-cccc", "npm", "pako", "2.0.0", R"(,"aliases":["CVE-2026-1001"])") +
          osv("CVE-2026-1009", "npm", "left", "1.0.9"),
      kBuilt + 10);
  const PublishResult published = publish();
  EXPECT_GT(published.blobs_there, 0U);  // the parts that did not change
  const auto pulled = pull("b", options());
  ASSERT_TRUE(pulled) << pulled.error().message;
  EXPECT_EQ(pulled->import.parts_read, 2U);  // common and npm
  EXPECT_THAT(parts_in("b"), ElementsAre("common", "debian:12", "npm"));
  EXPECT_EQ(AdvisoryDatabase::open(path("b"))->rows({"npm", "", "left"})[0].ranges[0].fixed,
            "1.0.9");
}

TEST_F(Pull, WhatThePublisherGaveUpGoes) {
  ASSERT_TRUE(pull("b", options()));
  ASSERT_THAT(parts_in("b"), Contains("debian:11"));
  fixture::import_text(path("full"), "debian", osv("CVE-2026-1002", "Debian:12", "bash", "5.2-9"),
                       kBuilt + 10);
  publish();
  ASSERT_TRUE(pull("b", options()));
  EXPECT_THAT(parts_in("b"), Not(Contains("debian:11")));
  EXPECT_THAT(AdvisoryDatabase::open(path("b"))->rows({"debian", "11", "curl"}), IsEmpty());
}

TEST_F(Pull, ExchangedPiecesAreNoticed) {
  struct Case {
    const char* name;
    std::string begin, bytes, says;
  };
  for (const Case& one :
       {Case{"header", R"({"schema":"seaworthy.db)", "{}", "does not have that digest"},
        Case{"signatures", R"({"schema":"seaworthy.sig)", "{}", ""},
        Case{"part", "\x28\xb5\x2f\xfd", "xx", ""},
        Case{"manifest", R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest)",
             "{}", "does not have that digest"}}) {
    std::filesystem::remove_all(path("layout"));
    publish();
    for (const std::string& blob : blobs_like(one.begin)) {
      const std::string old = *read_file(blob, 10 * kMiB);
      std::string changed = one.bytes;
      changed.resize(old.size(), ' ');
      fixture::write_file(blob, changed);
    }
    const auto pulled = pull("fresh", options());
    ASSERT_FALSE(pulled) << one.name;
    EXPECT_THAT(pulled.error().message, HasSubstr(one.says)) << one.name;
    EXPECT_THAT(pulled.error().message, HasSubstr("oci:")) << one.name;
  }
}

TEST_F(Pull, SaysWhatIsNotThere) {
  EXPECT_EQ(pull_database("oci:" + path("none"), path("b"), options()).error().code,
            ErrorCode::kNotFound);
  EXPECT_EQ(pull_database("oci:" + path("layout") + ":other", path("b"), options()).error().code,
            ErrorCode::kNotFound);
  PullOptions nobody = options();
  nobody.import.trusted_keys.clear();
  EXPECT_EQ(pull("b", nobody).error().code, ErrorCode::kPermissionDenied);
  PullOptions offline = options();
  offline.registry.offline = true;
  EXPECT_EQ(pull_database("127.0.0.1:1/db", path("b"), offline).error().code,
            ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace seaworthy
