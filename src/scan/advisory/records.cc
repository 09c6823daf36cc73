#include "scan/advisory/records.h"

#include <algorithm>
#include <array>
#include <bit>

#include "core/codec/digest.h"
#include "core/codec/pack.h"

namespace seaworthy {
namespace {

constexpr std::size_t kMaxKeyBytes = 511;  // LMDB's, as Debian builds it
constexpr char kHashed = '\x01';           // no feed part begins with it
constexpr std::size_t kEpssBytes = 10;

std::string hashed_key(std::string_view feed, std::string_view rest) {
  return join_key({feed, std::string(1, kHashed) + sha256(rest)});
}

std::uint32_t big_endian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}
void put_big_endian(std::string& out, std::uint64_t value, int bytes) {
  for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>((value >> (8 * i)) & 0xff);
}

DatedBy unpack_witness(Unpacker& in) {
  return static_cast<DatedBy>(std::min(in.number(), static_cast<std::uint64_t>(DatedBy::kEnd)));
}

void pack_scope(Packer& out, const FeedScope& scope) {
  out.text(scope.ecosystem);
  out.text(scope.release);
  out.number(scope.packages);
  out.number(static_cast<std::uint64_t>(scope.data_as_of));
  out.number(static_cast<std::uint64_t>(scope.dated_by));
}

void unpack_scope(Unpacker& in, FeedScope& scope) {
  scope.ecosystem = in.text();
  scope.release = in.text();
  scope.packages = in.number();
  scope.data_as_of = static_cast<UnixSeconds>(in.number());
  scope.dated_by = unpack_witness(in);
}

}  // namespace

std::string pack_feed(const FeedRecord& record) {
  Packer out;
  const FeedInfo& info = record.info;
  out.text(info.format);
  out.text(info.fingerprint);
  out.number(static_cast<std::uint64_t>(info.fetched_at));
  out.number(static_cast<std::uint64_t>(info.data_as_of));
  out.number(static_cast<std::uint64_t>(info.dated_by));
  out.number(info.records);
  out.number(info.problems);
  out.list(info.scopes, [&](const FeedScope& scope) { pack_scope(out, scope); });
  out.list(info.partial, [&](const PartialScope& part) {
    pack_scope(out, part.scope);
    out.text(part.why);
    out.texts(part.lacks);
  });
  out.list(record.row_scopes, [&](const auto& scope) {
    out.text(scope.first);
    out.text(scope.second);
  });
  for (const bool flag :
       {record.has_details, info.has_epss, info.has_kev, info.has_exploit, info.has_eol,
        record.has_repositories, record.has_vex, record.has_archives, info.has_malicious}) {
    out.flag(flag);
  }
  return std::move(out).bytes();
}

Result<FeedRecord> unpack_feed(std::string_view name, std::string_view bytes) {
  Unpacker in(bytes);
  FeedRecord record;
  FeedInfo& info = record.info;
  info.name = name;
  info.format = in.text();
  info.fingerprint = in.text();
  info.fetched_at = static_cast<UnixSeconds>(in.number());
  info.data_as_of = static_cast<UnixSeconds>(in.number());
  info.dated_by = unpack_witness(in);
  info.records = in.number();
  info.problems = in.number();
  info.scopes.resize(in.list_size(5));
  for (FeedScope& scope : info.scopes) unpack_scope(in, scope);
  info.partial.resize(in.list_size(7));
  for (PartialScope& part : info.partial) {
    unpack_scope(in, part.scope);
    part.why = in.text();
    part.lacks = in.texts();
  }
  record.row_scopes.resize(in.list_size(2));
  for (auto& scope : record.row_scopes) {
    scope.first = in.text();
    scope.second = in.text();
  }
  for (bool* flag :
       {&record.has_details, &info.has_epss, &info.has_kev, &info.has_exploit, &info.has_eol,
        &record.has_repositories, &record.has_vex, &record.has_archives, &info.has_malicious}) {
    *flag = in.flag();
  }
  RETURN_IF_ERROR(in.finish("feed record"));
  return record;
}

