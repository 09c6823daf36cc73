// Two versions, separated by a newline, through every scheme. What must hold for any bytes: the
// mirrored question has the mirrored answer, and a version equals itself or cannot be compared.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/version/version.h"

namespace {

using seaworthy::Order;

Order mirrored(Order order) {
  if (order == Order::kLess) return Order::kGreater;
  return order == Order::kGreater ? Order::kLess : order;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto line_end = text.find('\n');
  const std::string_view a = text.substr(0, line_end);
  const std::string_view b = line_end == text.npos ? std::string_view() : text.substr(line_end + 1);
  for (const auto* scheme : seaworthy::all_version_schemes()) {
    if (scheme->compare(a, b) != mirrored(scheme->compare(b, a))) std::abort();
    const Order self = scheme->compare(a, a);
    if (self != Order::kEqual && self != Order::kIncomparable) std::abort();
  }
  return 0;
}
