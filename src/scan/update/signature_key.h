#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/limits.h"
#include "core/base/result.h"
#include "core/codec/json.h"

namespace seaworthy {

// Ed25519 (RFC 8032) over OpenSSL. Keys are PEM files as `openssl genpkey -algorithm ed25519`
// writes them. A key's id is "ed25519:" and the SHA-256 of its 32 bytes in hex; messages show a
// part of it.
struct PublicKey {
  std::string id;
  std::string bytes;  // 32
  bool operator==(const PublicKey&) const = default;
};

class PrivateKey {
 public:
  // kInvalidInput: no unencrypted Ed25519 private key.
  static Result<PrivateKey> load(const std::string& path);
  static Result<PrivateKey> generate();
  PrivateKey(PrivateKey&&) noexcept;
  PrivateKey& operator=(PrivateKey&&) noexcept;
  ~PrivateKey();

  const PublicKey& public_key() const { return public_key_; }
  std::string sign(std::string_view bytes) const;  // 64 bytes
  // Writes NAME.key, which only the owner can read, and NAME.pub. Neither may exist.
  Status save(const std::string& name) const;

 private:
  struct Handle;
  PrivateKey(std::unique_ptr<Handle> handle, PublicKey public_key);
  std::unique_ptr<Handle> handle_;
  PublicKey public_key_;
};

Result<PublicKey> load_public_key(const std::string& path);
// kInvalidInput where there are not 32 bytes.
Result<PublicKey> public_key_of(std::string_view bytes);
bool verify_signature(const PublicKey& key, std::string_view bytes, std::string_view signature);
std::string short_id(std::string_view key_id);  // "ed25519:0123456789abcdef"

// Detached signatures over one document: FILE.sig.
//   {"schema":"seaworthy.signatures/1","signatures":[{"key":ID,"signature":BASE64}]}
struct Signature {
  std::string key_id, bytes;
};
std::string signatures_text(const std::vector<Signature>& signatures);
Result<std::vector<Signature>> parse_signatures(std::string_view json, const Limits& limits);
// The list alone, as other documents carry it.
void write_signatures(JsonWriter& out, const std::vector<Signature>& signatures);
Result<std::vector<Signature>> read_signatures(const JsonValue& list);
inline constexpr std::uint64_t kMaxSignatureBytes = 1 * kMiB;

}  // namespace seaworthy
