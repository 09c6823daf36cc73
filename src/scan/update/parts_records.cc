#include "scan/update/parts_records.h"

#include <zstd.h>

#include <algorithm>

#include "core/codec/pack.h"

namespace seaworthy {
namespace {

constexpr std::size_t kChunkBytes = 256 * kKiB;
constexpr std::uint64_t kMaxKeyBytes = 511;  // LMDB's

Error malformed(std::string_view what) {
  return {ErrorCode::kInvalidInput, "a record is malformed: " + std::string(what)};
}

}  // namespace

void append_record(std::string& out, const PartRecord& record) {
  Packer packer;
  packer.number(2 * static_cast<std::uint64_t>(record.table) + (record.removed ? 1 : 0));
  packer.text(record.key);
  if (!record.removed) packer.text(record.value);
  out += packer.bytes();
}

std::uint64_t key_hash(Table table, std::string_view key) {
  std::string whole(1, static_cast<char>('0' + static_cast<int>(table)));
  whole += key;
  return path_hash(whole);
}

struct PartEncoder::Compressor {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  std::string block = std::string(ZSTD_CStreamOutSize(), '\0');
  Compressor() = default;
  Compressor(const Compressor&) = delete;
  Compressor& operator=(const Compressor&) = delete;
  ~Compressor() { ZSTD_freeCCtx(context); }
};

PartEncoder::PartEncoder(int level) : compressor_(std::make_unique<Compressor>()) {
  ZSTD_CCtx_setParameter(compressor_->context, ZSTD_c_compressionLevel, level);
  // Releases and details repeat over the whole part; 27 is what every reader accepts by default.
  ZSTD_CCtx_setParameter(compressor_->context, ZSTD_c_windowLog, 25);
  ZSTD_CCtx_setParameter(compressor_->context, ZSTD_c_checksumFlag, 0);
}

PartEncoder::~PartEncoder() = default;

void PartEncoder::add(const PartRecord& record) {
  append_record(pending_, record);
  ++out_.keys;
  if (pending_.size() >= kChunkBytes) flush(false);
}

void PartEncoder::flush(bool last) {
  content_.update(pending_);
  out_.unpacked += pending_.size();
  ZSTD_inBuffer in{pending_.data(), pending_.size(), 0};
  const ZSTD_EndDirective mode = last ? ZSTD_e_end : ZSTD_e_continue;
  for (std::size_t left = 1; left != 0;) {
    ZSTD_outBuffer out{compressor_->block.data(), compressor_->block.size(), 0};
    left = ZSTD_compressStream2(compressor_->context, &out, &in, mode);
    out_.bytes.append(compressor_->block, 0, out.pos);
    if (!last && in.pos == in.size) break;
  }
  pending_.clear();
}

PartEncoder::Encoded PartEncoder::finish() {
  flush(true);
  out_.content = content_.finish();
  out_.digest = sha256(out_.bytes);
  return std::move(out_);
}

Result<bool> PartDecoder::fill(std::size_t wanted) {
  if (window_.size() - at_ >= wanted) return true;
  window_.erase(0, at_);
  at_ = 0;
  while (window_.size() < wanted) {
    const std::size_t before = window_.size();
    // One byte more than announced is asked for, so that a longer stream is noticed.
    const std::uint64_t ask = std::min<std::uint64_t>(kChunkBytes, left_ + 1);
    window_.resize(before + ask);
    auto got = source_->read({window_.data() + before, static_cast<std::size_t>(ask)});
    window_.resize(before + (got ? *got : 0));
    if (!got) return std::move(got).error();
    if (*got == 0) return false;
    if (*got > left_) return malformed("the part is longer than its header says");
    left_ -= *got;
    content_.update(std::string_view(window_).substr(before));
  }
  return true;
}

Result<std::uint64_t> PartDecoder::number() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    ASSIGN_OR_RETURN(const bool there, fill(1));
    if (!there) return malformed("the part ends inside it");
    const auto byte = static_cast<unsigned char>(window_[at_++]);
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  return malformed("a number is too long");
}

// Where the text stands in what was read since the record began: `window_` may move meanwhile.
Status PartDecoder::text(std::uint64_t max, std::size_t& begin, std::size_t& size) {
  ASSIGN_OR_RETURN(const std::uint64_t length, number());
  if (length > max) return malformed("a text of " + std::to_string(length) + " bytes");
  // The length alone must not make the window grow: not more is read than the source gives.
  ASSIGN_OR_RETURN(const bool there, fill(length));
  if (!there) return malformed("the part ends inside it");
  begin = at_;
  size = length;
  at_ += length;
  return ok_status();
}

Status PartDecoder::check_order(const PartRecord& record) {
  const int table = static_cast<int>(record.table);
  if (table < last_table_ || (table == last_table_ && record.key <= last_key_)) {
    return malformed("it is not behind the one before");
  }
  last_table_ = table;
  last_key_ = record.key;
  return ok_status();
}

Result<bool> PartDecoder::next(PartRecord& record) {
  ASSIGN_OR_RETURN(const bool more, fill(1));
  if (!more) {
    if (left_ != 0) return malformed("the part is shorter than its header says");
    return false;
  }
  ASSIGN_OR_RETURN(const std::uint64_t kind, number());
  if (kind / 2 >= static_cast<std::uint64_t>(Table::kCount) ||
      !is_published(static_cast<Table>(kind / 2))) {
    return malformed("it names table " + std::to_string(kind / 2));
  }
  record.table = static_cast<Table>(kind / 2);
  record.removed = kind % 2 == 1;
  if (record.removed && !delta_) return malformed("it removes a key, and this is no delta");
  std::size_t begin = 0;
  std::size_t size = 0;
  RETURN_IF_ERROR(text(kMaxKeyBytes, begin, size));
  if (size == 0) return malformed("an empty key");
  record.key = std::string_view(window_).substr(begin, size);
  RETURN_IF_ERROR(check_order(record));
  record.key = last_key_;  // `window_` may move while the value is read
  record.value = {};
  if (record.removed) return true;
  RETURN_IF_ERROR(text(kMaxValueBytes, begin, size));
  record.value = std::string_view(window_).substr(begin, size);
  return true;
}

}  // namespace seaworthy
