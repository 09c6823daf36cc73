#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/base/limits.h"
#include "scan/update/parts_header.h"
#include "scan/update/signature_key.h"

namespace seaworthy {

struct ExportOptions {
  Limits limits;
  // "" a whole database; else an earlier export (a whole one): only what changed since is written.
  std::string base_file;
  int level = 15;  // zstd; 19 is 4 % smaller and takes three times as long
  int jobs = 0;    // 0: one per core
  std::function<void(const std::string& part, std::uint64_t done, std::uint64_t total)> progress;
};

// A database as it is published, complete in memory: the header's text and the stored bytes of its
// parts, in the header's order.
struct ExportedDatabase {
  DatabaseHeader header;
  std::string header_text;
  std::vector<std::string> parts;  // "" where the part is not in a delta
};

// Reads one state of the database. kNotFound: there is none; kConflict: it holds only parts of a
// published one; kInvalidInput: a value in it, or the base file, is damaged.
Result<ExportedDatabase> export_database(const std::string& directory,
                                         const ExportOptions& options);

// Writes FILE, then FILE.sig with a signature by each of the keys (no keys: none, and an old one is
// removed), and FILE.keys where a chain is given. A reader sees the old file or the new one.
Status write_database_file(const ExportedDatabase& database, const std::string& path,
                           const std::vector<PrivateKey>& keys, const std::string& key_chain);

// The signatures of all keys over the header, as FILE.sig has them; "" without keys.
std::string sign_header(const std::string& header_text, const std::vector<PrivateKey>& keys);

}  // namespace seaworthy
