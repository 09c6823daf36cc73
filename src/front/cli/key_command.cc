// Keys that sign databases: generate-key, and db keys, which writes the chain of key sets.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "core/base/clock.h"
#include "core/base/file.h"
#include "front/cli/command.h"
#include "front/cli/db_file.h"

namespace seaworthy {
namespace {

Result<int> run_generate_key(const Options& options) {
  const std::string& name = options.arguments.front();
  ASSIGN_OR_RETURN(const PrivateKey key, PrivateKey::generate());
  RETURN_IF_ERROR(key.save(name));
  std::printf("%s.key   keep it secret; it signs\n%s.pub   give it to everyone who imports\n%s\n",
              name.c_str(), name.c_str(), key.public_key().id.c_str());
  return kExitDone;
}

// "FILE" or "FILE=DATE".
Result<SetKey> added_key(const std::string& text) {
  const std::size_t equals = text.rfind('=');
  SetKey key;
  if (equals != std::string::npos) {
    const auto expires = parse_time(text.substr(equals + 1));
    if (!expires) {
      return Error{ErrorCode::kUsage, "--add-key: '" + text.substr(equals + 1) + "' is no date"};
    }
    key.expires = *expires;
  }
  ASSIGN_OR_RETURN(key.key, load_public_key(text.substr(0, equals)));
  return key;
}

void put_key(KeySet& set, SetKey key) {
  const auto known = std::find_if(set.keys.begin(), set.keys.end(),
                                  [&](const SetKey& each) { return each.key == key.key; });
  if (known == set.keys.end()) {
    set.keys.push_back(std::move(key));
  } else {
    *known = std::move(key);
  }
}

Result<KeyChain> read_chain(const std::string& path, const Limits& limits, KeySet& newest) {
  auto bytes = read_file(path, kMaxKeyChainBytes);
  if (!bytes && bytes.error().code == ErrorCode::kNotFound) return KeyChain{};
  if (!bytes) return std::move(bytes).error();
  auto chain = parse_key_chain(*bytes, limits);
  if (!chain) return std::move(chain).error().during(path);
  if (!chain->empty()) {
    ASSIGN_OR_RETURN(newest, parse_key_set(chain->back().text, limits));
  }
  return chain;
}

void print_set(const KeySet& set) {
  for (const SetKey& key : set.keys) {
    std::printf(
        "%-24s %s\n", short_id(key.key.id).c_str(),
        key.retired
            ? "retired"
            : (key.expires == 0 ? "may sign" : "may sign until " + iso_date(key.expires)).c_str());
  }
}

// The set after this one.
Status change_keys(const Options& options, KeySet& set) {
  ++set.version;
  for (const std::string& text : options.added_keys) {
    ASSIGN_OR_RETURN(SetKey key, added_key(text));
    put_key(set, std::move(key));
  }
  for (const std::string& file : options.retired_keys) {
    SetKey key;
    ASSIGN_OR_RETURN(key.key, load_public_key(file));
    key.retired = true;
    put_key(set, std::move(key));
  }
  if (std::all_of(set.keys.begin(), set.keys.end(),
                  [](const SetKey& key) { return key.retired; })) {
    return Error{ErrorCode::kUsage, "no key would be left that may sign; --add-key FILE first"};
  }
  return ok_status();
}

Result<int> run_keys(const Options& options) {
  const std::string& path = options.arguments.front();
  KeySet set;
  ASSIGN_OR_RETURN(KeyChain chain, read_chain(path, options.limits, set));
  if (options.added_keys.empty() && options.retired_keys.empty()) {
    print_set(set);
    return kExitDone;
  }
  ASSIGN_OR_RETURN(const std::vector<PrivateKey> signers, load_signing_keys(options));
  if (signers.empty()) {
    return Error{ErrorCode::kUsage,
                 "a key set counts only where a trusted key signs it: --key FILE"};
  }
  if (set.version != 0) {
    RETURN_IF_ERROR(
        check_signers(set, signers, path + ": key set " + std::to_string(set.version + 1)));
  }
  RETURN_IF_ERROR(change_keys(options, set));
  SignedKeySet signed_set{key_set_text(set), {}};
  for (const PrivateKey& key : signers) {
    signed_set.signatures.push_back({key.public_key().id, key.sign(signed_set.text)});
  }
  chain.push_back(std::move(signed_set));
  RETURN_IF_ERROR(write_file_atomically(path, key_chain_text(chain)));
  std::printf("%s: key set %llu\n", path.c_str(), static_cast<unsigned long long>(set.version));
  print_set(set);
  return kExitDone;
}

constexpr std::array<std::string_view, 0> kGenerateFlags{};
constexpr std::array<Example, 1> kGenerateExamples{
    Example{"seaworthy generate-key publisher", "publisher.key and publisher.pub"}};
constexpr std::array<std::string_view, 4> kKeysFlags{"key", "add-key", "retire-key", "limit"};
constexpr std::array<Example, 3> kKeysExamples{
    Example{"seaworthy db keys --key old.key --add-key old.pub --add-key new.pub publisher.keys",
            "both keys may sign"},
    Example{"seaworthy db keys --key new.key --retire-key old.pub publisher.keys",
            "from now on only the new one"},
    Example{"seaworthy db keys publisher.keys", "which keys the newest set has"}};

}  // namespace

extern const Command kGenerateKey;
const Command kGenerateKey{.name = "generate-key",
                           .arguments = "NAME",
                           .summary = "a new Ed25519 key pair, NAME.key and NAME.pub",
                           .description = "",
                           .flags = kGenerateFlags,
                           .examples = kGenerateExamples,
                           .min_arguments = 1,
                           .max_arguments = 1,
                           .run = run_generate_key};

extern const Command kDbKeys;
const Command kDbKeys{
    .name = "db keys",
    .arguments = "FILE",
    .summary = "which keys may sign the database; add and retire some",
    .description =
        "FILE is a chain of key sets, each signed by a key of the one before. Publish it with the\n"
        "database (db export --keys, db publish --keys): who imports follows it from a key that\n"
        "was trusted before.",
    .flags = kKeysFlags,
    .examples = kKeysExamples,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run_keys};

}  // namespace seaworthy
