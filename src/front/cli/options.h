#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/clock.h"
#include "core/base/limits.h"
#include "core/base/result.h"
#include "core/model/image.h"
#include "scan/image/registry_options.h"
#include "scan/policy/policy.h"
#include "scan/report/format.h"
#include "scan/worker/worker.h"

namespace seaworthy {

// One `--format NAME[=FILE]`; an empty file is standard output.
struct FormatChoice {
  const Format* format = nullptr;
  std::string file;
};

// Everything that the command line, the environment or the configuration file can set.
struct Options {
  std::vector<std::string> arguments;  // what is no flag: targets, paths, names
  std::vector<FormatChoice> formats;
  std::string output;
  std::vector<Platform> platforms;
  bool all_platforms = false;
  std::string database_directory;
  std::string cache_directory;
  std::string containerd_root = "/var/lib/containerd";
  FormatOptions show;
  Thresholds thresholds;
  Limits limits;
  int jobs = 0;
  bool full_layers = false;
  bool attached_soci = false;
  Sandbox sandbox = Sandbox::kAuto;
  RegistryOptions registry;
  bool quiet = false;
  bool verbose = false;
  std::string package;                                // explain
  std::string report_file;                            // explain
  std::string feed_name;                              // db import
  std::vector<std::string> keys;                      // private keys that sign
  std::vector<std::string> trusted_keys;              // public keys that may have signed
  std::vector<std::string> added_keys, retired_keys;  // db keys
  std::string key_chain;                              // db export, db publish
  std::string base_file;                              // db export
  std::vector<std::string> pull_for, pull_parts;      // db pull
  bool pull_all = false;
  bool allow_unsigned = false;
  bool allow_rollback = false;
  bool complete = false;          // db import: every source is the whole of what its publisher has
  UnixSeconds as_of = 0;          // db import; 0: not given
  std::vector<std::string> only;  // db update: names of sources
  std::vector<std::pair<std::string, std::string>> sources;  // db update: name and address
  std::string mirror, feed_ca;                               // db update
  bool force = false, dry_run = false;                       // db update
  bool allow_loss = false;                                   // db update, db import
};

// One flag. Help, the environment variable (SEAWORTHY_NAME), the configuration key, the reference
// page and the parser all come from this row.
struct Flag {
  std::string_view name;   // "fail-on": `--fail-on` on the command line
  std::string_view value;  // "LEVEL"; "" for a switch
  std::string_view help;
  bool repeatable;
  Status (*set)(Options& options, std::string_view value);
};

std::span<const Flag> all_flags();
const Flag* find_flag(std::string_view name);  // null where there is none

// Options with the defaults of the contract.
Options default_options();

}  // namespace seaworthy
