#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace seaworthy {

// Incremental SHA-256 or SHA-512 over OpenSSL. SHA-1 is for recognizing damage in formats that have
// nothing better; as an image's digest it is no digest (is_digest).
class Hasher {
 public:
  enum class Algorithm { kSha256, kSha512, kSha1 };
  explicit Hasher(Algorithm algorithm = Algorithm::kSha256);
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;
  ~Hasher();

  void update(std::string_view bytes);
  // "sha256:<hex>". Ends the hash: call once.
  std::string finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// "sha256:<hex>" of the bytes.
std::string sha256(std::string_view bytes);

// True for "sha256:" and 64 lower-case hex digits, or "sha512:" and 128 (OCI image-spec).
bool is_digest(std::string_view text);

// The algorithm a valid digest names. kUnsupported: the text is no digest of a known algorithm.
Result<Hasher::Algorithm> algorithm_of(std::string_view digest);

// Lower-case hex of the bytes.
std::string to_hex(std::string_view bytes);

// Standard base64 with padding; kInvalidInput where the text is not that.
Result<std::string> from_base64(std::string_view text);
std::string to_base64(std::string_view bytes);

// A 64-bit hash of a path, the same on every machine and in every version (XXH64, seed 0): layer
// inventories keep paths in this form.
std::uint64_t path_hash(std::string_view path);

}  // namespace seaworthy
