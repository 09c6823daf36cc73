#include "scan/update/signature_trust.h"

#include <algorithm>

#include "core/codec/digest.h"
#include "core/codec/json.h"

namespace seaworthy {
namespace {

constexpr std::string_view kChainSchema = "seaworthy.keys/1";
constexpr std::string_view kSetSchema = "seaworthy.keyset/1";
constexpr std::size_t kMaxKeys = 100;
constexpr std::size_t kMaxSets = 1000;

Error malformed(std::string_view what) {
  return {ErrorCode::kInvalidInput, "key set: " + std::string(what)};
}

const SetKey* find_key(const KeySet& set, std::string_view id) {
  const auto found = std::find_if(set.keys.begin(), set.keys.end(),
                                  [&](const SetKey& key) { return key.key.id == id; });
  return found == set.keys.end() ? nullptr : &*found;
}

const PublicKey* find_key(const Trust& trust, const std::string& id) {
  if (const SetKey* known = find_key(trust.accepted, id)) return &known->key;
  for (const PublicKey& key : trust.configured) {
    if (key.id == id) return &key;
  }
  return nullptr;
}

Result<SetKey> read_key(const JsonValue& value) {
  auto bytes = from_base64(value["key"].text());
  if (!bytes) return std::move(bytes).error().during("key set");
  SetKey key;
  ASSIGN_OR_RETURN(key.key, public_key_of(*bytes));
  key.retired = value["retired"].boolean();
  if (const std::string_view expires = value["expires"].text(); !expires.empty()) {
    const auto time = parse_time(expires);
    if (!time || *time <= 0) return malformed("'expires' is no time");
    key.expires = *time;
  }
  return key;
}

}  // namespace

std::string key_set_text(const KeySet& set) {
  JsonWriter out(false);
  out.begin_object();
  out.member("schema", kSetSchema);
  out.member("version", set.version);
  out.key("keys");
  out.begin_array();
  for (const SetKey& key : set.keys) {
    out.begin_object();
    out.member("key", to_base64(key.key.bytes));
    out.member("expires", key.expires == 0 ? std::string() : rfc3339(key.expires));
    out.member("retired", key.retired);
    out.end_object();
  }
  out.end_array();
  out.end_object();
  return out.take();
}

Result<KeySet> parse_key_set(std::string_view json, const Limits& limits) {
  JsonDocument document;
  if (Status parsed = document.parse(json, limits); !parsed) {
    return std::move(parsed).error().during("key set");
  }
  const JsonValue root = document.root();
  if (root["schema"].text() != kSetSchema) return malformed("an unknown form");
  KeySet set;
  if (!root["version"].is_number() || root["version"].integer() < 1) {
    return malformed("'version' is no whole number from 1 on");
  }
  set.version = static_cast<std::uint64_t>(root["version"].integer());
  const std::vector<JsonValue> keys = root["keys"].elements();
  if (keys.empty() || keys.size() > kMaxKeys) return malformed("it has no key, or too many");
  for (const JsonValue& value : keys) {
    ASSIGN_OR_RETURN(SetKey key, read_key(value));
    if (find_key(set, key.key.id) != nullptr) return malformed("a key is in it twice");
    set.keys.push_back(std::move(key));
  }
  return set;
}

std::string key_chain_text(const KeyChain& chain) {
  JsonWriter out(true);
  out.begin_object();
  out.member("schema", kChainSchema);
  out.key("sets");
  out.begin_array();
  for (const SignedKeySet& set : chain) {
    out.begin_object();
    out.member("set", set.text);
    out.key("signatures");
    write_signatures(out, set.signatures);
    out.end_object();
  }
  out.end_array();
  out.end_object();
  return out.take();
}

Result<KeyChain> parse_key_chain(std::string_view json, const Limits& limits) {
  JsonDocument document;
  if (Status parsed = document.parse(json, limits); !parsed) {
    return std::move(parsed).error().during("key chain");
  }
  if (document.root()["schema"].text() != kChainSchema) {
    return Error{ErrorCode::kInvalidInput,
                 "key chain: the form is not " + std::string(kChainSchema)};
  }
  KeyChain chain;
  for (const JsonValue& value : document.root()["sets"].elements()) {
    if (chain.size() == kMaxSets) return Error{ErrorCode::kLimitExceeded, "too many key sets"};
    ASSIGN_OR_RETURN(std::vector<Signature> signatures, read_signatures(value["signatures"]));
    chain.push_back({std::string(value["set"].text()), std::move(signatures)});
  }
  return chain;
}

std::string why_not_trusted(const Trust& trust, const std::string& key_id, UnixSeconds now) {
  if (find_key(trust, key_id) == nullptr) return "is not trusted";
  const SetKey* known = find_key(trust.accepted, key_id);
  if (known == nullptr) return {};
  if (known->retired) return "was retired";
  if (known->expires != 0 && known->expires <= now) {
    return "expired on " + iso_date(known->expires);
  }
  return {};
}

Result<std::string> verify_trusted(std::string_view bytes, const std::vector<Signature>& signatures,
                                   const Trust& trust, UnixSeconds now) {
  std::string reasons;
  for (const Signature& signature : signatures) {
    std::string reason = why_not_trusted(trust, signature.key_id, now);
    if (reason.empty()) {
      if (verify_signature(*find_key(trust, signature.key_id), bytes, signature.bytes)) {
        return signature.key_id;
      }
      reason = "did not sign these bytes: they were changed";
    }
    reasons += (reasons.empty() ? "" : "; ") + ("key " + short_id(signature.key_id)) + " " + reason;
  }
  if (signatures.empty()) reasons = "there is no signature in it";
  return Error{ErrorCode::kPermissionDenied, "no trusted signature: " + reasons};
}

Result<bool> follow_chain(Trust& trust, const KeyChain& chain, const Limits& limits,
                          UnixSeconds now) {
  if (trust.empty()) return false;
  bool changed = false;
  std::string refused;
  for (const SignedKeySet& signed_set : chain) {
    ASSIGN_OR_RETURN(KeySet set, parse_key_set(signed_set.text, limits));
    if (set.version <= trust.accepted.version) continue;
    const auto signer = verify_trusted(signed_set.text, signed_set.signatures, trust, now);
    if (!signer) {
      // A reader whose key came with a later set has no use for the older ones.
      refused = "key set " + std::to_string(set.version) + ": " + signer.error().message;
      continue;
    }
    refused.clear();
    trust.accepted = std::move(set);
    changed = true;
  }
  if (!refused.empty()) return Error{ErrorCode::kPermissionDenied, std::move(refused)};
  return changed;
}

}  // namespace seaworthy
