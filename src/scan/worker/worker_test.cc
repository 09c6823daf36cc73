#include "scan/worker/worker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// The tests start their own program as the worker, just as the product does.
int main(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == seaworthy::kWorkerArgument) {
    return seaworthy::run_worker();
  }
  testing::InitGoogleMock(&argc, argv);
  return RUN_ALL_TESTS();
}
