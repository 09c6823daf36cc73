#include "scan/advisory/database.h"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <utility>

#include "core/codec/pack.h"
#include "scan/advisory/advisory_id.h"
#include "scan/advisory/alias_closure.h"
#include "scan/advisory/archive_table.h"
#include "scan/advisory/database_state.h"
#include "scan/advisory/package_name.h"
#include "scan/advisory/row_codec.h"

namespace seaworthy {
namespace {

bool has_scope(const FeedRecord& feed, const PackageKey& key) {
  return std::any_of(feed.row_scopes.begin(), feed.row_scopes.end(), [&](const auto& scope) {
    return scope.first == key.ecosystem && scope.second == key.release;
  });
}

// The slug that endoflife.date uses for an os-release id where the two differ.
std::string_view product_of(std::string_view distro_id) {
  constexpr std::pair<std::string_view, std::string_view> kProducts[]{
      {"alpine", "alpine-linux"},        {"rocky", "rocky-linux"},      {"ol", "oracle-linux"},
      {"amzn", "amazon-linux"},          {"opensuse-leap", "opensuse"}, {"photon", "vmware-photon"},
      {"sle-micro", "suse-linux-micro"}, {"linuxmint", "linuxmint"}};
  for (const auto& [id, product] : kProducts) {
    if (id == distro_id) return product;
  }
  return distro_id;
}

}  // namespace

namespace {

// Moves what is not in place from what the feed speaks for to what was not pulled.
void keep_parts_in_place(FeedRecord& feed, const std::optional<Publication>& publication) {
  const auto absent = [&](const std::string& ecosystem, const std::string& release) {
    if (publication && publication->holds(ecosystem, release)) return false;
    feed.info.not_pulled.emplace_back(ecosystem, release);
    return true;
  };
  std::erase_if(feed.info.scopes,
                [&](const FeedScope& scope) { return absent(scope.ecosystem, scope.release); });
  std::erase_if(feed.info.partial, [&](const PartialScope& part) {
    return absent(part.scope.ecosystem, part.scope.release);
  });
  std::erase_if(feed.row_scopes,
                [&](const auto& scope) { return absent(scope.first, scope.second); });
  auto& not_pulled = feed.info.not_pulled;
  std::sort(not_pulled.begin(), not_pulled.end());
  not_pulled.erase(std::unique(not_pulled.begin(), not_pulled.end()), not_pulled.end());
}

std::shared_ptr<const Feeds> read_feeds(const Transaction& transaction,
                                        std::atomic<std::uint64_t>& damaged) {
  auto feeds = std::make_shared<Feeds>();
  const auto publication = read_publication(transaction);
  if (!publication) ++damaged;
  transaction.walk(Table::kFeeds, {}, [&](std::string_view name, std::string_view bytes) {
    auto record = unpack_feed(name, bytes);
    if (!record) {
      ++damaged;
      return true;
    }
    if (!publication) {
      keep_parts_in_place(*record, std::nullopt);
    } else if (*publication && (*publication)->publishes(name)) {
      keep_parts_in_place(*record, *publication);
    }
    feeds->push_back(*std::move(record));
    return true;
  });
  return feeds;
}

}  // namespace

std::optional<AdvisoryDatabase::State::View> AdvisoryDatabase::State::view() {
  auto transaction = Transaction::begin(*environment, false);
  if (!transaction) return {};
  const std::size_t id = transaction->id();
  auto feeds = cached.with([&](CachedFeeds& known) {
    return known.transaction == id ? known.feeds : std::shared_ptr<const Feeds>{};
  });
  if (feeds == nullptr) {
    feeds = read_feeds(*transaction, damaged);
    cached.with([&](CachedFeeds& known) { known = CachedFeeds{id, feeds}; });
  }
  return View{*std::move(transaction), std::move(feeds)};
}

AdvisoryDatabase::AdvisoryDatabase(std::unique_ptr<State> state) : state_(std::move(state)) {}
AdvisoryDatabase::AdvisoryDatabase(AdvisoryDatabase&&) noexcept = default;
AdvisoryDatabase& AdvisoryDatabase::operator=(AdvisoryDatabase&&) noexcept = default;
AdvisoryDatabase::~AdvisoryDatabase() = default;

Result<AdvisoryDatabase> AdvisoryDatabase::open(const std::string& directory) {
  auto state = std::make_unique<State>();
  ASSIGN_OR_RETURN(state->environment, open_environment(directory, false));
  return AdvisoryDatabase(std::move(state));
}

UnixSeconds AdvisoryDatabase::built_at() const {
  const auto view = state_->view();
  if (!view) return 0;
  const std::string_view bytes = view->transaction.get(Table::kMeta, "built_at");
  return bytes.empty() ? 0 : static_cast<UnixSeconds>(Unpacker(bytes).number());
}

std::vector<FeedInfo> AdvisoryDatabase::feeds() const {
  std::vector<FeedInfo> infos;
  if (const auto view = state_->view()) {
    for (const FeedRecord& feed : *view->feeds) infos.push_back(feed.info);
  }
  return infos;
}

std::optional<Publication> AdvisoryDatabase::publication() const {
  const auto view = state_->view();
  if (!view) return {};
  auto publication = read_publication(view->transaction);
  return publication ? *std::move(publication) : std::nullopt;
}

std::vector<AdvisoryRow> AdvisoryDatabase::rows(const PackageKey& key) const {
  std::vector<AdvisoryRow> rows;
  const std::string rest =
      join_key({key.ecosystem, key.release, normalized_package(key.ecosystem, key.package)});
  state_->for_feeds(
      Table::kRows, rest, [&](const FeedRecord& feed) { return has_scope(feed, key); },
      [&](const FeedRecord& feed, std::string_view content) {
        auto unpacked = unpack_rows(content);
        if (!unpacked) {
          ++state_->damaged;
          return;
        }
        for (AdvisoryRow& row : *unpacked) {
          row.feed = feed.info.name;
          rows.push_back(std::move(row));
        }
      });
  return rows;
}

bool AdvisoryDatabase::knows(std::string_view ecosystem, std::string_view package) const {
  const auto view = state_->view();
  if (!view) return false;
  const std::string name = normalized_package(ecosystem, package);
  for (const FeedRecord& feed : *view->feeds) {
    for (const auto& [own, release] : feed.row_scopes) {
      if (own != ecosystem) continue;
      const std::string rest = join_key({ecosystem, release, name});
      const std::string_view stored =
          view->transaction.get(Table::kRows, stored_key(feed.info.name, rest));
      if (content_of(feed.info.name, rest, stored).data() != nullptr) return true;
    }
  }
  return false;
}

std::uint64_t AdvisoryDatabase::damaged() const {
  return state_->damaged;
}

std::vector<VulnerabilityDetails> AdvisoryDatabase::details(std::string_view id) const {
  std::vector<VulnerabilityDetails> found;
  state_->for_feeds(
      Table::kDetails, id, [](const FeedRecord& feed) { return feed.has_details; },
      [&](const FeedRecord& feed, std::string_view content) {
        auto details = unpack_details(id, content);
        if (!details) {
          ++state_->damaged;
          return;
        }
        details->feed = feed.info.name;
        found.push_back(*std::move(details));
      });
  return found;
}

std::vector<std::string> AdvisoryDatabase::aliases(std::string_view id) const {
  return alias_closure(id, [&](std::string_view of) {
    std::vector<std::string> linked;
    for (const VulnerabilityDetails& details : this->details(of)) {
      linked.insert(linked.end(), details.aliases.begin(), details.aliases.end());
    }
    state_->for_feeds(
        Table::kAliases, of, [](const FeedRecord& feed) { return feed.has_details; },
        [&](const FeedRecord&, std::string_view content) {
          auto ids = unpack_texts(content);
          if (!ids) {
            ++state_->damaged;
            return;
          }
          linked.insert(linked.end(), ids->begin(), ids->end());
        });
    return linked;
  });
}

// Scores without a date of their own are as old as the copy they came in, where a witness tells
// more than that it was imported (feed_date.h).
std::string score_date(const FeedInfo& feed) {
  const bool known = feed.dated_by == DatedBy::kData || feed.dated_by == DatedBy::kGiven ||
                     feed.dated_by == DatedBy::kArchive || feed.dated_by == DatedBy::kFile;
  return known ? rfc3339(feed.data_as_of).substr(0, 10) : "";
}

// Where several feeds have scores, the newest date wins.
std::optional<Epss> AdvisoryDatabase::epss(std::string_view cve) const {
  const auto parts = parse_cve(cve);
  std::optional<Epss> found;
  if (!parts) return found;
  state_->for_feeds(
      Table::kEpss, std::to_string(parts->year),
      [](const FeedRecord& feed) { return feed.info.has_epss; },
      [&](const FeedRecord& feed, std::string_view content) {
        auto score = find_epss(content, parts->number);
        if (score && score->date.empty()) score->date = score_date(feed.info);
        if (score && (!found || score->date > found->date)) found = std::move(score);
      });
  return found;
}

std::optional<Kev> AdvisoryDatabase::kev(std::string_view cve) const {
  std::optional<Kev> found;
  state_->for_feeds(
      Table::kKev, cve, [](const FeedRecord& feed) { return feed.info.has_kev; },
      [&](const FeedRecord&, std::string_view content) {
        auto kev = unpack_kev(content);
        if (kev && !found) found = *std::move(kev);
      });
  return found;
}

std::optional<Exploit> AdvisoryDatabase::exploit(std::string_view cve) const {
  std::optional<Exploit> found;
  state_->for_feeds(
      Table::kExploit, cve, [](const FeedRecord& feed) { return feed.info.has_exploit; },
      [&](const FeedRecord&, std::string_view content) {
        auto exploit = unpack_exploit(content);
        if (exploit && (!found || (found->first_seen.empty() && !exploit->first_seen.empty()))) {
          found = *std::move(exploit);
        }
      });
  return found;
}

// Asks for the version as it is, then without its last parts: 3.18.4, 3.18, 3.
std::optional<EndOfLifeInfo> AdvisoryDatabase::end_of_life(std::string_view distro_id,
                                                           std::string_view version) const {
  std::optional<EndOfLifeInfo> found;
  for (std::string_view cycle = version; !found && !cycle.empty();) {
    state_->for_feeds(
        Table::kEndOfLife, join_key({product_of(distro_id), cycle}),
        [](const FeedRecord& feed) { return feed.info.has_eol; },
        [&](const FeedRecord& feed, std::string_view content) {
          auto info = unpack_end_of_life(content);
          if (!info || found) return;
          found = *std::move(info);
          found->feed = feed.info.name;
        });
    const std::size_t dot = cycle.rfind('.');
    cycle = dot == std::string_view::npos ? std::string_view{} : cycle.substr(0, dot);
  }
  return found;
}

std::vector<std::string> AdvisoryDatabase::repository_cpes(std::string_view repository) const {
  std::vector<std::string> cpes;
  state_->for_feeds(
      Table::kRepository, repository, [](const FeedRecord& feed) { return feed.has_repositories; },
      [&](const FeedRecord&, std::string_view content) {
        auto texts = unpack_texts(content);
        if (!texts) {
          ++state_->damaged;
          return;
        }
        cpes.insert(cpes.end(), texts->begin(), texts->end());
      });
  std::sort(cpes.begin(), cpes.end());
  cpes.erase(std::unique(cpes.begin(), cpes.end()), cpes.end());
  return cpes;
}

std::vector<std::string> AdvisoryDatabase::archives(std::string_view sha1) const {
  std::set<std::string> names;
  state_->for_feeds(
      Table::kArchives, archive_bucket(sha1),
      [](const FeedRecord& feed) { return feed.has_archives; },
      [&](const FeedRecord&, std::string_view content) {
        auto found = find_archive(content, sha1);
        if (found) names.insert(found->begin(), found->end());
        if (!found) ++state_->damaged;
      });
  return {names.begin(), names.end()};
}

std::vector<VexStatement> AdvisoryDatabase::vex(std::string_view vulnerability) const {
  std::vector<VexStatement> out;
  state_->for_feeds(
      Table::kVex, vulnerability, [](const FeedRecord& feed) { return feed.has_vex; },
      [&](const FeedRecord& feed, std::string_view content) {
        auto statements = unpack_vex(vulnerability, content);
        if (!statements) {
          ++state_->damaged;
          return;
        }
        for (VexStatement& statement : *statements) {
          statement.feed = feed.info.name;
          out.push_back(std::move(statement));
        }
      });
  return out;
}

std::vector<DatabaseChange> AdvisoryDatabase::changes_since(std::uint64_t sequence,
                                                            std::size_t max) const {
  std::vector<DatabaseChange> changes;
  const auto view = state_->view();
  if (!view || sequence == ~std::uint64_t{0}) return changes;
  const std::string from =
      view->transaction.last_key_up_to(Table::kChanges, sequence_key(sequence + 1));
  view->transaction.walk(Table::kChanges, from, [&](std::string_view key, std::string_view bytes) {
    auto run = unpack_changes(bytes);
    if (!run || key.size() != 8) {
      ++state_->damaged;
      return true;
    }
    std::uint64_t at = sequence_of(key);
    for (std::string& package : run->packages) {
      if (changes.size() == max) return false;
      if (at > sequence) {
        changes.push_back(
            DatabaseChange{at, run->time, run->feed,
                           PackageKey{run->ecosystem, run->release, std::move(package)}});
      }
      ++at;
    }
    return changes.size() < max;
  });
  return changes;
}

std::uint64_t AdvisoryDatabase::last_change() const {
  const auto view = state_->view();
  if (!view) return 0;
  const std::string_view bytes = view->transaction.get(Table::kMeta, "last_change");
  return bytes.empty() ? 0 : Unpacker(bytes).number();
}

std::string default_database_directory() {
  if (const char* data = std::getenv("XDG_DATA_HOME"); data != nullptr && *data == '/') {
    return std::string(data) + "/seaworthy/db";
  }
  const char* home = std::getenv("HOME");
  return std::string(home != nullptr ? home : "") + "/.local/share/seaworthy/db";
}

}  // namespace seaworthy
