#pragma once

#include <string>
#include <string_view>

#include "core/net/http.h"

namespace seaworthy {

// Text from a server, fit for a message: short, one line, no control characters.
std::string shown_text(std::string_view text, std::size_t max_bytes = 200);

// An answer that was no success, as an Error: status, the registry's own code and message, what its
// rate limit says. 401 and 403 are kPermissionDenied, 404 kNotFound, 429 and 5xx kUnavailable,
// anything else kInvalidInput.
Error registry_error(const HttpResponse& answer);

}  // namespace seaworthy
