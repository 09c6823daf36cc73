#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "scan/update/parts_file.h"
#include "scan/update/signature_trust.h"

namespace seaworthy {

struct DatabaseImportOptions {
  Limits limits;
  UnixSeconds now = 0;
  std::vector<PublicKey> trusted_keys;
  bool allow_unsigned = false;  // a database without any signature; never one with a wrong one
  bool allow_rollback = false;
  // Called between the parts, on the importing thread.
  std::function<void(const std::string& part, std::uint64_t done, std::uint64_t total)> progress;
};

struct DatabaseImport {
  std::uint64_t sequence = 0;
  UnixSeconds built_at = 0;
  std::string key;            // that signed it; "" unsigned
  bool keys_changed = false;  // a newer key set was accepted
  bool unchanged = false;     // everything was in place already
  std::uint64_t parts_in_place = 0, parts = 0;
  std::uint64_t parts_read = 0;
  std::uint64_t keys_written = 0, keys_removed = 0;
  std::uint64_t packages_changed = 0;  // entries of the change log
};

// The documents around a header, as they came; "" where there is none.
struct SignedHeader {
  std::string header, signatures, key_chain;
};

// A header that a trusted key signed (or that may be unsigned), and what proved it.
struct VerifiedHeader {
  std::string text;
  DatabaseHeader header;
  std::string key;  // that signed it; "" unsigned
  Trust trust;      // with the newest key set
};
// Trusted are the keys of the options and those of the key set that the database accepted before,
// followed along the chain. Only after the signature is the header parsed.
Result<VerifiedHeader> verify_header(const std::string& directory,
                                     const SignedHeader& signed_header,
                                     const DatabaseImportOptions& options);

// Makes the published part of the database what the header says, from `stored` and from what is in
// place already; parts that are in neither are recorded as not pulled. One transaction: a reader
// sees the old state or the new one, and every failure leaves the old one. Feeds of other names are
// not touched. Every package whose rows changed goes to the change log.
//   kConflict: older than what is in place, or a delta for another base; kInvalidInput: a part is
//   not what the header says.
Result<DatabaseImport> import_parts(const std::string& directory, const VerifiedHeader& verified,
                                    const StoredParts& stored,
                                    const DatabaseImportOptions& options);

// `db import FILE`: with FILE.sig and FILE.keys beside it, where they are.
Result<DatabaseImport> import_database_file(const std::string& path, const std::string& directory,
                                            const DatabaseImportOptions& options);

}  // namespace seaworthy
