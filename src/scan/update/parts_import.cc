// How an import makes one consistent state:
//
// The parts of one header were cut from one state of the publisher's database, so the same key has
// the same value in every part that has it. What is in place is always cut from one header: a part
// whose content differs from the new header's is read anew or given up. Under that rule the
// published tables are the union of the parts in place, in whatever order they are written, and a
// key of a published feed that no part in place has (by the part key lists) is removed. Deltas
// change a part and its list in the same way.
#include "scan/update/parts_import.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "core/codec/digest.h"
#include "scan/advisory/feed_writer.h"
#include "scan/advisory/publication.h"
#include "scan/advisory/records.h"
#include "scan/update/parts_records.h"

namespace seaworthy {
namespace {

constexpr std::string_view kKeySetKey = "key set";  // in Table::kMeta

using KeyList = std::vector<std::uint64_t>;  // ascending

std::string_view feed_of(const PartRecord& record) {
  return record.table == Table::kFeeds ? record.key : record.key.substr(0, record.key.find('\0'));
}

class Applying {
 public:
  Applying(Transaction& transaction, const DatabaseHeader& header,
           const DatabaseImportOptions& options, DatabaseImport& out)
      : transaction_(transaction), header_(header), options_(options), out_(out) {}

  Status run(const StoredParts& stored, Publication next);

 private:
  Status plan(const StoredParts& stored, Publication& next);
  Status apply_part(const PartEntry& part, const StoredPart& stored);
  Status apply_record(const PartEntry& part, const PartRecord& record);
  Status check_record(const PartEntry& part, const PartRecord& record) const;
  Status sweep(const Publication& next);
  Status sweep_feed(const std::string& feed, const KeyList& live);
  Status sweep_table(Table table, const std::string& from, bool whole_feed, const KeyList& live);
  void note_change(const PartRecord& record);
  Status finish(const Publication& next);

