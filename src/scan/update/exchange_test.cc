// A database leaves in one file and arrives in another place.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <map>

#include "core/base/file.h"
#include "scan/advisory/database.h"
#include "scan/advisory/environment.h"
#include "scan/update/export.h"
#include "scan/update/parts_import.h"
#include "scan/update/update_fixture.h"

namespace seaworthy {
namespace {

using fixture::kBuilt;
using fixture::osv;
using testing::HasSubstr;
using testing::IsEmpty;

// Every published pair and the changes, as text: two databases are the same where this is.
std::map<std::string, std::string> content_of_database(const std::string& directory) {
  std::map<std::string, std::string> all;
  const auto environment = *open_environment(directory, false);
  const auto transaction = Transaction::begin(*environment, false);
  for (const Table table : {Table::kRows, Table::kDetails, Table::kAliases, Table::kEpss,
                            Table::kKev, Table::kExploit, Table::kEndOfLife, Table::kFeeds}) {
    transaction->walk(table, {}, [&](std::string_view key, std::string_view value) {
      all[std::to_string(static_cast<int>(table)) + std::string(key)] = value;
      return true;
    });
  }
  return all;
}

class Exchange : public testing::Test {
 protected:
  std::string path(const std::string& name) const { return directory_.path(name); }

  ExportedDatabase exported(const std::string& from, const std::string& base = "") {
    ExportOptions options;
    options.base_file = base;
    options.level = 1;
    auto database = export_database(from, options);
    EXPECT_TRUE(database) << database.error().message;
    return *std::move(database);
  }
  // Exports, signs and writes.
  DatabaseHeader write(const std::string& from, const std::string& to, const std::string& base = "",
                       const PrivateKey* key = nullptr) {
    const ExportedDatabase database = exported(from, base);
    std::vector<PrivateKey> keys;
    keys.push_back(*PrivateKey::load(path(key == nullptr ? "ours.key" : "other.key")));
    EXPECT_TRUE(write_database_file(database, to, keys, chain_));
    return database.header;
  }
  DatabaseImportOptions options() const {
    DatabaseImportOptions options;
    options.now = kBuilt + 100;
    options.trusted_keys = {ours_.public_key()};
    return options;
  }
  Result<DatabaseImport> import(const std::string& file, const std::string& to) {
    return import_database_file(file, to, options());
  }
  void SetUp() override {
    ASSERT_TRUE(ours_.save(path("ours")));
    ASSERT_TRUE(other_.save(path("other")));
    fixture::make_database(path("full"));
    write(path("full"), path("a.swdb"));
  }

