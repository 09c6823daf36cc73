#pragma once

#include <cstdlib>
#include <functional>
#include <string>

namespace seaworthy {

// Looks up an environment variable; "" where it is not set. Tests give their own.
using Environment = std::function<std::string(const char* name)>;

inline std::string process_environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace seaworthy
