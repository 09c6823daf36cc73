#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/package.h"

namespace seaworthy {

// NAME=VALUE lines with shell quoting undone. The last assignment of a name holds.
class Assignments {
 public:
  void set(std::string_view name, std::string value);
  const std::string& operator[](std::string_view name) const;  // "" where absent

 private:
  struct Entry {
    std::string_view name;
    std::string value;
  };
  std::vector<Entry> entries_;
};

// Reads os-release(5) and lsb-release syntax: comments, blank lines, bare, 'single' and "double"
// quoted values, backslash escapes. `bad_lines` gets the first lines that are no assignment.
// The names point into `text`.
Assignments read_assignments(std::string_view text, std::vector<std::size_t>& bad_lines);

void fill_from_os_release(const Assignments& values, Distro& distro);

// Each reads one kind of release file. `distro.id` stays empty where the text names none.
void read_alpine_release(std::string_view text, Distro& distro);    // 3.18.4
void read_build_release(std::string_view text, Distro& distro);     // CBL-Mariner 2.0.20230126
void read_sentence_release(std::string_view text, Distro& distro);  // NAME release 8.9 (Codename)
void read_suse_release(std::string_view text, Distro& distro);      // VERSION = 11, PATCHLEVEL = 4
void read_arch_release(std::string_view text, Distro& distro);      // empty
void read_lsb_release(std::string_view text, Distro& distro);       // DISTRIB_ID=Ubuntu
void read_debian_version(std::string_view text, Distro& distro);    // 12.4, trixie/sid

}  // namespace seaworthy
