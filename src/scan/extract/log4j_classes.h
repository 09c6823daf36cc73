#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace seaworthy {

// What the classes of one archive say of log4j-core, whatever package they were moved to and
// whatever ending an agent gave them.
class Log4jClasses {
 public:
  // True for the class whose content tells releases apart: give it to see_content().
  bool see(std::string_view name);
  void see_content(std::string_view bytes);

  bool is_core() const { return (seen_ & kLogger) != 0; }
  bool has_jndi_lookup() const { return (seen_ & kJndiLookup) != 0; }
  // The first release that has all that was seen.
  std::string first_version() const;

 private:
  enum : std::uint32_t {
    kLogger = 1,
    kJndiLookup = 2,
    kJndiManager = 4,
    kBuilder = 8,
    kLowerLookup = 16,
    kArbiter = 32,
    kPropertiesLookup = 64,
    kProtocols = 128,
    kSwitch = 256,
    kLookupSwitch = 512,
  };
  std::uint32_t seen_ = 0;
};

}  // namespace seaworthy
