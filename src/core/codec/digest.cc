#include "core/codec/digest.h"

#include <array>
#include <cstring>

#include <openssl/evp.h>

namespace seaworthy {
namespace {

struct NamedDigest {
  const EVP_MD* (*digest)();
  const char* prefix;
};
// In the order of Hasher::Algorithm.
constexpr std::array kDigests{NamedDigest{EVP_sha256, "sha256:"},
                              NamedDigest{EVP_sha512, "sha512:"}, NamedDigest{EVP_sha1, "sha1:"}};

}  // namespace

struct Hasher::State {
  const NamedDigest& chosen;
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  explicit State(Algorithm algorithm) : chosen(kDigests.at(static_cast<std::size_t>(algorithm))) {
    EVP_DigestInit_ex(context, chosen.digest(), nullptr);
  }
  ~State() { EVP_MD_CTX_free(context); }
};

Hasher::Hasher(Algorithm algorithm) : state_(std::make_unique<State>(algorithm)) {}
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;
Hasher::~Hasher() = default;

void Hasher::update(std::string_view bytes) {
  EVP_DigestUpdate(state_->context, bytes.data(), bytes.size());
}

std::string Hasher::finish() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> raw{};
  unsigned size = 0;
  EVP_DigestFinal_ex(state_->context, raw.data(), &size);
  return state_->chosen.prefix + to_hex({reinterpret_cast<const char*>(raw.data()), size});
}

std::string sha256(std::string_view bytes) {
  Hasher hasher;
  hasher.update(bytes);
  return hasher.finish();
}

bool is_digest(std::string_view text) {
  std::size_t digits = 0;
  if (text.starts_with("sha256:")) digits = 64;
  if (text.starts_with("sha512:")) digits = 128;
  if (digits == 0 || text.size() != 7 + digits) return false;
  return text.substr(7).find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Result<Hasher::Algorithm> algorithm_of(std::string_view digest) {
  if (!is_digest(digest)) {
    return Error{ErrorCode::kUnsupported,
                 "'" + std::string(digest.substr(0, 200)) + "' is not a sha256 or sha512 digest"};
  }
  return digest.starts_with("sha256:") ? Hasher::Algorithm::kSha256 : Hasher::Algorithm::kSha512;
}

std::string to_hex(std::string_view bytes) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::string to_base64(std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t j = i; j < i + 3; ++j) {
      group = (group << 8U) | (j < bytes.size() ? static_cast<unsigned char>(bytes[j]) : 0U);
    }
    const std::size_t digits = std::min<std::size_t>(bytes.size() - i, 3) + 1;
    for (std::size_t j = 0; j < 4; ++j) {
      text += j < digits ? kDigits[(group >> (18U - 6U * j)) & 63U] : '=';
    }
  }
  return text;
}

Result<std::string> from_base64(std::string_view text) {
  std::string bytes;
  std::uint32_t group = 0;
  int held = 0;
  std::size_t padding = 0;
  for (const char c : text) {
    std::uint32_t value = 0;
    if (c >= 'A' && c <= 'Z') {
      value = static_cast<std::uint32_t>(c - 'A');
    } else if (c >= 'a' && c <= 'z') {
      value = static_cast<std::uint32_t>(c - 'a' + 26);
    } else if (c >= '0' && c <= '9') {
      value = static_cast<std::uint32_t>(c - '0' + 52);
    } else if (c == '+') {
      value = 62;
    } else if (c == '/') {
      value = 63;
    } else if (c == '=') {
      ++padding;
      continue;
    } else {
      return Error{ErrorCode::kInvalidInput, "not base64"};
    }
    if (padding > 0) return Error{ErrorCode::kInvalidInput, "not base64: data behind padding"};
    group = (group << 6) | value;
    if (++held == 4) {
      bytes += static_cast<char>(group >> 16);
      bytes += static_cast<char>((group >> 8) & 0xff);
      bytes += static_cast<char>(group & 0xff);
      group = 0;
      held = 0;
    }
  }
  if (held == 1 || (text.size() % 4) != 0 || padding > 2) {
    return Error{ErrorCode::kInvalidInput, "not base64: wrong length"};
  }
  if (held == 2) bytes += static_cast<char>((group >> 4) & 0xff);
  if (held == 3) {
    bytes += static_cast<char>((group >> 10) & 0xff);
    bytes += static_cast<char>((group >> 2) & 0xff);
  }
  return bytes;
}

namespace {

constexpr std::uint64_t kPrime1 = 11400714785074694791ULL;
constexpr std::uint64_t kPrime2 = 14029467366897019727ULL;
constexpr std::uint64_t kPrime3 = 1609587929392839161ULL;
constexpr std::uint64_t kPrime4 = 9650029242287828579ULL;
constexpr std::uint64_t kPrime5 = 2870177450012600261ULL;

std::uint64_t rotate(std::uint64_t value, int by) {
  return (value << by) | (value >> (64 - by));
}
template <class T>
std::uint64_t load(const char* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}
std::uint64_t round_of(std::uint64_t sum, std::uint64_t input) {
  return rotate(sum + input * kPrime2, 31) * kPrime1;
}

}  // namespace

std::uint64_t path_hash(std::string_view path) {
  const char* at = path.data();
  const char* const end = at + path.size();
  std::uint64_t hash = kPrime5;
  if (path.size() >= 32) {
    std::array<std::uint64_t, 4> lanes{kPrime1 + kPrime2, kPrime2, 0, 0 - kPrime1};
    for (; end - at >= 32; at += 32) {
      for (std::size_t i = 0; i < 4; ++i) {
        lanes[i] = round_of(lanes[i], load<std::uint64_t>(at + 8 * i));
      }
    }
    hash = rotate(lanes[0], 1) + rotate(lanes[1], 7) + rotate(lanes[2], 12) + rotate(lanes[3], 18);
    for (const std::uint64_t lane : lanes) {
      hash = (hash ^ round_of(0, lane)) * kPrime1 + kPrime4;
    }
  }
  hash += path.size();
  for (; end - at >= 8; at += 8) {
    hash = rotate(hash ^ round_of(0, load<std::uint64_t>(at)), 27) * kPrime1 + kPrime4;
  }
  if (end - at >= 4) {
    hash = rotate(hash ^ (load<std::uint32_t>(at) * kPrime1), 23) * kPrime2 + kPrime3;
    at += 4;
  }
  for (; at < end; ++at) {
    hash = rotate(hash ^ (static_cast<unsigned char>(*at) * kPrime5), 11) * kPrime1;
  }
  hash = (hash ^ (hash >> 33)) * kPrime2;
  hash = (hash ^ (hash >> 29)) * kPrime3;
  return hash ^ (hash >> 32);
}

}  // namespace seaworthy
