// WWW-Authenticate (RFC 9110, 11.6.1) is a list of challenges separated by commas, each a scheme
// and a list of parameters separated by commas too. A word that no '=' follows begins the next
// challenge. Values are tokens or quoted strings, and in practice unquoted URLs.
#include "scan/image/auth_challenge.h"

#include <cstddef>

#include "core/base/text.h"

namespace seaworthy {
namespace {

constexpr std::size_t kMaxChallenges = 16;

bool is_token(char c) {
  return c > ' ' && c < 0x7f &&
         std::string_view("()<>@,;:\\\"/[]?={}").find(c) == std::string_view::npos;
}

class ChallengeReader {
 public:
  explicit ChallengeReader(std::string_view text) : left_(text) {}

  std::vector<AuthChallenge> read() {
    std::vector<AuthChallenge> found;
    while (!left_.empty()) {
      skip(" \t,");
      const std::string_view word = take_token();
      if (word.empty()) {
        if (!left_.empty()) left_.remove_prefix(1);  // nothing that belongs here
        continue;
      }
      skip(" \t");
      if (!left_.starts_with('=')) {
        if (found.size() == kMaxChallenges) break;
        found.push_back(
            {.scheme = lower_case(word), .realm = {}, .service = {}, .scope = {}, .error = {}});
        continue;
      }
      left_.remove_prefix(1);
      skip(" \t");
      std::string value = take_value();
      if (!found.empty()) set(found.back(), lower_case(word), std::move(value));
    }
    return found;
  }

 private:
  void skip(std::string_view characters) {
    left_.remove_prefix(std::min(left_.find_first_not_of(characters), left_.size()));
  }

  std::string_view take_token() {
    std::size_t size = 0;
    while (size < left_.size() && is_token(left_[size])) ++size;
    const std::string_view token = left_.substr(0, size);
    left_.remove_prefix(size);
    return token;
  }

  std::string take_value() {
    std::string value;
    if (!left_.starts_with('"')) {
      const std::size_t end = std::min(left_.find_first_of(", \t"), left_.size());
      value = left_.substr(0, end);
      left_.remove_prefix(end);
      return value;
    }
    std::size_t i = 1;
    for (; i < left_.size() && left_[i] != '"'; ++i) {
      if (left_[i] == '\\' && i + 1 < left_.size()) ++i;
      value += left_[i];
    }
    left_.remove_prefix(std::min(i + 1, left_.size()));
    return value;
  }

  // The first value of a parameter counts.
  static void set(AuthChallenge& challenge, std::string_view name, std::string value) {
    std::string* const place = name == "realm"     ? &challenge.realm
                               : name == "service" ? &challenge.service
                               : name == "scope"   ? &challenge.scope
                               : name == "error"   ? &challenge.error
                                                   : nullptr;
    if (place != nullptr && place->empty()) *place = std::move(value);
  }

  std::string_view left_;
};

}  // namespace

std::vector<AuthChallenge> parse_challenges(std::string_view header) {
  return ChallengeReader(header).read();
}

}  // namespace seaworthy
