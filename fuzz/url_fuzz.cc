// A URL that parses reads back as itself, and so does what a redirect makes of it.
#include <cstdint>
#include <cstdlib>

#include "core/net/url.h"

namespace {

void check(const seaworthy::Result<seaworthy::Url>& url) {
  if (!url) return;
  const auto again = seaworthy::parse_url(url->text());
  if (!again || again->text() != url->text() || again->host != url->host) std::abort();
  if (url->shown().find('@') < url->shown().find('/', 8)) std::abort();  // a user in a message
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace seaworthy;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check(parse_url(text));
  check(join_url(*parse_url("https://user:secret@host.example:5/a/b?c"), text));
  return 0;
}
