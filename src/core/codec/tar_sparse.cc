// Sparse files in tar: only their pieces are stored, and a map says where each belongs. There are
// four forms (GNU tar manual, "Sparse Formats"): the old GNU one in header blocks, pax 0.0 and 0.1
// in extended records, and pax 1.0, whose map stands in front of the content.
//
// A map is believed only where its pieces are in order, inside the file, and exactly as long as the
// stored content; a hostile one therefore cannot write outside the buffer or reorder bytes.
#include <algorithm>
#include <array>
#include <charconv>

#include "core/codec/tar.h"
#include "core/codec/tar_header.h"

namespace seaworthy {

namespace {

constexpr std::size_t kMaxPieces = 1 << 18;  // 4 MiB of map
constexpr const char* kTooManyPieces = "a sparse file of more than 262144 pieces";
constexpr const char* kMalformedMap = "malformed sparse map";

bool to_number(std::string_view text, std::uint64_t& value) {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  return failure == std::errc{} && end == text.data() + text.size() && value >> 63 == 0;
}

}  // namespace

// The header block has 4 pieces, each extension block 21 more. All are read even where the map is
// refused: the content begins behind them.
Status TarReader::read_old_sparse_map(const char* block, TarEntry& entry, Extended& local) {
  constexpr std::size_t kPieceBytes = 24;
  const auto add = [&](const char* from, std::size_t count) {
    for (std::size_t i = 0; i < count && local.complaint.empty(); ++i, from += kPieceBytes) {
      if (from[12] == '\0') return;  // unused
      const auto offset = tar_number(from, 12);
      const auto size = tar_number(from + 12, 12);
      if (!offset || !size) {
        local.complaint = kMalformedMap;
      } else if (pieces_.size() == kMaxPieces) {
        local.complaint = kTooManyPieces;
      } else {
        pieces_.push_back({*offset, *size});
      }
    }
  };
  const auto real_size = tar_number(block + 483, 12);
  if (!real_size) local.complaint = kMalformedMap;
  entry.sparse = true;
  entry.size_bytes = real_size ? *real_size : 0;
  add(block + 386, 4);
  bool extended = block[482] != '\0';
  std::array<char, kTarBlock> more;
  while (extended) {
    ASSIGN_OR_RETURN(const bool whole, read_block(more.data()));
    if (!whole) return damaged("truncated sparse map", position_);
    add(more.data(), 21);
    extended = more[504] != '\0';
  }
  return ok_status();
}

void TarReader::use_pax_sparse(Extended& local, TarEntry& entry) {
  const auto record = [&](std::string_view key) {
    const auto found = local.records.find(key);
    return found == local.records.end() ? std::string_view{} : std::string_view(found->second);
  };
  const bool leading = record("GNU.sparse.major") == "1" && record("GNU.sparse.minor") == "0";
  const std::string_view map = local.map_pairs.empty() ? record("GNU.sparse.map") : local.map_pairs;
  if (!leading && map.empty() && record("GNU.sparse.size").empty()) return;
  entry.sparse = true;
  map_leads_content_ = leading;
  const std::string_view real = record("GNU.sparse.realsize");
  if (!to_number(real.empty() ? record("GNU.sparse.size") : real, entry.size_bytes) ||
      (!leading && !add_pieces(map))) {
    local.complaint = kMalformedMap;
  }
}

// "offset,size,offset,size"; "" is a file that is one hole.
bool TarReader::add_pieces(std::string_view list) {
  const auto next = [&](std::uint64_t& value) {
    const std::size_t comma = std::min(list.find(','), list.size());
    const bool good = to_number(list.substr(0, comma), value);
    list.remove_prefix(std::min(comma + 1, list.size()));
    return good;
  };
  while (!list.empty()) {
    Piece piece;
    if (pieces_.size() == kMaxPieces || !next(piece.offset) || !next(piece.size)) return false;
    pieces_.push_back(piece);
  }
  return true;
}

// Version 1.0: decimal lines, the number of pieces first, padded to a whole block.
Status TarReader::read_leading_map() {
  std::array<char, kTarBlock> block;
  std::string line;
  std::vector<std::uint64_t> numbers;
  std::uint64_t expected = 1;
  while (numbers.size() < expected) {
    RETURN_IF_ERROR(read_content(block.data(), kTarBlock));
    for (std::size_t i = 0; i < kTarBlock && numbers.size() < expected; ++i) {
      if (block[i] != '\n') {
        line += block[i];
        continue;
      }
      std::uint64_t value = 0;
      if (!to_number(line, value)) return damaged(kMalformedMap, position_);
      if (numbers.empty() && value > kMaxPieces) return damaged(kTooManyPieces, position_);
      if (numbers.empty()) expected += 2 * value;
      numbers.push_back(value);
      line.clear();
    }
    if (line.size() > kTarBlock) return damaged(kMalformedMap, position_);
  }
  for (std::size_t i = 1; i < numbers.size(); i += 2) {
    pieces_.push_back({numbers[i], numbers[i + 1]});
  }
  return ok_status();
}

Status TarReader::check_map() {
  std::uint64_t end = 0;
  std::uint64_t stored = 0;
  for (const Piece& piece : pieces_) {
    if (piece.offset < end || piece.offset > size_ || piece.size > size_ - piece.offset) {
      return damaged("the sparse map is out of order or outside the file", entry_offset_);
    }
    end = piece.offset + piece.size;
    stored += piece.size;
  }
  if (stored != left_) {
    return damaged("the sparse map does not fit the stored content", entry_offset_);
  }
  return ok_status();
}

TarReader::Run TarReader::next_run(std::uint64_t most) {
  most = std::min(most, size_ - content_at_);
  if (!sparse_) return {most, false};
  while (piece_ < pieces_.size() && pieces_[piece_].offset + pieces_[piece_].size <= content_at_) {
    ++piece_;
  }
  if (piece_ == pieces_.size()) return {most, true};
  const Piece& piece = pieces_[piece_];
  if (piece.offset > content_at_) return {std::min(most, piece.offset - content_at_), true};
  return {std::min(most, piece.offset + piece.size - content_at_), false};
}

}  // namespace seaworthy
