#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "scan/update/signature_key.h"

namespace seaworthy {

// Which keys may sign a database, and how they change.
//
// It begins with keys that the reader is given out of band (`--trusted-key`, the configuration).
// From then on the publisher can replace them: a key set lists every key with its end and whether
// it is retired, and counts only if a key that is trusted before it signed it. Key sets have a
// version and travel as a chain, oldest first, in FILE.keys beside the database, so that a reader
// who missed two changes follows both. The set that was accepted last is kept in the database: what
// it retires stays retired, also where the configuration still names it. (The Update Framework's
// root role, without thresholds.)
//
//   {"schema":"seaworthy.keys/1","sets":[{"set":TEXT,"signatures":[{"key":ID,"signature":BASE64}]}]}
//   TEXT: {"schema":"seaworthy.keyset/1","version":N,
//          "keys":[{"key":BASE64 of 32 bytes,"expires":"" or RFC 3339,"retired":false}]}
struct SetKey {
  PublicKey key;
  UnixSeconds expires = 0;  // 0: never
  bool retired = false;
  bool operator==(const SetKey&) const = default;
};

struct KeySet {
  std::uint64_t version = 0;  // 0: nothing was accepted yet
  std::vector<SetKey> keys;
  bool operator==(const KeySet&) const = default;
};
std::string key_set_text(const KeySet& set);
Result<KeySet> parse_key_set(std::string_view json, const Limits& limits);

struct SignedKeySet {
  std::string text;  // of the set, as it was signed
  std::vector<Signature> signatures;
};
using KeyChain = std::vector<SignedKeySet>;
std::string key_chain_text(const KeyChain& chain);
Result<KeyChain> parse_key_chain(std::string_view json, const Limits& limits);
inline constexpr std::uint64_t kMaxKeyChainBytes = 4 * kMiB;

// Everything that is trusted on this machine.
struct Trust {
  std::vector<PublicKey> configured;
  KeySet accepted;

  bool empty() const { return configured.empty() && accepted.keys.empty(); }
};

// "" where the key may sign at this time, else why not: "is not trusted", "was retired", "expired
// on 2026-01-31".
std::string why_not_trusted(const Trust& trust, const std::string& key_id, UnixSeconds now);

// The id of the key that makes `bytes` trusted. kPermissionDenied: none does, and why each of the
// signatures does not.
Result<std::string> verify_trusted(std::string_view bytes, const std::vector<Signature>& signatures,
                                   const Trust& trust, UnixSeconds now);

// Follows the chain from what is trusted now: the newest set that it proves becomes `accepted`.
// True where that is another than before. kPermissionDenied: a newer set is there that no trusted
// key signed. With nothing trusted there is nothing to follow: false.
Result<bool> follow_chain(Trust& trust, const KeyChain& chain, const Limits& limits,
                          UnixSeconds now);

}  // namespace seaworthy
