#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "core/codec/source.h"

namespace seaworthy {

// A stream that is made as it is read, a piece at a time. An error ends it for good.
class PiecedSource : public ByteSource {
 public:
  Result<std::size_t> read(std::span<char> out) final {
    if (failure_) return *failure_;
    while (given_ == piece_.size() && !ended_) {
      given_ = 0;
      piece_.clear();
      Status advanced = advance();
      if (!advanced) {
        failure_ = std::move(advanced).error();
        return *failure_;
      }
    }
    const std::size_t size = std::min(out.size(), piece_.size() - given_);
    std::memcpy(out.data(), piece_.data() + given_, size);
    given_ += size;
    return size;
  }

 protected:
  // Puts the next bytes into `piece_`, which is empty; none are as good as some. Sets `ended_` with
  // the last ones.
  virtual Status advance() = 0;

  std::string piece_;
  bool ended_ = false;

 private:
  std::size_t given_ = 0;
  std::optional<Error> failure_;
};

}  // namespace seaworthy
