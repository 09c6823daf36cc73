#include "scan/update/export.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "core/base/file.h"
#include "core/codec/pack.h"
#include "core/codec/source.h"
#include "scan/advisory/feed_writer.h"
#include "scan/advisory/schema.h"
#include "scan/update/parts_file.h"
#include "scan/update/parts_split.h"

namespace seaworthy {
namespace {

// An earlier export that a delta starts from.
struct Base {
  DatabaseHeader header;
  StoredParts parts;
};

Result<Base> open_base(const std::string& path, const Limits& limits) {
  ASSIGN_OR_RETURN(const DatabaseFile file, open_database_file(path));
  auto header = parse_header(file.header, limits);
  if (!header) return std::move(header).error().during(path);
  if (header->is_delta) {
    return Error{ErrorCode::kInvalidInput,
                 path + " is a delta; a delta starts from a whole export"};
  }
  ASSIGN_OR_RETURN(StoredParts parts, locate_parts(file, *header));
  return Base{*std::move(header), std::move(parts)};
}

using KeyValues = std::map<std::pair<Table, std::string>, std::string>;

Result<KeyValues> read_base_part(const PartEntry& part, const StoredPart& stored) {
  RETURN_IF_ERROR(verify_part(part, stored));
  Limits limits;
  limits.layer_bytes = part.unpacked + 1;
  PartDecoder decoder(inflate(source_of_file(stored.file->get(), stored.offset, stored.size),
                              Compression::kZstd, limits),
                      part.unpacked, false);
  KeyValues values;
  PartRecord record;
  for (;;) {
    ASSIGN_OR_RETURN(const bool more, decoder.next(record));
    if (!more) return values;
    values.emplace_hint(values.end(), std::pair(record.table, std::string(record.key)),
                        record.value);
  }
}

// Both are in the order of (table, key).
void encode_difference(const KeyValues& old, const PartContent& part, PartEncoder& out) {
  auto before = old.begin();
  const auto remove_up_to = [&](const PartRecord* end) {
    for (; before != old.end(); ++before) {
      const auto& [table, key] = before->first;
      if (end != nullptr &&
          std::pair(table, std::string_view(key)) >= std::pair(end->table, end->key)) {
        return;
      }
      out.add({table, true, key, {}});
    }
  };
  for (const PartRecord& record : part.records) {
    remove_up_to(&record);
    const bool known = before != old.end() && before->first.first == record.table &&
                       before->first.second == record.key;
    if (!known || before->second != record.value) out.add(record);
    if (known) ++before;
  }
  remove_up_to(nullptr);
}

struct EncodedEntry {
  PartEntry entry;
  std::string bytes;
};

Result<EncodedEntry> encode_part(const PartContent& part, const Base* base, int level) {
  EncodedEntry out;
  out.entry.name = part.name;
  out.entry.ecosystem = part.ecosystem;
  out.entry.release = part.release;
  const PartEntry* old = base == nullptr ? nullptr : base->header.find(part.name);
  PartEncoder whole(old == nullptr ? level : 1);  // beside a base only its digest is wanted
  for (const PartRecord& record : part.records) {
    if (record.value.size() > kMaxValueBytes) {
      return Error{ErrorCode::kLimitExceeded, "part '" + part.name + "': a value of " +
                                                  std::to_string(record.value.size()) + " bytes"};
    }
    whole.add(record);
  }
  PartEncoder::Encoded encoded = whole.finish();
  out.entry.content = encoded.content;
  out.entry.keys = encoded.keys;
  if (old != nullptr && old->content == encoded.content) return out;
  if (old != nullptr) {
    auto values = read_base_part(*old, base->parts.at(part.name));
    if (!values) return std::move(values).error().during("base, part '" + part.name + "'");
    PartEncoder difference(level);
    encode_difference(*values, part, difference);
    encoded = difference.finish();
    out.entry.base = old->content;
  }
  out.entry.digest = encoded.digest;
  out.entry.stored = encoded.bytes.size();
  out.entry.unpacked = encoded.unpacked;
  out.bytes = std::move(encoded.bytes);
  return out;
}

// The largest parts first, so that the last thread does not begin one when the others are done.
std::vector<std::size_t> largest_first(const std::vector<PartContent>& parts) {
  std::vector<std::size_t> order(parts.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return parts[a].records.size() > parts[b].records.size();
  });
  return order;
}

Result<std::vector<EncodedEntry>> encode_all(const std::vector<PartContent>& parts,
                                             const Base* base, const ExportOptions& options) {
  const std::vector<std::size_t> order = largest_first(parts);
  std::vector<std::optional<Result<EncodedEntry>>> encoded(parts.size());
  std::atomic<std::size_t> next = 0;
  std::mutex reporting;
  std::uint64_t done = 0;
  const auto work = [&] {
    for (std::size_t turn = next++; turn < order.size(); turn = next++) {
      const std::size_t i = order[turn];
      encoded[i] = encode_part(parts[i], base, options.level);
      const std::scoped_lock lock(reporting);
      if (options.progress) options.progress(parts[i].name, ++done, parts.size());
    }
  };
  const int jobs =
      options.jobs > 0 ? options.jobs : static_cast<int>(std::thread::hardware_concurrency());
  {
    std::vector<std::jthread> threads;
    for (int i = 1; i < jobs; ++i) threads.emplace_back(work);
    work();
  }
  std::vector<EncodedEntry> entries;
  for (auto& one : encoded) {
    if (!*one) return std::move(*one).error();
    entries.push_back(**std::move(one));
  }
  return entries;
}

Error write_error(const std::string& path) {
  return errno_error(errno, "write", path);
}

}  // namespace