std::string pack_details(const VulnerabilityDetails& details) {
  Packer out;
  out.text(details.summary);
  out.texts(details.aliases);
  out.number(static_cast<std::uint64_t>(details.severity));
  out.list(details.cvss, [&](const Cvss& cvss) {
    out.text(cvss.version);
    out.text(cvss.vector);
    out.number(static_cast<std::uint64_t>(cvss.score * 10 + 0.5));
    out.text(cvss.source);
  });
  out.text(details.published);
  out.text(details.modified);
  out.number(static_cast<std::uint64_t>(details.state));
  out.texts(details.references);
  out.text(details.document);
  return std::move(out).bytes();
}

Result<VulnerabilityDetails> unpack_details(std::string_view id, std::string_view bytes) {
  Unpacker in(bytes);
  VulnerabilityDetails details;
  details.id = id;
  details.summary = in.text();
  details.aliases = in.texts();
  details.severity = in.choice(Severity::kEnd);
  details.cvss.resize(in.list_size(4));
  for (Cvss& cvss : details.cvss) {
    cvss.version = in.text();
    cvss.vector = in.text();
    cvss.score = static_cast<double>(in.number()) / 10;
    cvss.source = in.text();
  }
  details.published = in.text();
  details.modified = in.text();
  details.state = in.choice(AdvisoryState::kEnd);
  details.references = in.texts();
  details.document = in.text();
  RETURN_IF_ERROR(in.finish("vulnerability details"));
  return details;
}

std::string pack_kev(const Kev& kev) {
  Packer out;
  out.text(kev.added);
  out.text(kev.due);
  out.flag(kev.ransomware);
  return std::move(out).bytes();
}
Result<Kev> unpack_kev(std::string_view bytes) {
  Unpacker in(bytes);
  Kev kev;
  kev.added = in.text();
  kev.due = in.text();
  kev.ransomware = in.flag();
  RETURN_IF_ERROR(in.finish("KEV entry"));
  return kev;
}

std::string pack_exploit(const Exploit& exploit) {
  Packer out;
  out.text(exploit.first_seen);
  out.text(exploit.reference);
  return std::move(out).bytes();
}
Result<Exploit> unpack_exploit(std::string_view bytes) {
  Unpacker in(bytes);
  Exploit exploit;
  exploit.known = true;
  exploit.first_seen = in.text();
  exploit.reference = in.text();
  RETURN_IF_ERROR(in.finish("exploit entry"));
  return exploit;
}

std::string pack_end_of_life(const EndOfLifeInfo& info) {
  Packer out;
  out.text(info.date);
  out.flag(info.ended);
  return std::move(out).bytes();
}
Result<EndOfLifeInfo> unpack_end_of_life(std::string_view bytes) {
  Unpacker in(bytes);
  EndOfLifeInfo info;
  info.date = in.text();
  info.ended = in.flag();
  RETURN_IF_ERROR(in.finish("end-of-life entry"));
  return info;
}

std::string pack_texts(const std::vector<std::string>& texts) {
  Packer out;
  out.texts(texts);
  return std::move(out).bytes();
}
Result<std::vector<std::string>> unpack_texts(std::string_view bytes) {
  Unpacker in(bytes);
  std::vector<std::string> texts = in.texts();
  RETURN_IF_ERROR(in.finish("list of ids"));
  return texts;
}

std::string pack_epss_year(std::string_view date, const std::vector<EpssScore>& ascending) {
  Packer head;
  head.text(date);
  std::string out = std::move(head).bytes();
  for (const EpssScore& score : ascending) {
    put_big_endian(out, score.number, 4);
    put_big_endian(out, score.score, 3);
    put_big_endian(out, score.percentile, 3);
  }
  return out;
}