  const fixture::TemporaryDirectory directory_;
  const PrivateKey ours_ = *PrivateKey::generate();
  const PrivateKey other_ = *PrivateKey::generate();
  std::string chain_;
};

TEST_F(Exchange, ArrivesComplete) {
  const auto imported = import(path("a.swdb"), path("b"));
  ASSERT_TRUE(imported) << imported.error().message;
  EXPECT_GE(imported->sequence, static_cast<std::uint64_t>(kBuilt) * 1000);
  EXPECT_EQ(imported->parts_in_place, imported->parts);
  EXPECT_EQ(imported->key, ours_.public_key().id);
  EXPECT_EQ(imported->packages_changed, 6U);
  EXPECT_EQ(content_of_database(path("b")), content_of_database(path("full")));
  const auto database = AdvisoryDatabase::open(path("b"));
  EXPECT_EQ(database->built_at(), kBuilt);
  EXPECT_EQ(database->last_change(), 6U);
  EXPECT_EQ(database->rows({"debian", "12", "zlib"}).size(), 1U);
  EXPECT_EQ(database->publication()->parts.size(), imported->parts);
  const auto again = import(path("a.swdb"), path("b"));
  EXPECT_TRUE(again->unchanged);
  EXPECT_EQ(AdvisoryDatabase::open(path("b"))->last_change(), 6U);
}

TEST_F(Exchange, WhatWasNotPulledIsNeitherThereNorClean) {
  const ExportedDatabase database = exported(path("full"));
  StoredParts stored = *locate_parts(*open_database_file(path("a.swdb")), database.header);
  stored.erase("debian:11");
  stored.erase("npm");
  const SignedHeader header{database.header_text,
                            *read_file(path("a.swdb.sig"), kMaxSignatureBytes), ""};
  const auto verified = verify_header(path("b"), header, options());
  ASSERT_TRUE(verified);
  ASSERT_TRUE(import_parts(path("b"), *verified, stored, options()));
  const auto partial = AdvisoryDatabase::open(path("b"));
  EXPECT_EQ(partial->rows({"debian", "12", "zlib"}).size(), 1U);
  EXPECT_THAT(partial->rows({"debian", "11", "curl"}), IsEmpty());
  for (const FeedInfo& feed : partial->feeds()) {
    for (const FeedScope& scope : feed.scopes) EXPECT_EQ(scope.release, "12");
    if (feed.name == "debian") {
      EXPECT_THAT(feed.not_pulled, testing::ElementsAre(testing::Pair("debian", "11")));
    }
  }
  // The part brings what other feeds say about its weaknesses.
  EXPECT_EQ(partial->aliases("CVE-2026-1001"),
            AdvisoryDatabase::open(path("full"))->aliases("CVE-2026-1001"));
  EXPECT_EQ(export_database(path("b"), {}).error().code, ErrorCode::kConflict);
  // The rest can come later.
  ASSERT_TRUE(import(path("a.swdb"), path("b")));
  EXPECT_EQ(content_of_database(path("b")), content_of_database(path("full")));
}

TEST_F(Exchange, DamagedPublicationRecordMeansThatNothingIsInPlace) {
  ASSERT_TRUE(import(path("a.swdb"), path("b")));
  {
    const auto environment = *open_environment(path("b"), true);
    auto transaction = Transaction::begin(*environment, true);
    ASSERT_TRUE(transaction->put(Table::kMeta, "publication", "\x01\xff"));
    ASSERT_TRUE(transaction->commit());
  }
  const auto database = AdvisoryDatabase::open(path("b"));
  EXPECT_THAT(database->rows({"debian", "12", "zlib"}), IsEmpty());
  for (const FeedInfo& feed : database->feeds()) EXPECT_THAT(feed.scopes, IsEmpty());
  EXPECT_GT(database->damaged(), 0U);
}

TEST_F(Exchange, UpdatesWhatChangedAndRemovesWhatWentAway) {
  ASSERT_TRUE(import(path("a.swdb"), path("b")));
  fixture::import_text(path("b"), "local", osv("CVE-2026-1005", "Debian:12", "ours", "1"),
                       kBuilt + 5);
  fixture::import_text(path("full"), "debian",
                       osv("CVE-2026-1001", "Debian:12", "zlib", "1:1.4") +
                           "\n" +  // rows name their line
                           osv("CVE-2026-1001", "Debian:11", "zlib", "1:1.2"),
                       kBuilt + 10);
  write(path("full"), path("b.swdb"));
  const auto imported = import(path("b.swdb"), path("b"));
  ASSERT_TRUE(imported) << imported.error().message;
  // zlib changed, bash and curl vanished.
  EXPECT_EQ(imported->packages_changed, 3U);
  const auto database = AdvisoryDatabase::open(path("b"));
  EXPECT_THAT(database->rows({"debian", "12", "bash"}), IsEmpty());
  EXPECT_THAT(database->details("CVE-2026-1002"), IsEmpty());
  EXPECT_EQ(database->rows({"debian", "12", "ours"}).size(), 1U);  // feeds of other names stay
  auto changes = database->changes_since(0, 100);
  changes.erase(changes.begin(), changes.begin() + 7);  // of the first import and the local feed
  std::vector<std::string> packages;
  for (const DatabaseChange& change : changes) packages.push_back(change.key.package);
  EXPECT_THAT(packages, testing::UnorderedElementsAre("zlib", "bash", "curl"));
}

TEST_F(Exchange, TwoChangesOfOneSecondAreTold) {
  fixture::import_text(path("full"), "npm", osv("CVE-2026-1010", "npm", "right", "1"), kBuilt);
  write(path("full"), path("b.swdb"));
  ASSERT_TRUE(import(path("b.swdb"), path("b")));
  const auto older = import(path("a.swdb"), path("b"));
  ASSERT_FALSE(older);
  EXPECT_THAT(older.error().message, HasSubstr("it is older"));
}

TEST_F(Exchange, DeltaGivesTheSameAsTheWholeFile) {
  ASSERT_TRUE(import(path("a.swdb"), path("b")));
  fixture::import_text(
      path("full"), "debian",
      osv("CVE-2026-1001", "Debian:12", "zlib", "1:1.4", R"(,"aliases":["GHSA-aaaa-bbbb-cccc"])") +
          osv("CVE-2026-1006", "Debian:12", "sed", "4.9") +
          osv("CVE-2026-1001", "Debian:11", "zlib", "1:1.2") +
          osv("CVE-2026-1003", "Debian:11", "curl", "8.1") +
          osv("CVE-2026-1008", "Debian:13", "gzip", "2"),
      kBuilt + 10);
  const DatabaseHeader header = write(path("full"), path("b.delta"), path("a.swdb"));
  EXPECT_TRUE(header.is_delta);
  EXPECT_TRUE(header.find("npm")->digest.empty());      // unchanged
  EXPECT_TRUE(header.find("debian:13")->base.empty());  // new
  EXPECT_FALSE(header.find("debian:12")->base.empty());
  const auto imported = import(path("b.delta"), path("b"));
  ASSERT_TRUE(imported) << imported.error().message;
  EXPECT_EQ(imported->packages_changed, 4U);  // zlib, bash, sed, gzip
  EXPECT_EQ(content_of_database(path("b")), content_of_database(path("full")));
  // From here on, a whole file of the same state finds everything in place.
  write(path("full"), path("b.swdb"));
  EXPECT_EQ(import(path("b.swdb"), path("b"))->keys_written, 0U);
}

TEST_F(Exchange, DeltaIsRefusedOnAnotherBase) {
  fixture::import_text(path("full"), "npm", osv("CVE-2026-1009", "npm", "left", "1.0.2"),
                       kBuilt + 10);
  write(path("full"), path("b.swdb"));
  fixture::import_text(path("full"), "npm", osv("CVE-2026-1009", "npm", "left", "1.0.3"),
                       kBuilt + 20);
  write(path("full"), path("c.delta"), path("b.swdb"));
  const auto nothing = import(path("c.delta"), path("new"));
  ASSERT_FALSE(nothing);
  EXPECT_THAT(nothing.error().message, HasSubstr("no published database here"));
  ASSERT_TRUE(import(path("a.swdb"), path("b")));
  const auto before = content_of_database(path("b"));
  const auto other = import(path("c.delta"), path("b"));
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::kConflict);
  EXPECT_THAT(other.error().message, HasSubstr("starts from sequence"));
  EXPECT_EQ(content_of_database(path("b")), before);
  // A published feed that was imported again is another base as well.
  ASSERT_TRUE(import(path("b.swdb"), path("b")));
  fixture::import_text(path("b"), "npm", osv("CVE-2026-1009", "npm", "left", "7"), kBuilt + 11);
  EXPECT_TRUE(AdvisoryDatabase::open(path("b"))->publication()->altered);
  EXPECT_THAT(import(path("c.delta"), path("b")).error().message, HasSubstr("imported again"));
  // The whole file brings it back.
  ASSERT_TRUE(import(path("b.swdb"), path("b")));
  ASSERT_TRUE(import(path("c.delta"), path("b")));
  EXPECT_EQ(content_of_database(path("b")), content_of_database(path("full")));
}

TEST_F(Exchange, OlderIsRefusedUnlessAllowed) {
  fixture::import_text(path("full"), "npm", osv("CVE-2026-1009", "npm", "left", "2"), kBuilt + 10);
  write(path("full"), path("b.swdb"));
  ASSERT_TRUE(import(path("b.swdb"), path("b")));
  const auto older = import(path("a.swdb"), path("b"));
  ASSERT_FALSE(older);
  EXPECT_EQ(older.error().code, ErrorCode::kConflict);
  EXPECT_THAT(older.error().message, HasSubstr("it is older"));
  EXPECT_EQ(AdvisoryDatabase::open(path("b"))->publication()->sequence,
            static_cast<std::uint64_t>(kBuilt + 10) * 1000);
  auto allowed = options();
  allowed.allow_rollback = true;
  ASSERT_TRUE(import_database_file(path("a.swdb"), path("b"), allowed));
  // Changes within one second follow each other.
  EXPECT_EQ(AdvisoryDatabase::open(path("b"))->publication()->sequence / 1000,
            static_cast<std::uint64_t>(kBuilt));
}

TEST_F(Exchange, SignatureDecides) {
  write(path("full"), path("foreign.swdb"), "", &other_);
  const auto foreign = import(path("foreign.swdb"), path("b"));
  ASSERT_FALSE(foreign);
  EXPECT_EQ(foreign.error().code, ErrorCode::kPermissionDenied);
  EXPECT_THAT(foreign.error().message, HasSubstr("is not trusted"));
  auto nobody = options();
  nobody.trusted_keys.clear();
  EXPECT_THAT(import_database_file(path("a.swdb"), path("b"), nobody).error().message,
              HasSubstr("--trusted-key"));
  auto lax = options();
  lax.allow_unsigned = true;
  EXPECT_FALSE(import_database_file(path("foreign.swdb"), path("b"), lax));  // wrong is not missing
  std::filesystem::remove(path("a.swdb.sig"));
  EXPECT_THAT(import(path("a.swdb"), path("b")).error().message, HasSubstr("it has no signature"));
  EXPECT_FALSE(std::filesystem::exists(path("b") + "/data.mdb"));
  const auto taken = import_database_file(path("a.swdb"), path("b"), lax);
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->key, "");
}