Result<ExportedDatabase> export_database(const std::string& directory,
                                         const ExportOptions& options) {
  std::optional<Base> base;
  if (!options.base_file.empty()) {
    ASSIGN_OR_RETURN(base, open_base(options.base_file, options.limits));
  }
  ASSIGN_OR_RETURN(const auto environment, open_environment(directory, false));
  ASSIGN_OR_RETURN(const Transaction transaction, Transaction::begin(*environment, false));
  ASSIGN_OR_RETURN(const std::vector<PartContent> parts, split_database(transaction));
  ExportedDatabase out;
  const std::string_view built_at = transaction.get(Table::kMeta, "built_at");
  out.header.built_at =
      built_at.empty() ? 0 : static_cast<UnixSeconds>(Unpacker(built_at).number());
  out.header.sequence = sequence_in(transaction);
  out.header.database_schema = kSchemaVersion;
  transaction.walk(Table::kFeeds, {}, [&](std::string_view feed, std::string_view) {
    out.header.feeds.emplace_back(feed);
    return true;
  });
  if (out.header.feeds.empty()) {
    return Error{ErrorCode::kNotFound, "the database in '" + directory + "' has no feed"};
  }
  if (base) {
    out.header.is_delta = true;
    out.header.parent = base->header.sequence;
    if (base->header.sequence > out.header.sequence) {
      return Error{ErrorCode::kConflict, options.base_file + " is newer than the database"};
    }
  }
  ASSIGN_OR_RETURN(std::vector<EncodedEntry> entries,
                   encode_all(parts, base ? &*base : nullptr, options));
  for (EncodedEntry& entry : entries) {
    out.header.parts.push_back(std::move(entry.entry));
    out.parts.push_back(std::move(entry.bytes));
  }
  out.header_text = header_text(out.header);
  if (out.header_text.size() > kMaxHeaderBytes) {
    return Error{ErrorCode::kLimitExceeded, "the header is larger than a reader takes"};
  }
  return out;
}

std::string sign_header(const std::string& header_text, const std::vector<PrivateKey>& keys) {
  if (keys.empty()) return {};
  std::vector<Signature> signatures;
  for (const PrivateKey& key : keys) {
    signatures.push_back({key.public_key().id, key.sign(header_text)});
  }
  return signatures_text(signatures);
}

Status write_database_file(const ExportedDatabase& database, const std::string& path,
                           const std::vector<PrivateKey>& keys, const std::string& key_chain) {
  std::string temporary = path + ".XXXXXX";
  const Fd fd(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!fd.valid()) return errno_error(errno, "create", temporary);
  std::string prefix(kFileMagic);
  for (unsigned i = 0; i < 4; ++i) {
    prefix += static_cast<char>((database.header_text.size() >> (8 * i)) & 0xff);
  }
  Status written = write_all(fd.get(), prefix + database.header_text);
  for (const std::string& part : database.parts) {
    if (written) written = write_all(fd.get(), part);
  }
  if (written && (::fchmod(fd.get(), 0644) != 0 || ::fsync(fd.get()) != 0)) {
    written = write_error(temporary);
  }
  // The signature of another file beside this one would be refused, so the old one goes first.
  if (written) {
    ::unlink((path + ".sig").c_str());
    ::unlink((path + ".keys").c_str());
  }
  if (written && ::rename(temporary.c_str(), path.c_str()) != 0) written = write_error(path);
  if (!written) {
    ::unlink(temporary.c_str());
    return std::move(written).error().during(path);
  }
  if (!key_chain.empty()) RETURN_IF_ERROR(write_file_atomically(path + ".keys", key_chain));
  if (keys.empty()) return ok_status();
  return write_file_atomically(path + ".sig", sign_header(database.header_text, keys));
}

}  // namespace seaworthy
