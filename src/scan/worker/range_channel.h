#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "core/base/result.h"
#include "core/codec/range_reader.h"

namespace seaworthy {

// A socket over which a sandboxed worker asks the waiting process for parts of a blob that lies
// afar. The worker gets neither the address nor what opens the way there, and the waiting process
// reads nothing of what it passes on.
//
//   question = offset | size                    each number is 8 bytes, little-endian
//   answer   = code | size | bytes              code 0: these bytes; else 1 + ErrorCode, a message
inline constexpr std::uint64_t kMaxRangeBytes = 8 * 1024 * 1024;  // of one question

// The worker's side. `fd` stays the caller's and must outlive the reader; what is asked for in one
// call may be larger than one question. Errors are those that the answers carry; kUnavailable where
// nobody answers.
std::unique_ptr<RangeReader> ranges_of_channel(int fd, std::uint64_t blob_bytes);

using ReadRange = std::function<Result<std::string>(std::uint64_t offset, std::uint64_t size)>;

// The waiting side: answers until the worker is gone. Questions that are outside of the blob or too
// large, and those beyond `max_bytes` in all, are answered with an error. `given_bytes` counts.
void answer_ranges(int fd, std::uint64_t blob_bytes, std::uint64_t max_bytes, const ReadRange& read,
                   std::uint64_t& given_bytes);

}  // namespace seaworthy