TEST_F(Exchange, KeysAreReplacedByAKeySet) {
  KeySet set{1, {{ours_.public_key(), 0, true}, {other_.public_key(), 0, false}}};
  SignedKeySet signed_set{key_set_text(set), {}};
  signed_set.signatures.push_back({ours_.public_key().id, ours_.sign(signed_set.text)});
  chain_ = key_chain_text({signed_set});
  write(path("full"), path("new.swdb"), "", &other_);
  const auto imported = import(path("new.swdb"), path("b"));
  ASSERT_TRUE(imported) << imported.error().message;
  EXPECT_TRUE(imported->keys_changed);
  EXPECT_EQ(imported->key, other_.public_key().id);
  // The old key is still configured; the set that was accepted retired it.
  chain_.clear();
  write(path("full"), path("old.swdb"));
  EXPECT_THAT(import(path("old.swdb"), path("b")).error().message, HasSubstr("was retired"));
  // The new one is known without its chain.
  write(path("full"), path("third.swdb"), "", &other_);
  EXPECT_TRUE(import(path("third.swdb"), path("b")));
}

TEST_F(Exchange, EveryFlippedBitIsNoticed) {
  const std::string good = *read_file(path("a.swdb"), 10 * kMiB);
  ASSERT_TRUE(import(path("a.swdb"), path("b")));
  const auto before = content_of_database(path("b"));
  const std::size_t header_end = good.find("]}") + 2;
  std::vector<std::size_t> places{0, 5, 8, 11, 12, 40, header_end - 1, header_end + 1};
  for (std::size_t at = header_end; at < good.size(); at += good.size() / 60 + 1) {
    places.push_back(at);
  }
  places.push_back(good.size() - 1);
  for (const std::size_t at : places) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x10);
    fixture::write_file(path("bad.swdb"), bad);
    std::filesystem::copy_file(path("a.swdb.sig"), path("bad.swdb.sig"),
                               std::filesystem::copy_options::overwrite_existing);
    EXPECT_FALSE(import(path("bad.swdb"), path("fresh"))) << at;
    EXPECT_FALSE(std::filesystem::exists(path("fresh") + "/data.mdb") &&
                 AdvisoryDatabase::open(path("fresh"))->publication())
        << at;
  }
  EXPECT_EQ(content_of_database(path("b")), before);
}