  Transaction& transaction_;
  const DatabaseHeader& header_;
  const DatabaseImportOptions& options_;
  DatabaseImport& out_;
  std::optional<Publication> before_;
  std::vector<std::pair<const PartEntry*, const StoredPart*>> to_read_;
  std::map<std::string, std::vector<std::string>> changed_;  // by feed
};

// Decides for every part whether it is read, kept or absent.
Status Applying::plan(const StoredParts& stored, Publication& next) {
  for (const PartEntry& part : header_.parts) {
    const PublishedPart* known = nullptr;
    if (before_ && !before_->altered) {
      for (const PublishedPart& each : before_->parts) {
        if (each.in_place && each.name == part.name) known = &each;
      }
    }
    PublishedPart entry{part.name, part.ecosystem, part.release, part.content, part.keys, true};
    const auto found = stored.find(part.name);
    if (known != nullptr && known->content == part.content) {
      // In place.
    } else if (found == stored.end()) {
      entry.in_place = false;
      if (header_.is_delta && known != nullptr) {
        return Error{ErrorCode::kConflict, "this delta starts from sequence " +
                                               std::to_string(header_.parent) + ", and part '" +
                                               part.name + "' here is another"};
      }
    } else if (header_.is_delta && known == nullptr) {
      // Not pulled before, and a delta does not bring what is whole only together with its base. A
      // part that is new is brought whole.
      entry.in_place = part.base.empty();
    } else if (header_.is_delta && !part.base.empty() && known->content != part.base) {
      return Error{ErrorCode::kConflict, "this delta starts from sequence " +
                                             std::to_string(header_.parent) + ", and part '" +
                                             part.name + "' here is another"};
    }
    const bool read = entry.in_place && (known == nullptr || known->content != part.content);
    if (read) to_read_.emplace_back(&part, &found->second);
    next.parts.push_back(std::move(entry));
  }
  return ok_status();
}

Status Applying::check_record(const PartEntry& part, const PartRecord& record) const {
  const std::string_view feed = feed_of(record);
  const auto wrong = [&](const char* what) {
    return Error{ErrorCode::kInvalidInput, "part '" + part.name + "': " + what};
  };
  if (!std::binary_search(header_.feeds.begin(), header_.feeds.end(), feed)) {
    return wrong("a key of a feed that the header does not name");
  }
  const bool common = part.name == kCommonPart;
  const bool rows_in_rest = part.name == kUnreferencedPart && record.table == Table::kRows;
  if (common == is_of_packages(record.table) || rows_in_rest) {
    return wrong("a table that does not belong here");
  }
  if (record.table != Table::kRows || record.removed) return ok_status();
  std::string_view rest;
  std::string_view content;
  if (!split_stored(feed, record.key, record.value, rest, content)) return wrong("a malformed row");
  const PackageKey key = package_key(rest);
  if (key.ecosystem != part.ecosystem || key.release != part.release) {
    return wrong("rows of another ecosystem or release");
  }
  return ok_status();
}

void Applying::note_change(const PartRecord& record) {
  if (record.table != Table::kRows) return;
  const std::string feed(feed_of(record));
  std::string_view rest;
  std::string_view content;
  if (!split_stored(feed, record.key, record.value, rest, content)) {
    rest = record.key.substr(std::min(feed.size() + 1, record.key.size()));
  }
  changed_[feed].emplace_back(rest);
}

Status Applying::apply_record(const PartEntry& part, const PartRecord& record) {
  RETURN_IF_ERROR(check_record(part, record));
  if (record.removed) return ok_status();  // the sweep removes it, unless another part has it
  const std::string_view old = transaction_.get(record.table, record.key);
  if (old.data() != nullptr && old == record.value) return ok_status();
  note_change(record);
  ++out_.keys_written;
  return transaction_.put(record.table, record.key, record.value);
}

Status Applying::apply_part(const PartEntry& part, const StoredPart& stored) {
  RETURN_IF_ERROR(verify_part(part, stored));
  const bool delta = !part.base.empty();
  Limits limits = options_.limits;
  limits.layer_bytes = part.unpacked + 1;
  limits.ratio = std::max<std::uint64_t>(limits.ratio, 100'000);  // the size is signed
  PartDecoder decoder(inflate(source_of_file(stored.file->get(), stored.offset, stored.size),
                              Compression::kZstd, limits),
                      part.unpacked, delta);
  KeyList added, removed;
  PartRecord record;
  for (;;) {
    auto more = decoder.next(record);
    if (!more) return std::move(more).error().during("part '" + part.name + "'");
    if (!*more) break;
    RETURN_IF_ERROR(apply_record(part, record));
    (record.removed ? removed : added).push_back(key_hash(record.table, record.key));
  }
  if (!delta && decoder.content() != part.content) {
    return Error{ErrorCode::kInvalidInput,
                 "part '" + part.name + "' does not unpack to what its header says"};
  }
  KeyList keys = delta ? read_part_keys(transaction_, part.name) : KeyList{};
  std::sort(removed.begin(), removed.end());
  std::erase_if(keys, [&](std::uint64_t key) {
    return std::binary_search(removed.begin(), removed.end(), key);
  });
  keys.insert(keys.end(), added.begin(), added.end());
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  if (keys.size() != part.keys) {
    return Error{ErrorCode::kInvalidInput,
                 "part '" + part.name + "' has " + std::to_string(keys.size()) +
                     " keys, its header says " + std::to_string(part.keys)};
  }
  ++out_.parts_read;
  return write_part_keys(transaction_, part.name, keys);
}

Status Applying::sweep_table(Table table, const std::string& from, bool whole_feed,
                             const KeyList& live) {
  std::vector<std::pair<std::string, std::string>> gone;
  transaction_.walk(table, from, [&](std::string_view key, std::string_view value) {
    if (whole_feed ? key != from : !key.starts_with(from)) return false;
    if (!std::binary_search(live.begin(), live.end(), key_hash(table, key))) {
      gone.emplace_back(key, table == Table::kRows ? value : std::string_view{});
    }
    return true;
  });
  for (const auto& [key, value] : gone) {
    note_change({table, true, key, value});
    RETURN_IF_ERROR(transaction_.remove(table, key));
  }
  out_.keys_removed += gone.size();
  return ok_status();
}

Status Applying::sweep_feed(const std::string& feed, const KeyList& live) {
  for (unsigned i = 0; i < static_cast<unsigned>(Table::kCount); ++i) {
    const Table table = static_cast<Table>(i);
    if (!is_published(table) || table == Table::kFeeds) continue;
    RETURN_IF_ERROR(sweep_table(table, feed + '\0', false, live));
  }
  return sweep_table(Table::kFeeds, feed, true, live);
}

Status Applying::sweep(const Publication& next) {
  KeyList live;
  for (const PublishedPart& part : next.parts) {
    if (!part.in_place) {
      RETURN_IF_ERROR(remove_part_keys(transaction_, part.name));
      continue;
    }
    const KeyList keys = read_part_keys(transaction_, part.name);
    live.insert(live.end(), keys.begin(), keys.end());
  }
  if (before_) {
    for (const PublishedPart& part : before_->parts) {
      if (header_.find(part.name) != nullptr) continue;
      RETURN_IF_ERROR(remove_part_keys(transaction_, part.name));
    }
  }
  std::sort(live.begin(), live.end());
  live.erase(std::unique(live.begin(), live.end()), live.end());
  std::set<std::string> feeds(next.feeds.begin(), next.feeds.end());
  if (before_) feeds.insert(before_->feeds.begin(), before_->feeds.end());
  for (const std::string& feed : feeds) RETURN_IF_ERROR(sweep_feed(feed, live));
  return ok_status();
}

Status Applying::finish(const Publication& next) {
  for (auto& [feed, packages] : changed_) {
    out_.packages_changed += packages.size();
    RETURN_IF_ERROR(log_changes(transaction_, feed, options_.now, std::move(packages)));
  }
  RETURN_IF_ERROR(write_publication(transaction_, next));
  return store_built_at(transaction_, next.built_at);
}

Status Applying::run(const StoredParts& stored, Publication next) {
  ASSIGN_OR_RETURN(before_, read_publication(transaction_));
  if (before_ && before_->sequence > header_.sequence && !options_.allow_rollback) {
    return Error{ErrorCode::kConflict, "it is older (sequence " + std::to_string(header_.sequence) +
                                           ") than the database in place (" +
                                           std::to_string(before_->sequence) +
                                           "); --allow-rollback takes it nevertheless"};
  }
  if (header_.is_delta && (!before_ || before_->altered)) {
    return Error{ErrorCode::kConflict,
                 before_ ? "a feed of the database in place was imported again, so no delta fits it"
                         : "this is a delta, and there is no published database here that it could "
                           "start from"};
  }
  RETURN_IF_ERROR(plan(stored, next));
  for (const auto& [part, bytes] : to_read_) {
    if (options_.progress) options_.progress(part->name, out_.parts_read, to_read_.size());
    RETURN_IF_ERROR(apply_part(*part, *bytes));
  }
  for (const PublishedPart& part : next.parts) out_.parts_in_place += part.in_place ? 1 : 0;
  out_.parts = next.parts.size();
  out_.unchanged = to_read_.empty() && before_ && before_->parts == next.parts &&
                   before_->header == next.header && before_->key == next.key &&
                   before_->feeds == next.feeds;
  if (out_.unchanged) return ok_status();
  RETURN_IF_ERROR(sweep(next));
  return finish(next);
}

Result<KeySet> accepted_set(const std::string& directory, const Limits& limits) {
  auto environment = open_environment(directory, false);
  if (!environment) {
    if (environment.error().code == ErrorCode::kNotFound) return KeySet{};
    return std::move(environment).error();
  }
  ASSIGN_OR_RETURN(const Transaction transaction, Transaction::begin(**environment, false));
  const std::string_view text = transaction.get(Table::kMeta, kKeySetKey);
  if (text.data() == nullptr) return KeySet{};
  return parse_key_set(text, limits);
}

Result<std::string> read_if_there(const std::string& path, std::uint64_t max_bytes) {
  auto bytes = read_file(path, max_bytes);
  if (!bytes && bytes.error().code == ErrorCode::kNotFound) return std::string();
  return bytes;
}

Result<Trust> trust_for(const std::string& directory, const SignedHeader& signed_header,
                        const DatabaseImportOptions& options) {
  Trust trust;
  trust.configured = options.trusted_keys;
  ASSIGN_OR_RETURN(trust.accepted, accepted_set(directory, options.limits));
  if (signed_header.key_chain.empty()) return trust;
  ASSIGN_OR_RETURN(const KeyChain chain, parse_key_chain(signed_header.key_chain, options.limits));
  RETURN_IF_ERROR(follow_chain(trust, chain, options.limits, options.now));
  return trust;
}

Result<std::string> signer_of(const SignedHeader& signed_header, const Trust& trust,
                              const DatabaseImportOptions& options) {
  if (signed_header.signatures.empty()) {
    if (options.allow_unsigned) return std::string();
    return Error{ErrorCode::kPermissionDenied,
                 "it has no signature (FILE.sig); --allow-unsigned takes it nevertheless"};
  }
  ASSIGN_OR_RETURN(const std::vector<Signature> signatures,
                   parse_signatures(signed_header.signatures, options.limits));
  auto signer = verify_trusted(signed_header.header, signatures, trust, options.now);
  if (!signer && trust.empty()) {
    return Error{ErrorCode::kPermissionDenied,
                 signer.error().message + "; no key is trusted here yet: --trusted-key FILE"};
  }
  return signer;
}

Status put_key_set(Transaction& transaction, const KeySet& accepted, DatabaseImport& out) {
  if (accepted.version == 0) return ok_status();
  const std::string text = key_set_text(accepted);
  out.keys_changed = transaction.get(Table::kMeta, kKeySetKey) != text;
  return out.keys_changed ? transaction.put(Table::kMeta, kKeySetKey, text) : ok_status();
}

}  // namespace

Result<VerifiedHeader> verify_header(const std::string& directory,
                                     const SignedHeader& signed_header,
                                     const DatabaseImportOptions& options) {
  VerifiedHeader verified;
  verified.text = signed_header.header;
  ASSIGN_OR_RETURN(verified.trust, trust_for(directory, signed_header, options));
  ASSIGN_OR_RETURN(verified.key, signer_of(signed_header, verified.trust, options));
  ASSIGN_OR_RETURN(verified.header, parse_header(signed_header.header, options.limits));
  return verified;
}

Result<DatabaseImport> import_parts(const std::string& directory, const VerifiedHeader& verified,
                                    const StoredParts& stored,
                                    const DatabaseImportOptions& options) {
  ASSIGN_OR_RETURN(const Fd lock, lock_for_writing(directory));
  ASSIGN_OR_RETURN(const auto environment, open_environment(directory, true));
  if (!environment->writable()) {
    return Error{ErrorCode::kPermissionDenied, "'" + directory + "' cannot be written"};
  }
  ASSIGN_OR_RETURN(Transaction transaction, Transaction::begin(*environment, true));
  DatabaseImport out;
  out.sequence = verified.header.sequence;
  out.built_at = verified.header.built_at;
  out.key = verified.key;
  Publication next;
  next.sequence = verified.header.sequence;
  next.built_at = verified.header.built_at;
  next.imported_at = options.now;
  next.key = verified.key;
  next.header = sha256(verified.text);
  next.feeds = verified.header.feeds;
  RETURN_IF_ERROR(
      Applying(transaction, verified.header, options, out).run(stored, std::move(next)));
  RETURN_IF_ERROR(put_key_set(transaction, verified.trust.accepted, out));
  if (out.unchanged && !out.keys_changed) return out;
  RETURN_IF_ERROR(transaction.commit());
  note_checked(directory);
  return out;
}

Result<DatabaseImport> import_database_file(const std::string& path, const std::string& directory,
                                            const DatabaseImportOptions& options) {
  ASSIGN_OR_RETURN(const DatabaseFile file, open_database_file(path));
  const auto import = [&]() -> Result<DatabaseImport> {
    SignedHeader signed_header;
    signed_header.header = file.header;
    ASSIGN_OR_RETURN(signed_header.signatures, read_if_there(path + ".sig", kMaxSignatureBytes));
    ASSIGN_OR_RETURN(signed_header.key_chain, read_if_there(path + ".keys", kMaxKeyChainBytes));
    ASSIGN_OR_RETURN(const VerifiedHeader verified,
                     verify_header(directory, signed_header, options));
    ASSIGN_OR_RETURN(const StoredParts stored, locate_parts(file, verified.header));
    return import_parts(directory, verified, stored, options);
  };
  auto imported = import();
  if (!imported && !imported.error().message.starts_with(path)) {
    return std::move(imported).error().during(path);
  }
  return imported;
}

}  // namespace seaworthy
