#include "scan/advisory/archive_table.h"

#include <algorithm>
#include <tuple>

#include "core/base/byte_view.h"

namespace seaworthy {
namespace {

constexpr std::size_t kHexDigits = 40, kBucketDigits = 4;
constexpr std::size_t kDigest = 18, kEntry = kDigest + 4, kCount = 4, kLength = 2;
constexpr std::size_t kMaxText = 1024;

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// Without the bytes that the bucket's key says; "" where the text is no digest.
std::string rest_of(std::string_view sha1) {
  std::string rest;
  if (sha1.size() != kHexDigits) return rest;
  for (std::size_t i = 0; i < kHexDigits; i += 2) {
    const int high = digit_of(sha1[i]), low = digit_of(sha1[i + 1]);
    if (high < 0 || low < 0) return {};
    if (i >= kBucketDigits) rest += static_cast<char>(high * 16 + low);
  }
  return rest;
}

void put(std::string& out, std::uint64_t value, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) out += static_cast<char>(value >> (8 * i) & 0xff);
}

using Entry = std::pair<std::string_view, std::string_view>;  // rest of the digest, text

std::string sorted_bucket(std::string_view bytes) {
  std::vector<Entry> entries;
  const ByteView view(bytes, ByteOrder::kLittle);
  for (std::uint64_t at = 0; at < bytes.size();) {
    const std::uint64_t length = view.u16(at + kDigest);
    entries.emplace_back(view.slice(at, kDigest), view.slice(at + kDigest + kLength, length));
    at += kDigest + kLength + length;
  }
  std::sort(entries.begin(), entries.end());
  entries.erase(std::unique(entries.begin(), entries.end()), entries.end());
  std::string out, texts;
  put(out, entries.size(), kCount);
  for (const auto& [digest, text] : entries) {
    out += digest;
    put(out, texts.size(), 4);
    put(texts, text.size(), kLength);
    texts += text;
  }
  return out + texts;
}

}  // namespace

std::string archive_bucket(std::string_view sha1) {
  return rest_of(sha1).empty() ? std::string() : std::string(sha1.substr(0, kBucketDigits));
}

bool ArchiveTable::add(std::string_view sha1, std::string_view coordinates) {
  const std::string rest = rest_of(sha1);
  if (rest.empty() || coordinates.empty() || coordinates.size() > kMaxText) return false;
  std::string& bucket = buckets_[archive_bucket(sha1)];
  bucket += rest;
  put(bucket, coordinates.size(), kLength);
  bucket += coordinates;
  return true;
}

std::vector<std::pair<std::string, std::string>> ArchiveTable::take() {
  std::vector<std::pair<std::string, std::string>> pairs;
  pairs.reserve(buckets_.size());
  for (auto& [key, bytes] : buckets_) {
    pairs.emplace_back(key, sorted_bucket(bytes));
    std::string().swap(bytes);
  }
  buckets_.clear();
  return pairs;
}

Result<std::vector<std::string>> find_archive(std::string_view bucket, std::string_view sha1) {
  const Error damaged{ErrorCode::kInvalidInput, "a damaged table of archives"};
  const ByteView view(bucket, ByteOrder::kLittle);
  const std::uint64_t count = view.u32(0), texts = kCount + count * kEntry;
  if (!view.has(0, kCount) || !view.has(0, texts)) return damaged;
  const std::string rest = rest_of(sha1);
  const auto digest_at = [&](std::uint64_t i) { return view.slice(kCount + i * kEntry, kDigest); };
  std::uint64_t low = 0;
  for (std::uint64_t high = count; low < high;) {
    const std::uint64_t middle = low + (high - low) / 2;
    if (digest_at(middle) < rest) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  std::vector<std::string> found;
  for (; low < count && digest_at(low) == rest; ++low) {
    const std::uint64_t at = texts + view.u32(kCount + low * kEntry + kDigest);
    const std::uint64_t length = view.u16(at);
    if (!view.has(at, kLength) || !view.has(at + kLength, length)) return damaged;
    found.emplace_back(view.slice(at + kLength, length));
  }
  return found;
}

}  // namespace seaworthy
