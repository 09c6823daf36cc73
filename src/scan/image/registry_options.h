#pragma once

#include <string>
#include <vector>

#include "core/base/environment.h"
#include "core/net/http.h"

namespace seaworthy {

// A place that is asked before the registry itself. `address` is "host[:port][/prefix]" (https), or
// begins with "http://", which is then what the user wants.
struct RegistryMirror {
  std::string registry, address;
};

struct RegistryOptions {
  bool offline = false;                 // refuse: nothing is asked
  std::vector<std::string> insecure;    // host[:port]: certificates are not verified, http is tried
  std::vector<RegistryMirror> mirrors;  // of one registry in the order they are asked
  std::string auth_file;                // docker's or podman's; "" the usual places
  HttpTls tls;
  std::string user_agent = "seaworthy";
  Environment environment = process_environment;  // credentials of AWS, places of files
};

}  // namespace seaworthy