std::optional<Epss> find_epss(std::string_view bytes, std::uint64_t number) {
  Unpacker in(bytes);
  Epss found;
  const std::string_view date = in.view();
  if (!in.ok()) return {};
  found.date = date;
  bytes.remove_prefix(static_cast<std::size_t>(date.data() + date.size() - bytes.data()));
  std::size_t low = 0;
  std::size_t high = bytes.size() / kEpssBytes;
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    const std::string_view entry = bytes.substr(middle * kEpssBytes, kEpssBytes);
    const std::uint32_t here = big_endian(entry.substr(0, 4));
    if (here == number) {
      found.score = big_endian(entry.substr(4, 3)) / kEpssUnits;
      found.percentile = big_endian(entry.substr(7, 3)) / kEpssUnits;
      return found;
    }
    (here < number ? low : high) = here < number ? middle + 1 : middle;
  }
  return {};
}

std::string pack_changes(const ChangeRun& run) {
  Packer out;
  out.number(static_cast<std::uint64_t>(run.time));
  out.text(run.feed);
  out.text(run.ecosystem);
  out.text(run.release);
  out.texts(run.packages);
  return std::move(out).bytes();
}
Result<ChangeRun> unpack_changes(std::string_view bytes) {
  Unpacker in(bytes);
  ChangeRun run;
  run.time = static_cast<UnixSeconds>(in.number());
  run.feed = in.text();
  run.ecosystem = in.text();
  run.release = in.text();
  run.packages = in.texts();
  RETURN_IF_ERROR(in.finish("change log entry"));
  return run;
}

std::string sequence_key(std::uint64_t sequence) {
  std::string key;
  put_big_endian(key, sequence, 8);
  return key;
}
std::uint64_t sequence_of(std::string_view key) {
  std::uint64_t value = 0;
  for (const char byte : key.substr(0, 8)) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

std::string join_key(std::initializer_list<std::string_view> parts) {
  std::string key;
  bool first = true;
  for (const std::string_view part : parts) {
    if (!first) key += '\0';
    key += part;
    first = false;
  }
  return key;
}

std::string stored_key(std::string_view feed, std::string_view rest) {
  if (feed.size() + 1 + rest.size() > kMaxKeyBytes) return hashed_key(feed, rest);
  return join_key({feed, rest});
}

std::string stored_value(std::string_view feed, std::string_view rest, std::string_view value) {
  Packer out;
  out.text(feed.size() + 1 + rest.size() > kMaxKeyBytes ? rest : std::string_view{});
  std::string bytes = std::move(out).bytes();
  bytes += value;
  return bytes;
}

bool split_stored(std::string_view feed, std::string_view key, std::string_view value,
                  std::string_view& rest, std::string_view& content) {
  Unpacker in(value);
  const std::string_view long_rest = in.view();
  if (!in.ok() || key.size() <= feed.size() + 1) return false;
  rest = key.substr(feed.size() + 1);
  if (rest[0] == kHashed) rest = long_rest;
  content =
      value.substr(static_cast<std::size_t>(long_rest.data() + long_rest.size() - value.data()));
  return true;
}

std::string_view content_of(std::string_view feed, std::string_view rest, std::string_view value) {
  Unpacker in(value);
  const std::string_view long_rest = in.view();
  const bool is_long = feed.size() + 1 + rest.size() > kMaxKeyBytes;
  if (value.empty() || !in.ok() || (is_long && long_rest != rest)) return {};
  return value.substr(static_cast<std::size_t>(long_rest.data() + long_rest.size() - value.data()));
}

PackageKey package_key(std::string_view text) {
  PackageKey key;
  const std::size_t first = text.find('\0');
  if (first == std::string_view::npos) return key;
  const std::size_t second = text.find('\0', first + 1);
  if (second == std::string_view::npos) return key;
  key.ecosystem = text.substr(0, first);
  key.release = text.substr(first + 1, second - first - 1);
  key.package = text.substr(second + 1);
  return key;
}

}  // namespace seaworthy
