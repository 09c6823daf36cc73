// Any document under any name: recognition, and then the parser that was chosen. The first line of
// the input is the path.
#include <algorithm>

#include "dropping_sink.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t line = std::min(input.find('\n'), input.size());
  const seaworthy::FeedDocument document{input.substr(0, line),
                                         input.substr(std::min(line + 1, input.size()))};
  seaworthy::DroppingSink sink;
  if (const seaworthy::Feed* feed = seaworthy::feed_for(document)) {
    (void)feed->parse(document, seaworthy::fuzz_limits(), sink);
  }
  return 0;
}
