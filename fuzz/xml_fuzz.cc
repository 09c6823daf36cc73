// XML: a walk over all tags, then every element below the root as a tree, must come to the same
// end.
#include <cstdint>
#include <cstdlib>

#include "core/codec/xml.h"

namespace {

seaworthy::Result<std::uint64_t> walk(std::string_view bytes, const seaworthy::Limits& limits,
                                      bool as_trees) {
  ASSIGN_OR_RETURN(seaworthy::XmlReader reader, seaworthy::XmlReader::open(bytes, limits));
  std::uint64_t elements = 0;
  for (;;) {
    ASSIGN_OR_RETURN(const bool more, reader.next());
    if (!more) return elements;
    ++elements;
    (void)reader.attribute("id");
    if (as_trees && reader.depth() == 1) {
      ASSIGN_OR_RETURN(const seaworthy::XmlElement element, reader.element());
      if (element.name.empty()) std::abort();
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  seaworthy::Limits limits;
  limits.document_bytes = 256 * seaworthy::kKiB;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto tags = walk(bytes, limits, false);
  const auto trees = walk(bytes, limits, true);
  if (tags.ok() != trees.ok()) std::abort();
  return 0;
}
