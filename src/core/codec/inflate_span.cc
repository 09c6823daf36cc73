// Deflate (RFC 1951) from the middle of a stream, where a block begins: its bits need not begin at
// a byte, and its first references go back into what came before. zlib documents how to give both
// to an inflater (inflatePrime, inflateSetDictionary); ISA-L, which inflates everything else here,
// has no call for the bits.
#include "core/codec/inflate_span.h"

#include <zlib.h>

#include <memory>

#include "core/codec/digest.h"

namespace seaworthy {
namespace {

Error damaged(const std::string& what) {
  return {ErrorCode::kInvalidInput, "a stored span " + what};
}

Status check_span(const StoredSpan& span, std::string_view stored) {
  if (span.inflated_bytes > kMaxSpanBytes || stored.size() > kMaxSpanBytes) {
    return Error{ErrorCode::kLimitExceeded,
                 "a stored span of " + std::to_string(stored.size()) + " bytes, inflated " +
                     std::to_string(span.inflated_bytes) + ": larger than is read"};
  }
  ASSIGN_OR_RETURN(const Hasher::Algorithm algorithm, algorithm_of(span.digest));
  Hasher hasher(algorithm);
  hasher.update(stored);
  if (const std::string found = hasher.finish(); found != span.digest) {
    return damaged("is named " + span.digest + ", the bytes have " + found);
  }
  return ok_status();
}

Bytef* bytes_of(std::string_view text) {
  // The library's pointers are not const, though it only reads.
  return reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
}

Result<std::string> inflate_raw(const StoredSpan& span, std::string_view stored) {
  z_stream stream{};
  constexpr int kRawDeflate = -15;
  if (inflateInit2(&stream, kRawDeflate) != Z_OK) return damaged("cannot be inflated: no memory");
  const auto end = [](z_stream* ended) { inflateEnd(ended); };
  const std::unique_ptr<z_stream, decltype(end)> ending(&stream, end);
  if (span.bits > 0) {
    if (stored.empty()) return damaged("is empty");
    const auto first = static_cast<unsigned char>(stored.front());
    inflatePrime(&stream, static_cast<int>(span.bits), first >> (8 - span.bits));
    stored.remove_prefix(1);
  }
  if (!span.window.empty()) {
    inflateSetDictionary(&stream, bytes_of(span.window), static_cast<uInt>(span.window.size()));
  }
  std::string inflated(span.inflated_bytes, '\0');
  stream.next_in = bytes_of(stored);
  stream.avail_in = static_cast<uInt>(stored.size());
  stream.next_out = bytes_of(inflated);
  stream.avail_out = static_cast<uInt>(inflated.size());
  const int code = inflate(&stream, Z_SYNC_FLUSH);
  if (code == Z_DATA_ERROR || code == Z_NEED_DICT) {
    return damaged(std::string("is damaged: ") + (stream.msg != nullptr ? stream.msg : "bad data"));
  }
  if (stream.avail_out > 0) {
    return damaged("holds less than its table of contents says: " +
                   std::to_string(inflated.size() - stream.avail_out) + " of " +
                   std::to_string(inflated.size()) + " bytes");
  }
  return inflated;
}

}  // namespace

Result<std::string> inflate_span(const StoredSpan& span, std::string_view stored) {
  RETURN_IF_ERROR(check_span(span, stored));
  if (!span.plain) return inflate_raw(span, stored);
  if (stored.size() != span.inflated_bytes) return damaged("is not of its size");
  return std::string(stored);
}

}  // namespace seaworthy
