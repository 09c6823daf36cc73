#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace seaworthy {

// Writes XML 1.0, two spaces per level. Escapes are done here; what XML cannot carry at all (most
// control characters, bytes that are no UTF-8) becomes U+FFFD.
class XmlWriter {
 public:
  using Attributes = std::vector<std::pair<std::string_view, std::string_view>>;

  XmlWriter();
  void begin(std::string_view name, const Attributes& attributes = {});
  void end();
  // <name>text</name>
  void element(std::string_view name, std::string_view text, const Attributes& attributes = {});
  std::string take();

 private:
  void open_tag(std::string_view name, const Attributes& attributes);
  void escape(std::string_view text);

  std::string out_;
  std::vector<std::string> open_;
};

}  // namespace seaworthy