TEST_F(Exchange, EveryTruncationIsNoticed) {
  const std::string good = *read_file(path("a.swdb"), 10 * kMiB);
  for (std::size_t size = 0; size < good.size(); size += good.size() / 40 + 1) {
    fixture::write_file(path("bad.swdb"), good.substr(0, size));
    std::filesystem::copy_file(path("a.swdb.sig"), path("bad.swdb.sig"),
                               std::filesystem::copy_options::overwrite_existing);
    const auto imported = import(path("bad.swdb"), path("fresh"));
    ASSERT_FALSE(imported) << size;
    EXPECT_THAT(imported.error().message, HasSubstr("bad.swdb: ")) << size;
  }
  fixture::write_file(path("bad.swdb"), good + "x");
  EXPECT_THAT(import(path("bad.swdb"), path("fresh")).error().message,
              HasSubstr("behind the last"));
}

// In a process of its own: the limit and the death are for the whole process.
int exit_code_of_child(const std::function<int()>& run) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(run());
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST_F(Exchange, FullDiskLeavesTheLastState) {
  ASSERT_TRUE(import(path("a.swdb"), path("b")));
  const auto before = content_of_database(path("b"));
  std::string many = osv("CVE-2026-1001", "Debian:12", "zlib", "1:1.4");
  for (int i = 1100; i < 4000; ++i) {
    many += osv("CVE-2026-" + std::to_string(i), "Debian:12", "p" + std::to_string(i), "1");
  }
  fixture::import_text(path("full"), "debian", many, kBuilt + 10);
  write(path("full"), path("b.swdb"));
  const int code = exit_code_of_child([&] {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{200 * kKiB, 200 * kKiB};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    return import(path("b.swdb"), path("b")) ? 1 : 7;
  });
  EXPECT_EQ(code, 7);
  EXPECT_EQ(content_of_database(path("b")), before);
  ASSERT_TRUE(import(path("b.swdb"), path("b")));
  EXPECT_EQ(content_of_database(path("b")), content_of_database(path("full")));
}

