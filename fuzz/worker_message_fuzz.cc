// What a worker that was taken over could send, and what it could be sent: frames and all payloads.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/model/inventory.h"
#include "scan/worker/protocol.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace seaworthy;
  FrameReader frames(1 * kMiB);
  frames.add({reinterpret_cast<const char*>(data), size});
  FrameReader::Frame frame{};
  while (true) {
    const auto whole = frames.next(frame);
    if (!whole || !*whole) break;
    (void)unpack_progress(frame.payload);
    (void)unpack_failure(frame.payload);
    (void)unpack_assembled(frame.payload);
    (void)unpack_listing(frame.payload);
    if (const auto layer = unpack_layer(frame.payload)) {
      const auto again = unpack_layer(pack(*layer));
      if (!again || !(*again == *layer)) std::abort();
    }
    if (const auto request = unpack_request(frame.payload)) {
      if (!unpack_request(pack(*request))) std::abort();
    }
  }
  return 0;
}
