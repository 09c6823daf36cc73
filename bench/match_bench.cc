// Matching alone: 500 packages of a real Ubuntu 22.04 root against the database in
// $SEAWORTHY_BENCH_DB; the package states are those of $SEAWORTHY_BENCH_STATUS, repeated under
// other binary names until there are 500.
#include <cstdlib>
#include <string>

#include <benchmark/benchmark.h>

#include "core/base/clock.h"
#include "core/base/file.h"
#include "scan/advisory/database.h"
#include "scan/extract/extractor.h"
#include "scan/match/match.h"

namespace seaworthy {
namespace {

std::string setting(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

Result<Inventory> inventory_of_500() {
  const Limits limits;
  ASSIGN_OR_RETURN(const std::string status,
                   read_file(setting("SEAWORTHY_BENCH_STATUS"), limits.document_bytes));
  const FileView file{"var/lib/dpkg/status", status};
  ASSIGN_OR_RETURN(const Evidence evidence, find_extractor("os/dpkg")->extract({&file, 1}, limits));
  Inventory inventory;
  inventory.distro = Distro{};
  inventory.distro->id = "ubuntu";
  inventory.distro->version = "22.04";
  inventory.distro->codename = "jammy";
  for (std::size_t i = 0; i < 500; ++i) {
    Package package = evidence.packages[i % evidence.packages.size()];
    if (package.source_name.empty()) package.source_name = package.name;
    package.name += "-" + std::to_string(i);
    inventory.packages.push_back(std::move(package));
  }
  inventory.databases.push_back({"var/lib/dpkg/status", "os/dpkg", 0, 500});
  return inventory;
}

void match_500_packages(benchmark::State& state) {
  const auto inventory = inventory_of_500();
  const auto database = AdvisoryDatabase::open(setting("SEAWORTHY_BENCH_DB"));
  if (!inventory || !database) {
    state.SkipWithError(inventory ? database.error().message.c_str()
                                  : inventory.error().message.c_str());
    return;
  }
  std::size_t findings = 0;
  for (auto round : state) {
    (void)round;
    findings = match(*inventory, *database, {Limits{}, now()}).findings.size();
  }
  state.counters["findings"] = static_cast<double>(findings);
}
BENCHMARK(match_500_packages)->Unit(benchmark::kMillisecond);

void open_database(benchmark::State& state) {
  for (auto round : state) {
    (void)round;
    benchmark::DoNotOptimize(AdvisoryDatabase::open(setting("SEAWORTHY_BENCH_DB")).ok());
  }
}
BENCHMARK(open_database)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace seaworthy

BENCHMARK_MAIN();
