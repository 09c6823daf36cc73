#include "scan/update/signature_key.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "core/base/file.h"
#include "core/codec/digest.h"
#include "core/codec/json.h"

namespace seaworthy {
namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kSignatureBytes = 64;
constexpr std::uint64_t kMaxKeyFileBytes = 64 * kKiB;
constexpr std::size_t kMaxSignatures = 100;
constexpr std::string_view kSchema = "seaworthy.signatures/1";

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;
using Bio = std::unique_ptr<BIO, FreeBio>;

const unsigned char* unsigned_bytes(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

// The library would ask the terminal for a passphrase.
int no_passphrase(char*, int, int, void*) {
  return -1;
}

Result<PublicKey> public_part(const EVP_PKEY* key) {
  std::string bytes(kKeyBytes, '\0');
  std::size_t size = bytes.size();
  if (EVP_PKEY_get_raw_public_key(key, reinterpret_cast<unsigned char*>(bytes.data()), &size) !=
          1 ||
      size != kKeyBytes) {
    return Error{ErrorCode::kInvalidInput, "it has no Ed25519 public key"};
  }
  return public_key_of(bytes);
}

std::string pem_of(const EVP_PKEY* key, bool secret) {
  const Bio bio(BIO_new(BIO_s_mem()));
  if (secret) {
    PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  } else {
    PEM_write_bio_PUBKEY(bio.get(), key);
  }
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

Status write_new_file(const std::string& path, std::string_view bytes, mode_t mode) {
  const Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  if (!fd.valid()) return errno_error(errno, "create", path);
  Status written = write_all(fd.get(), bytes);
  if (!written) ::unlink(path.c_str());
  return written;
}

Result<std::string> read_pem(const std::string& path) {
  return read_file(path, kMaxKeyFileBytes);
}

}  // namespace

struct PrivateKey::Handle {
  Key key;
};

PrivateKey::PrivateKey(std::unique_ptr<Handle> handle, PublicKey public_key)
    : handle_(std::move(handle)), public_key_(std::move(public_key)) {}
PrivateKey::PrivateKey(PrivateKey&&) noexcept = default;
PrivateKey& PrivateKey::operator=(PrivateKey&&) noexcept = default;
PrivateKey::~PrivateKey() = default;

Result<PrivateKey> PrivateKey::load(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string pem, read_pem(path));
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
  if (key == nullptr || EVP_PKEY_get_id(key.get()) != EVP_PKEY_ED25519) {
    return Error{ErrorCode::kInvalidInput,
                 path +
                     ": no Ed25519 private key in PEM form without a passphrase; "
                     "`seaworthy generate-key NAME` makes one"};
  }
  auto public_key = public_part(key.get());
  if (!public_key) return std::move(public_key).error().during(path);
  return PrivateKey(std::make_unique<Handle>(Handle{std::move(key)}), *std::move(public_key));
}

Result<PrivateKey> PrivateKey::generate() {
  Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  if (key == nullptr) return Error{ErrorCode::kInternal, "no key could be generated"};
  ASSIGN_OR_RETURN(PublicKey public_key, public_part(key.get()));
  return PrivateKey(std::make_unique<Handle>(Handle{std::move(key)}), std::move(public_key));
}

std::string PrivateKey::sign(std::string_view bytes) const {
  const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
  std::string signature(kSignatureBytes, '\0');
  std::size_t size = signature.size();
  if (EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, handle_->key.get()) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                     unsigned_bytes(bytes), bytes.size()) != 1) {
    signature.clear();  // verifies with nothing
  }
  return signature;
}

Status PrivateKey::save(const std::string& name) const {
  RETURN_IF_ERROR(write_new_file(name + ".key", pem_of(handle_->key.get(), true), 0600));
  Status written = write_new_file(name + ".pub", pem_of(handle_->key.get(), false), 0644);
  if (!written) ::unlink((name + ".key").c_str());
  return written;
}

Result<PublicKey> load_public_key(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string pem, read_pem(path));
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const Key key(PEM_read_bio_PUBKEY(bio.get(), nullptr, no_passphrase, nullptr));
  if (key == nullptr || EVP_PKEY_get_id(key.get()) != EVP_PKEY_ED25519) {
    return Error{ErrorCode::kInvalidInput, path + ": no Ed25519 public key in PEM form"};
  }
  auto public_key = public_part(key.get());
  if (!public_key) return std::move(public_key).error().during(path);
  return public_key;
}

Result<PublicKey> public_key_of(std::string_view bytes) {
  if (bytes.size() != kKeyBytes) {
    return Error{ErrorCode::kInvalidInput, "an Ed25519 public key has 32 bytes"};
  }
  return PublicKey{"ed25519:" + sha256(bytes).substr(7), std::string(bytes)};
}

bool verify_signature(const PublicKey& key, std::string_view bytes, std::string_view signature) {
  const Key handle(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, unsigned_bytes(key.bytes),
                                               key.bytes.size()));
  const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
  return handle != nullptr && context != nullptr &&
         EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, handle.get()) == 1 &&
         EVP_DigestVerify(context.get(), unsigned_bytes(signature), signature.size(),
                          unsigned_bytes(bytes), bytes.size()) == 1;
}

std::string short_id(std::string_view key_id) {
  return std::string(key_id.substr(0, 8 + 16));
}

void write_signatures(JsonWriter& out, const std::vector<Signature>& signatures) {
  out.begin_array();
  for (const Signature& signature : signatures) {
    out.begin_object();
    out.member("key", signature.key_id);
    out.member("signature", to_base64(signature.bytes));
    out.end_object();
  }
  out.end_array();
}

std::string signatures_text(const std::vector<Signature>& signatures) {
  JsonWriter out(false);
  out.begin_object();
  out.member("schema", kSchema);
  out.key("signatures");
  write_signatures(out, signatures);
  out.end_object();
  return out.take() + "\n";
}

Result<std::vector<Signature>> read_signatures(const JsonValue& list) {
  std::vector<Signature> signatures;
  for (const JsonValue& value : list.elements()) {
    if (signatures.size() == kMaxSignatures) {
      return Error{ErrorCode::kLimitExceeded, "more than 100 signatures"};
    }
    auto bytes = from_base64(value["signature"].text());
    if (!bytes) return std::move(bytes).error().during("signatures");
    signatures.push_back({std::string(value["key"].text()), *std::move(bytes)});
  }
  return signatures;
}

Result<std::vector<Signature>> parse_signatures(std::string_view json, const Limits& limits) {
  JsonDocument document;
  if (Status parsed = document.parse(json, limits); !parsed) {
    return std::move(parsed).error().during("signatures");
  }
  if (document.root()["schema"].text() != kSchema) {
    return Error{ErrorCode::kInvalidInput, "signatures: the form is not " + std::string(kSchema)};
  }
  return read_signatures(document.root()["signatures"]);
}

}  // namespace seaworthy
