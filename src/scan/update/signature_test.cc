#include <sys/stat.h>

#include "core/base/file.h"
#include "core/codec/digest.h"
#include "scan/update/signature_trust.h"
#include "scan/update/update_fixture.h"

namespace seaworthy {
namespace {

using fixture::TemporaryDirectory;
using testing::HasSubstr;

constexpr UnixSeconds kToday = 1'790'000'000;
constexpr UnixSeconds kDay = 86'400;

PrivateKey new_key() {
  return *PrivateKey::generate();
}

Trust trust_in(const PrivateKey& key) {
  return Trust{{key.public_key()}, {}};
}

SignedKeySet signed_set(KeySet set, const std::vector<const PrivateKey*>& signers) {
  SignedKeySet out{key_set_text(set), {}};
  for (const PrivateKey* key : signers) {
    out.signatures.push_back({key->public_key().id, key->sign(out.text)});
  }
  return out;
}

TEST(Signature, VerifiesOnlyItsOwnBytesAndKey) {
  const PrivateKey key = new_key();
  const PrivateKey other = new_key();
  const std::string signature = key.sign("header");
  EXPECT_EQ(signature.size(), 64U);
  EXPECT_TRUE(verify_signature(key.public_key(), "header", signature));
  EXPECT_FALSE(verify_signature(key.public_key(), "Header", signature));
  EXPECT_FALSE(verify_signature(key.public_key(), "", signature));
  EXPECT_FALSE(verify_signature(other.public_key(), "header", signature));
  for (std::size_t i = 0; i < signature.size(); ++i) {
    std::string changed = signature;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(verify_signature(key.public_key(), "header", changed)) << i;
  }
  EXPECT_FALSE(verify_signature(key.public_key(), "header", signature.substr(0, 63)));
  EXPECT_FALSE(verify_signature(key.public_key(), "header", ""));
}

// RFC 8032, section 7.1, test 2.
TEST(Signature, IsThatOfTheStandard) {
  const auto key = public_key_of(*from_base64("PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw="));
  ASSERT_TRUE(key);
  const std::string signature = *from_base64(
      "kqAJqfDUyrhyDoILX2QlQKKye1QWUD+Ps3YiI+vbadoIWsHkPhWZbkWPNhPQ"
      "8R2MOHsurrQwKu6wDSkWErsMAA==");
  EXPECT_TRUE(verify_signature(*key, "\x72", signature));
  EXPECT_FALSE(verify_signature(*key, "\x73", signature));
}

TEST(Signature, KeysAreFilesThatOnlyTheOwnerReads) {
  const TemporaryDirectory directory;
  const PrivateKey key = new_key();
  ASSERT_TRUE(key.save(directory.path("a")));
  struct stat info {};
  ASSERT_EQ(::stat(directory.path("a.key").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
  const auto loaded = PrivateKey::load(directory.path("a.key"));
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->public_key(), key.public_key());
  EXPECT_EQ(*load_public_key(directory.path("a.pub")), key.public_key());
  EXPECT_FALSE(key.save(directory.path("a")));  // never over another key
  struct Case {
    const char* name;
    std::string text;
  };
  for (const Case& one :
       {Case{"empty", ""}, Case{"no PEM", "secret"},
        Case{"truncated", read_file(directory.path("a.key"), kKiB)->substr(0, 60)},
        Case{"public", *read_file(directory.path("a.pub"), kKiB)}}) {
    fixture::write_file(directory.path("b.key"), one.text);
    const auto bad = PrivateKey::load(directory.path("b.key"));
    ASSERT_FALSE(bad) << one.name;
    EXPECT_THAT(bad.error().message, HasSubstr("b.key: no Ed25519 private key")) << one.name;
  }
}

TEST(Signature, DocumentIsReadBackAndRefusedWhereDamaged) {
  const std::vector<Signature> two{{"ed25519:a", "first"}, {"ed25519:b", std::string(64, '\0')}};
  const auto read = parse_signatures(signatures_text(two), {});
  ASSERT_TRUE(read);
  ASSERT_EQ(read->size(), 2U);
  EXPECT_EQ((*read)[1].bytes, std::string(64, '\0'));
  for (const char* bad :
       {"", "{", "{}", "[]", R"({"schema":"seaworthy.signatures/2"})",
        R"({"schema":"seaworthy.signatures/1","signatures":[{"key":"a","signature":"!"}]})"}) {
    EXPECT_FALSE(parse_signatures(bad, {})) << bad;
  }
}

TEST(Trust, SaysWhyAKeyMayNotSign) {
  const PrivateKey key = new_key();
  const PrivateKey retired = new_key();
  const PrivateKey expired = new_key();
  const PrivateKey stranger = new_key();
  Trust trust = trust_in(retired);
  trust.accepted = {3,
                    {{key.public_key(), kToday + 1, false},
                     {retired.public_key(), 0, true},
                     {expired.public_key(), kToday, false}}};
  EXPECT_EQ(why_not_trusted(trust, key.public_key().id, kToday), "");
  EXPECT_EQ(why_not_trusted(trust, key.public_key().id, kToday + 1), "expired on 2026-09-21");
  // What a set retires stays retired, also where the configuration still names it.
  EXPECT_EQ(why_not_trusted(trust, retired.public_key().id, kToday), "was retired");
  EXPECT_THAT(why_not_trusted(trust, expired.public_key().id, kToday), HasSubstr("expired"));
  EXPECT_EQ(why_not_trusted(trust, stranger.public_key().id, kToday), "is not trusted");
  const std::string bytes = "header";
  const auto verify = [&](const PrivateKey& by) {
    return verify_trusted(bytes, {{by.public_key().id, by.sign(bytes)}}, trust, kToday);
  };
  EXPECT_EQ(*verify(key), key.public_key().id);
  EXPECT_THAT(verify(retired).error().message, HasSubstr("was retired"));
  EXPECT_THAT(verify(expired).error().message, HasSubstr("expired"));
  EXPECT_THAT(verify(stranger).error().message, HasSubstr("is not trusted"));
  EXPECT_THAT(verify_trusted("other", {{key.public_key().id, key.sign(bytes)}}, trust, kToday)
                  .error()
                  .message,
              HasSubstr("did not sign these bytes"));
  EXPECT_FALSE(verify_trusted(bytes, {}, trust, kToday));
}

TEST(Trust, FollowsAChainOverMissedChanges) {
  const PrivateKey first = new_key();
  const PrivateKey second = new_key();
  const PrivateKey third = new_key();
  KeyChain chain;
  chain.push_back(
      signed_set({1, {{first.public_key(), 0, true}, {second.public_key(), 0, false}}}, {&first}));
  chain.push_back(
      signed_set({2, {{second.public_key(), 0, true}, {third.public_key(), kToday + kDay, false}}},
                 {&second}));
  const auto read = parse_key_chain(key_chain_text(chain), {});
  ASSERT_TRUE(read);
  Trust trust = trust_in(first);
  EXPECT_TRUE(*follow_chain(trust, *read, {}, kToday));
  EXPECT_EQ(trust.accepted.version, 2U);
  EXPECT_EQ(why_not_trusted(trust, third.public_key().id, kToday), "");
  EXPECT_EQ(why_not_trusted(trust, second.public_key().id, kToday), "was retired");
  EXPECT_FALSE(*follow_chain(trust, *read, {}, kToday));  // nothing newer
  // A machine that was set up with the newest key has no use for the older sets.
  Trust late = trust_in(second);
  EXPECT_TRUE(*follow_chain(late, *read, {}, kToday));
  EXPECT_EQ(late.accepted.version, 2U);
  Trust nobody;
  EXPECT_FALSE(*follow_chain(nobody, *read, {}, kToday));
}

TEST(Trust, RefusesSetsThatNoTrustedKeySigned) {
  const PrivateKey ours = new_key();
  const PrivateKey thief = new_key();
  const KeySet taken{1, {{thief.public_key(), 0, false}}};
  SignedKeySet forged = signed_set(taken, {&thief});
  forged.signatures[0].key_id = ours.public_key().id;
  SignedKeySet changed = signed_set({1, {{ours.public_key(), 0, false}}}, {&ours});
  changed.text = key_set_text(taken);
  struct Case {
    const char* name;
    SignedKeySet set;
  };
  for (const Case& one :
       {Case{"signed by itself", signed_set(taken, {&thief})}, Case{"named as ours", forged},
        Case{"text exchanged", changed}, Case{"not signed", {key_set_text(taken), {}}}}) {
    Trust trust = trust_in(ours);
    const auto followed = follow_chain(trust, {one.set}, {}, kToday);
    ASSERT_FALSE(followed) << one.name;
    EXPECT_EQ(followed.error().code, ErrorCode::kPermissionDenied) << one.name;
    EXPECT_EQ(trust.accepted.version, 0U) << one.name;
  }
  // An expired key introduces nobody.
  const PrivateKey next = new_key();
  Trust trust;
  trust.accepted = {1, {{ours.public_key(), kToday, false}}};
  EXPECT_FALSE(
      follow_chain(trust, {signed_set({2, {{next.public_key(), 0, false}}}, {&ours})}, {}, kToday));
}

TEST(Trust, KeySetsAreRefusedWhereDamaged) {
  const std::string key = to_base64(std::string(32, 'k'));
  for (const std::string& bad :
       {std::string(), std::string("{}"), std::string(R"({"schema":"seaworthy.keyset/1"})"),
        std::string(R"({"schema":"seaworthy.keyset/1","version":0,"keys":[{"key":")") + key +
            "\"}]}",
        std::string(R"({"schema":"seaworthy.keyset/1","version":1,"keys":[]})"),
        std::string(R"({"schema":"seaworthy.keyset/1","version":1,"keys":[{"key":"AAAA"}]})"),
        R"({"schema":"seaworthy.keyset/1","version":1,"keys":[{"key":")" + key + R"("},{"key":")" +
            key + "\"}]}",
        R"({"schema":"seaworthy.keyset/1","version":1,"keys":[{"key":")" + key +
            R"(","expires":"soon"}]})"}) {
    EXPECT_FALSE(parse_key_set(bad, {})) << bad;
  }
}

}  // namespace
}  // namespace seaworthy