TEST_F(Exchange, DeathBetweenPartsLeavesTheLastState) {
  ASSERT_TRUE(import(path("a.swdb"), path("b")));
  const auto before = content_of_database(path("b"));
  fixture::import_text(path("full"), "debian",
                       osv("CVE-2026-1001", "Debian:12", "zlib", "1:1.4") +
                           osv("CVE-2026-1001", "Debian:11", "zlib", "1:1.5"),
                       kBuilt + 10);
  write(path("full"), path("b.swdb"));
  const int code = exit_code_of_child([&] {
    DatabaseImportOptions dying = options();
    dying.progress = [](const std::string&, std::uint64_t done, std::uint64_t) {
      if (done == 2) ::_exit(9);
    };
    return import_database_file(path("b.swdb"), path("b"), dying) ? 0 : 1;
  });
  EXPECT_EQ(code, 9);
  EXPECT_EQ(content_of_database(path("b")), before);
  ASSERT_TRUE(import(path("b.swdb"), path("b")));
  EXPECT_EQ(content_of_database(path("b")), content_of_database(path("full")));
}

TEST_F(Exchange, PartsMayOnlyHoldWhatBelongsToThem) {
  // A publisher that is trusted may still make mistakes: a part of Debian with npm's rows.
  ExportedDatabase database = exported(path("full"));
  const auto npm =
      static_cast<std::size_t>(database.header.find("npm") - &database.header.parts[0]);
  const auto twelve =
      static_cast<std::size_t>(database.header.find("debian:12") - &database.header.parts[0]);
  database.parts[twelve] = database.parts[npm];
  PartEntry& entry = database.header.parts[twelve];
  const PartEntry& source = database.header.parts[npm];
  entry.digest = source.digest;
  entry.stored = source.stored;
  entry.unpacked = source.unpacked;
  entry.keys = source.keys;
  entry.content = source.content;
  database.header_text = header_text(database.header);
  std::vector<PrivateKey> keys;
  keys.push_back(*PrivateKey::load(path("ours.key")));
  ASSERT_TRUE(write_database_file(database, path("wrong.swdb"), keys, ""));
  const auto imported = import(path("wrong.swdb"), path("b"));
  ASSERT_FALSE(imported);
  EXPECT_THAT(imported.error().message, HasSubstr("rows of another ecosystem"));
}

}  // namespace
}  // namespace seaworthy
