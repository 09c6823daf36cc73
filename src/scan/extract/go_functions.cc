// The table by which a Go program names its functions in stack traces (runtime/symtab.go,
// "pclntab"; debug/gosym reads it). The linker keeps it even in a stripped program. Its header
// begins
//
//   magic  0 0  instruction size  pointer size
//
// in the program's own byte order. The magic tells the form: fffffffb of Go 1.2, fffffffa of 1.16,
// fffffff0 of 1.18, fffffff1 of 1.20. Since 1.16 the numbers behind it say where the names are: one
// run of texts that each end in a zero byte, with those of functions that were inlined everywhere
// among them. So the names can be read as they pass, and nothing else of the table is needed.
// Before 1.16 they were scattered over it; such programs count as ones that do not list functions.
#include "scan/extract/go_functions.h"

#include "core/model/functions.h"

namespace seaworthy {
namespace {

constexpr std::uint32_t kMagic12 = 0xfffffffb;
constexpr std::uint32_t kMagic116 = 0xfffffffa;
constexpr std::uint32_t kMagic118 = 0xfffffff0;
constexpr std::uint32_t kMagic120 = 0xfffffff1;
constexpr std::uint64_t kMaxNamesBytes = 1ULL << 30;
constexpr std::size_t kMaxNameBytes = 64 * 1024;  // instances of generics have long ones
constexpr std::size_t kMaxFunctions = 4'000'000;
constexpr std::size_t kMaxMainBytes = 4 * 1024 * 1024;  // names of functions of the main package

bool is_magic(std::uint32_t magic) {
  return magic == kMagic12 || magic == kMagic116 || magic == kMagic118 || magic == kMagic120;
}

}  // namespace

bool GoFunctions::begins(std::string_view bytes) {
  if (bytes.size() < 8) return false;
  if (bytes[4] != 0 || bytes[5] != 0) return false;
  if (bytes[6] != 1 && bytes[6] != 2 && bytes[6] != 4) return false;
  if (bytes[7] != 4 && bytes[7] != 8) return false;
  return is_magic(ByteView(bytes, ByteOrder::kLittle).u32(0)) ||
         is_magic(ByteView(bytes, ByteOrder::kBig).u32(0));
}

std::optional<GoFunctions> GoFunctions::open(std::uint64_t offset, std::string_view header) {
  if (!begins(header)) return std::nullopt;
  const bool little = is_magic(ByteView(header, ByteOrder::kLittle).u32(0));
  const ByteView view(header, little ? ByteOrder::kLittle : ByteOrder::kBig);
  const std::uint32_t magic = view.u32(0);
  const unsigned word = view.u8(7);
  const auto number = [&](unsigned index) {
    const std::uint64_t at = 8 + std::uint64_t{index} * word;
    return word == 8 ? view.u64(at) : view.u32(at);
  };
  GoFunctions functions;
  const std::uint64_t count = number(0);
  if (count == 0 || count > kMaxFunctions) return std::nullopt;
  if (magic == kMagic12) {
    functions.why_not_ = "its table of functions has the form before Go 1.16";
    return functions;
  }
  const unsigned first = magic == kMagic116 ? 2 : 3;  // 1.18 has the text's address in between
  const std::uint64_t names = number(first);
  const std::uint64_t behind = number(first + 1);
  const std::uint64_t header_bytes = 8 + std::uint64_t{first + 5} * word;
  if (names < header_bytes || names > header_bytes + 64 || behind <= names ||
      behind - names > kMaxNamesBytes) {
    return std::nullopt;
  }
  functions.names_ = {offset + names, behind - names};
  functions.next_ = functions.names_.offset;
  return functions;
}

void GoFunctions::feed(std::uint64_t offset, std::string_view bytes) {
  if (!why_not_.empty() || next_ == names_.end()) return;
  if (offset > next_) {
    why_not_ = "its table of functions is cut";
    return;
  }
  if (offset + bytes.size() <= next_) return;
  bytes.remove_prefix(next_ - offset);
  bytes = bytes.substr(0, names_.end() - next_);
  next_ += bytes.size();
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\0');
    const std::string_view piece = bytes.substr(0, end);
    too_long_ = too_long_ || partial_.size() + piece.size() > kMaxNameBytes;
    if (end == bytes.npos) {
      if (!too_long_) partial_ += piece;
      return;
    }
    if (partial_.empty() && !too_long_) {
      add(piece);
    } else if (!too_long_) {
      partial_ += piece;
      add(partial_);
    } else {
      why_not_ = "a function's name is longer than is read";
    }
    partial_.clear();
    too_long_ = false;
    bytes.remove_prefix(end + 1);
  }
}

void GoFunctions::add(std::string_view name) {
  if (name.find('.') == name.npos) return;  // of the runtime, or assembly
  if (name.starts_with("main.")) {
    of_main_bytes_ += name.size() + sizeof(std::string);
    if (of_main_bytes_ > kMaxMainBytes) {
      why_not_ = "its main package has more functions than are read";
      return;
    }
    of_main_.emplace_back(name);
    return;
  }
  if (hashes_.size() >= kMaxFunctions) {
    why_not_ = "it has more functions than are read";
    return;
  }
  hashes_.push_back(linked_function_hash(name));
  // Names come in the order of their packages, more or less.
  const std::uint32_t package = linked_package_hash(name);
  if (package == last_package_) return;
  last_package_ = package;
  hashes_.push_back(package);
}

std::vector<std::uint32_t> GoFunctions::take(std::string_view main_package) {
  for (const std::string& name : of_main_) {
    hashes_.push_back(linked_function_hash(name, main_package));
  }
  if (!of_main_.empty()) hashes_.push_back(linked_package_hash("main.", main_package));
  return std::move(hashes_);
}

}  // namespace seaworthy
