#include "scan/extract/executable_reader.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace seaworthy {

std::vector<ExecutablePart> data_parts(const Executable& executable) {
  std::vector<ExecutablePart> parts = executable.parts;
  const bool has_data = std::any_of(parts.begin(), parts.end(), [](const ExecutablePart& part) {
    return !part.executable && !part.writable;
  });
  if (has_data) std::erase_if(parts, [](const ExecutablePart& part) { return part.executable; });
  return parts;
}

std::uint64_t ExecutableReader::needs() const {
  if (failure_) return kNeedsNoMore;
  if (!executable_) return front_.size();
  return wanted_.empty() ? kNeedsNoMore : std::max(passed_, wanted_.front().offset);
}

void ExecutableReader::feed(std::uint64_t offset, std::string_view bytes) {
  if (failure_) return;
  if (executable_) return give(offset, bytes);
  while (!executable_ && !failure_) {
    const std::uint64_t needed = std::min(executable_front(front_), file_size_);
    if (front_.size() >= needed) {
      read_headers();
      break;
    }
    const std::string_view more = bytes.substr(0, static_cast<std::size_t>(needed - front_.size()));
    if (more.empty()) return;
    front_ += more;
    offset += more.size();
    bytes.remove_prefix(more.size());
  }
  if (!executable_) return;
  const std::string front = std::exchange(front_, {});
  give(0, front);
  give(offset, bytes);
}

void ExecutableReader::read_headers() {
  auto read = read_executable(front_, file_size_);
  if (!read) {
    failure_ = std::move(read).error();
    return;
  }
  executable_ = *std::move(read);
  plan(*executable_);
}

void ExecutableReader::give(std::uint64_t offset, std::string_view bytes) {
  const std::uint64_t end = offset + bytes.size();
  while (!wanted_.empty() && wanted_.front().offset < end) {
    const std::uint64_t from = std::max({offset, passed_, wanted_.front().offset});
    const std::uint64_t to = std::min(end, wanted_.front().end());
    if (from >= to) break;
    passed_ = to;
    if (to == wanted_.front().end()) wanted_.erase(wanted_.begin());
    take(from, bytes.substr(from - offset, to - from));
  }
  passed_ = std::max(passed_, end);
}

bool ExecutableReader::want(FileRange range) {
  range = clipped(range.offset, range.size, file_size_);
  const bool whole = range.size > 0 && range.offset >= passed_;
  const std::uint64_t begin = std::max(range.offset, passed_);
  if (range.size == 0 || begin >= range.end()) return false;
  range = {begin, range.end() - begin};
  // Joined with those that it touches.
  const auto first = std::find_if(wanted_.begin(), wanted_.end(), [&](const FileRange& each) {
    return each.end() >= range.offset;
  });
  auto last = first;
  while (last != wanted_.end() && last->offset <= range.end()) {
    const std::uint64_t end = std::max(range.end(), last->end());
    range.offset = std::min(range.offset, last->offset);
    range.size = end - range.offset;
    ++last;
  }
  wanted_.insert(wanted_.erase(first, last), range);
  return whole;
}

Status ExecutableReader::headers() const {
  if (failure_) return *failure_;
  if (executable_) return ok_status();
  return Error{ErrorCode::kInvalidInput, "an executable that is cut inside its headers"};
}

namespace {

// GCC's and Clang's vector types become SSE2 or NEON, whichever the machine has.
typedef unsigned char Bytes16 __attribute__((vector_size(16)));
typedef std::uint64_t Words2 __attribute__((vector_size(16)));

Bytes16 load(const char* from) {
  Bytes16 bytes;
  std::memcpy(&bytes, from, sizeof bytes);
  return bytes;
}

Bytes16 all(char value) {
  return Bytes16{} + static_cast<unsigned char>(value);
}

bool any(Bytes16 bytes) {
  Words2 words;
  std::memcpy(&words, &bytes, sizeof words);
  return (words[0] | words[1]) != 0;
}

}  // namespace

std::size_t PairSearch::find(std::string_view bytes, std::size_t from) const {
  Bytes16 first[kMaxPairs];
  Bytes16 second[kMaxPairs];
  const std::size_t count = std::min(pairs_.size(), kMaxPairs);
  for (std::size_t i = 0; i < count; ++i) {
    first[i] = all(pairs_[i][0]);
    second[i] = all(pairs_[i][1]);
  }
  const auto is_pair = [&](std::size_t at) {
    for (std::size_t i = 0; i < count; ++i) {
      if (bytes[at] == pairs_[i][0] && bytes[at + 1] == pairs_[i][1]) return true;
    }
    return false;
  };
  std::size_t at = from;
  while (at + 1 < bytes.size()) {
    if (bytes.size() - at > sizeof(Bytes16)) {
      const Bytes16 here = load(bytes.data() + at);
      const Bytes16 next = load(bytes.data() + at + 1);
      Bytes16 found{};
      for (std::size_t i = 0; i < count; ++i) {
        found |= (here == first[i]) & (next == second[i]);
      }
      if (!any(found)) {
        at += sizeof(Bytes16);
        continue;
      }
    }
    const std::size_t end = std::min(at + sizeof(Bytes16), bytes.size() - 1);
    for (; at < end; ++at) {
      if (is_pair(at)) return at;
    }
  }
  return std::string_view::npos;
}

}  // namespace seaworthy
