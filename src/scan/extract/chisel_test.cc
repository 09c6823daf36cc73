#include <string>

#include <gmock/gmock.h>

#include "core/codec/digest.h"
#include "core/model/problem.h"
#include "scan/extract/extract_test_support.h"

namespace seaworthy {
namespace {

using test::names_of;
using test::read_evidence;
using test::run_extractor;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kPath = "var/lib/chisel/manifest.wall";

// One zstd frame of raw blocks (RFC 8878): magic, a header with a window of 8 MiB and no size, then
// blocks of at most 128 KiB.
std::string zstd(const std::string& text) {
  std::string out("\x28\xb5\x2f\xfd\x00\x68", 6);
  constexpr std::size_t kBlock = 128 * 1024;
  std::size_t at = 0;
  do {
    const std::size_t size = std::min(kBlock, text.size() - at);
    const std::size_t header = size << 3 | (at + size == text.size() ? 1U : 0U);
    for (unsigned shift = 0; shift < 24; shift += 8)
      out += static_cast<char>(header >> shift & 0xff);
    out += text.substr(at, size);
    at += size;
  } while (at < text.size());
  return out;
}

const std::string kHeader = R"({"jsonwall":"1.0","schema":"1.0","count":8})"
                            "\n";
const std::string kLines =
    R"({"kind":"content","slice":"base-files_base","path":"/etc/"})"
    "\n"
    R"({"kind":"content","slice":"base-files_base","path":"/etc/debian_version"})"
    "\n"
    R"({"kind":"content","slice":"libssl3t64_libs","path":"/usr/lib/x86_64-linux-gnu/libssl.so.3"})"
    "\n"
    R"({"kind":"package","name":"base-files","version":"13ubuntu10","sha256":"aa","arch":"amd64"})"
    "\n"
    R"({"kind":"package","name":"libssl3t64","version":"3.0.13-0ubuntu3","sha256":"bb","arch":"amd64"})"
    "\n"
    R"({"kind":"path","path":"/etc/","mode":"0755","slices":["base-files_base"]})"
    "\n"
    R"({"kind":"slice","name":"base-files_base"})"
    "\n";

TEST(Chisel, ReadsPackagesAndFiles) {
  const Evidence evidence = read_evidence(kPath, zstd(kHeader + kLines));
  EXPECT_THAT(names_of(evidence),
              ElementsAre("base-files 13ubuntu10 amd64", "libssl3t64 3.0.13-0ubuntu3 amd64"));
  EXPECT_THAT(evidence.problems, IsEmpty());
  EXPECT_EQ(evidence.packages[1].type, PackageType::kDeb);
  EXPECT_EQ(evidence.packages[1].property(kSourceUnknown), "yes");
  ASSERT_EQ(evidence.owned.size(), 2U);
  EXPECT_EQ(evidence.owned[0].package, "base-files");
  EXPECT_THAT(evidence.owned[0].path_hashes, ElementsAre(path_hash("etc/debian_version")));
  EXPECT_EQ(evidence.owned[1].package, "libssl3t64");
}

TEST(Chisel, ABadLineIsReportedAndTheRestIsRead) {
  struct Row {
    const char *name, *line, *message;
  };
  for (const Row& row : {Row{"no json", "{", "line 2: "},
                         Row{"no name", R"({"kind":"package","version":"1","arch":"amd64"})",
                             "line 2: a package without"},
                         Row{"no version", R"({"kind":"package","name":"x","arch":"amd64"})",
                             "line 2: a package without"},
                         Row{"a number for a name", R"({"kind":"package","name":7,"version":"1"})",
                             "line 2: a package without"}}) {
    const Evidence evidence =
        read_evidence(kPath, zstd(R"({"jsonwall":"1.0","schema":"1.0","count":9})"
                                  "\n" +
                                  std::string(row.line) + "\n" + kLines));
    EXPECT_EQ(evidence.packages.size(), 2U) << row.name;
    ASSERT_EQ(evidence.problems.size(), 1U) << row.name;
    EXPECT_EQ(evidence.problems[0].code, problem::kUnreadableRecord) << row.name;
    EXPECT_THAT(evidence.problems[0].message, HasSubstr(row.message)) << row.name;
  }
}

TEST(Chisel, AVersionThatDpkgRefusesIsMarked) {
  const Evidence evidence =
      read_evidence(kPath, zstd(R"({"jsonwall":"1.0","count":2})"
                                "\n"
                                R"({"kind":"package","name":"x","version":"v1","arch":"amd64"})"
                                "\n"));
  EXPECT_THAT(names_of(evidence), ElementsAre("x v1 amd64"));
  EXPECT_EQ(evidence.packages[0].property(kDoubt), "its record is malformed");
  EXPECT_THAT(test::codes_of(evidence), ElementsAre(problem::kUnreadableRecord));
}

TEST(Chisel, FewerLinesThanTheHeaderSaysIsACutFile) {
  const std::string cut = kLines.substr(0, kLines.find("{\"kind\":\"path\""));
  const Evidence evidence = read_evidence(kPath, zstd(kHeader + cut));
  EXPECT_EQ(evidence.packages.size(), 2U);
  EXPECT_THAT(test::codes_of(evidence), ElementsAre(problem::kPackageDbCorrupt));
  EXPECT_THAT(evidence.problems[0].message, HasSubstr("says 8 lines, and there are 6"));
}

TEST(Chisel, OtherFilesAreErrors) {
  const std::string whole = zstd(kHeader + kLines);
  EXPECT_FALSE(run_extractor(kPath, "").ok());
  EXPECT_FALSE(run_extractor(kPath, kHeader + kLines).ok());
  EXPECT_FALSE(run_extractor(kPath, whole.substr(0, whole.size() / 2)).ok());
  EXPECT_FALSE(run_extractor(kPath, zstd("")).ok());
  EXPECT_FALSE(run_extractor(kPath, zstd("[1]\n")).ok());
  EXPECT_FALSE(run_extractor(kPath, zstd(R"({"jsonwall":"2.0","count":1})"
                                         "\n"))
                   .ok());
}

}  // namespace
}  // namespace seaworthy
