#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace seaworthy {

// One way in that a WWW-Authenticate header offers.
struct AuthChallenge {
  std::string scheme;  // lower case: "basic", "bearer"
  std::string realm, service, scope, error;
};

// Every challenge of one header value, in order (RFC 9110, 11.6.1): "Bearer realm=\"...\",
// service=\"...\", Basic realm=\"x\"". What is no challenge is passed over; at most 16 are kept.
std::vector<AuthChallenge> parse_challenges(std::string_view header);

}  // namespace seaworthy
