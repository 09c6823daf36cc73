#include "scan/advisory/feed_writer.h"

#include <algorithm>

#include "core/codec/pack.h"
#include "scan/advisory/publication.h"

namespace seaworthy {
namespace {

struct Pending {
  std::string key, value, rest;
  bool same = false;  // stored already
};

// The new content of one feed in one table, by stored key.
std::vector<Pending> pending_of(const std::string& feed, FeedContent::Pairs pairs) {
  std::vector<Pending> pending;
  pending.reserve(pairs.size());
  for (auto& [rest, value] : pairs) {
    pending.push_back(Pending{stored_key(feed, rest), stored_value(feed, rest, value), {}, false});
    pending.back().rest = std::move(rest);
    std::string().swap(value);
  }
  std::sort(pending.begin(), pending.end(),
            [](const Pending& a, const Pending& b) { return a.key < b.key; });
  return pending;
}

// Makes the feed's range of a table equal to `pairs`. `changed` collects the keys (behind the
// feed's name) that were written or removed.
Status replace_range(Transaction& transaction, Table table, const std::string& feed,
                     FeedContent::Pairs pairs, FeedImport& out, std::vector<std::string>* changed) {
  std::vector<Pending> pending = pending_of(feed, std::move(pairs));
  const std::string prefix = feed + '\0';
  std::vector<std::pair<std::string, std::string>> gone;  // stored key, rest
  auto next = pending.begin();
  transaction.walk(table, prefix, [&](std::string_view key, std::string_view value) {
    if (!key.starts_with(prefix)) return false;
    while (next != pending.end() && next->key < key) ++next;
    if (next != pending.end() && next->key == key) {
      next->same = next->value == value;
    } else {
      std::string_view rest;
      std::string_view content;
      if (!split_stored(feed, key, value, rest, content)) rest = key.substr(prefix.size());
      gone.emplace_back(key, rest);
    }
    return true;
  });
  for (const auto& [key, rest] : gone) {
    RETURN_IF_ERROR(transaction.remove(table, key));
    if (changed != nullptr) changed->push_back(rest);
  }
  out.keys_removed += gone.size();
  for (const Pending& entry : pending) {
    if (entry.same) continue;
    RETURN_IF_ERROR(transaction.put(table, entry.key, entry.value));
    ++out.keys_written;
    if (changed != nullptr) changed->push_back(entry.rest);
  }
  return ok_status();
}

std::uint64_t stored_number(const Transaction& transaction, std::string_view key) {
  const std::string_view bytes = transaction.get(Table::kMeta, key);
  return bytes.empty() ? 0 : Unpacker(bytes).number();
}

Status store_number(Transaction& transaction, std::string_view key, std::uint64_t value) {
  Packer out;
  out.number(value);
  return transaction.put(Table::kMeta, key, out.bytes());
}

}  // namespace

Status log_changes(Transaction& transaction, const std::string& feed, UnixSeconds now,
                   std::vector<std::string> changed) {
  std::sort(changed.begin(), changed.end());
  std::uint64_t last = stored_number(transaction, "last_change");
  ChangeRun run;
  run.time = now;
  run.feed = feed;
  const auto flush = [&]() -> Status {
    if (run.packages.empty()) return ok_status();
    RETURN_IF_ERROR(transaction.put(Table::kChanges, sequence_key(last + 1), pack_changes(run)));
    last += run.packages.size();
    run.packages.clear();
    return ok_status();
  };
  for (const std::string& text : changed) {
    PackageKey key = package_key(text);
    if (key.ecosystem != run.ecosystem || key.release != run.release ||
        run.packages.size() == kChangesPerRun) {
      RETURN_IF_ERROR(flush());
      run.ecosystem = std::move(key.ecosystem);
      run.release = std::move(key.release);
    }
    run.packages.push_back(std::move(key.package));
  }
  RETURN_IF_ERROR(flush());
  return store_number(transaction, "last_change", last);
}

std::uint64_t sequence_in(const Transaction& transaction) {
  const std::string_view bytes = transaction.get(Table::kMeta, "sequence");
  return bytes.empty() ? 0 : Unpacker(bytes).number();
}

Status store_built_at(Transaction& transaction, UnixSeconds time) {
  const auto seconds = static_cast<std::uint64_t>(time);
  const std::uint64_t next = std::max(sequence_in(transaction) + 1, seconds * 1000);
  RETURN_IF_ERROR(store_number(transaction, "sequence", next));
  return store_number(transaction, "built_at", seconds);
}

Status write_feed(Transaction& transaction, FeedContent& content, FeedRecord record,
                  UnixSeconds now, FeedImport& out) {
  const std::string feed = record.info.name;
  std::vector<std::string> changed;
  const auto replace = [&](Table table, FeedContent::Pairs pairs, bool log) {
    return replace_range(transaction, table, feed, std::move(pairs), out, log ? &changed : nullptr);
  };
  RETURN_IF_ERROR(replace(Table::kRows, content.take_rows(), true));
  RETURN_IF_ERROR(replace(Table::kDetails, content.take_details(), false));
  RETURN_IF_ERROR(replace(Table::kAliases, content.take_aliases(), false));
  RETURN_IF_ERROR(replace(Table::kEpss, content.take_epss(), false));
  RETURN_IF_ERROR(replace(Table::kKev, content.take_kev(), false));
  RETURN_IF_ERROR(replace(Table::kExploit, content.take_exploits(), false));
  RETURN_IF_ERROR(replace(Table::kEndOfLife, content.take_end_of_life(), false));
  RETURN_IF_ERROR(replace(Table::kRepository, content.take_repositories(), false));
  RETURN_IF_ERROR(replace(Table::kVex, content.take_vex(), false));
  RETURN_IF_ERROR(replace(Table::kArchives, content.take_archives(), false));
  if (!changed.empty()) {
    RETURN_IF_ERROR(log_changes(transaction, feed, now, std::move(changed)));
  }
  RETURN_IF_ERROR(transaction.put(Table::kFeeds, feed, pack_feed(record)));
  RETURN_IF_ERROR(leave_publication(transaction, feed));
  return store_built_at(transaction, now);
}

}  // namespace seaworthy
