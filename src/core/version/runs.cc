#include "core/version/runs.h"

#include <algorithm>

namespace seaworthy {
namespace {

template <class Belongs>
std::string_view take_while(std::string_view& text, Belongs belongs) {
  const auto end = std::find_if_not(text.begin(), text.end(), belongs);
  const std::string_view run = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(run.size());
  return run;
}

}  // namespace

bool is_printable_version(std::string_view text) {
  return !text.empty() && text.size() <= kMaxVersionBytes &&
         std::none_of(text.begin(), text.end(), [](char c) {
           const auto byte = static_cast<unsigned char>(c);
           return byte <= ' ' || byte == 0x7f;
         });
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

std::string_view take_digits(std::string_view& text) {
  return take_while(text, is_digit);
}
std::string_view take_letters(std::string_view& text) {
  return take_while(text, is_letter);
}
std::string_view take_until_digit(std::string_view& text) {
  return take_while(text, [](char c) { return !is_digit(c); });
}

EpochVersionRelease split_epoch_version_release(std::string_view text) {
  EpochVersionRelease parts;
  std::string_view rest = text;
  const std::string_view digits = take_digits(rest);
  if (!rest.empty() && rest.front() == ':') {
    parts.epoch = digits;
    text = rest.substr(1);
  }
  const auto hyphen = text.rfind('-');
  parts.version = text.substr(0, hyphen);
  if (hyphen != text.npos) {
    parts.release = text.substr(hyphen + 1);
    parts.has_release = true;
  }
  return parts;
}

Order compare_numbers(std::string_view a, std::string_view b) {
  a.remove_prefix(std::min(a.find_first_not_of('0'), a.size()));
  b.remove_prefix(std::min(b.find_first_not_of('0'), b.size()));
  if (a.size() != b.size()) return a.size() < b.size() ? Order::kLess : Order::kGreater;
  return compare_bytes(a, b);
}

Order compare_bytes(std::string_view a, std::string_view b) {
  const int difference = a.compare(b);
  if (difference == 0) return Order::kEqual;
  return difference < 0 ? Order::kLess : Order::kGreater;
}

}  // namespace seaworthy
