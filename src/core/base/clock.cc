#include "core/base/clock.h"

#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace seaworthy {
namespace {

// Takes exactly `digits` digits off the front of `text`.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits || text.front() == '-') return std::nullopt;
  int value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + digits, value);
  if (failure != std::errc{} || end != text.data() + digits) return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, char wanted) {
  if (text.empty() || text.front() != wanted) return false;
  text.remove_prefix(1);
  return true;
}

// The part behind the seconds: "", "Z", ".123Z", "+02:00". Returns the offset in seconds.
std::optional<UnixSeconds> take_zone(std::string_view text) {
  if (take(text, '.')) {
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') text.remove_prefix(1);
  }
  if (text.empty() || text == "Z" || text == "z") return 0;
  const bool west = text.front() == '-';
  if (!take(text, '-') && !take(text, '+')) return std::nullopt;
  const auto hours = take_number(text, 2);
  take(text, ':');
  const auto minutes = take_number(text, 2);
  if (!hours || *hours > 23 || !minutes || *minutes > 59 || !text.empty()) return std::nullopt;
  const UnixSeconds offset = *hours * 3600 + *minutes * 60;
  return west ? -offset : offset;
}

}  // namespace

UnixSeconds now() {
  if (const char* epoch = std::getenv("SOURCE_DATE_EPOCH"); epoch != nullptr && *epoch != '\0') {
    return std::strtoll(epoch, nullptr, 10);
  }
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::string rfc3339(UnixSeconds time) {
  using namespace std::chrono;  // NOLINT(google-build-using-namespace): the calendar names are many
  const sys_seconds point{seconds{time}};
  const auto day = floor<days>(point);
  const year_month_day date{day};
  const hh_mm_ss clock{point - day};
  char text[40];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text;
}

std::string iso_date(UnixSeconds time) {
  return rfc3339(time).substr(0, 10);
}

std::optional<UnixSeconds> parse_time(std::string_view text) {
  const auto year = take_number(text, 4);
  if (!year || !take(text, '-')) return std::nullopt;
  const auto month = take_number(text, 2);
  if (!month || !take(text, '-')) return std::nullopt;
  const auto day = take_number(text, 2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  UnixSeconds time = std::chrono::duration_cast<std::chrono::seconds>(
                         std::chrono::sys_days{date}.time_since_epoch())
                         .count();
  if (text.empty()) return time;
  if (!take(text, 'T') && !take(text, 't') && !take(text, ' ')) return std::nullopt;
  const auto hour = take_number(text, 2);
  if (!hour || *hour > 23 || !take(text, ':')) return std::nullopt;
  const auto minute = take_number(text, 2);
  if (!minute || *minute > 59) return std::nullopt;
  int second = 0;
  if (take(text, ':')) {
    const auto taken = take_number(text, 2);
    if (!taken || *taken > 60) return std::nullopt;
    second = *taken;
  }
  const auto offset = take_zone(text);
  if (!offset) return std::nullopt;
  return time + *hour * 3600 + *minute * 60 + second - *offset;
}

}  // namespace seaworthy
