#include "scan/image/rootfs.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include <gmock/gmock.h>

#include "core/codec/tar_writer.h"
#include "scan/image/layout_fixture.h"

namespace seaworthy {
namespace {

using namespace fixture;
using testing::ElementsAre;
using testing::HasSubstr;

struct Entry {
  std::string path, content;
  char type = '0';
};

// Reads a stream back; long paths come from the pax header before the entry.
std::vector<Entry> read_back(const std::string& tar) {
  std::vector<Entry> entries;
  std::string long_path;
  for (std::size_t at = 0; at + 512 <= tar.size() && tar[at] != '\0';) {
    const char type = tar[at + 156];
    const std::size_t size = std::strtoull(tar.substr(at + 124, 11).c_str(), nullptr, 8);
    std::string content = tar.substr(at + 512, size);
    if (type == 'x') {
      const std::size_t key = content.find(" path=");
      if (key != std::string::npos)
        long_path = content.substr(key + 6, content.find('\n') - key - 6);
    } else {
      std::string path = tar.substr(at, 100).c_str();
      if (!long_path.empty()) path = std::exchange(long_path, {});
      if (type == '2') content = tar.substr(at + 157, 100).c_str();
      entries.push_back({path, content, type});
    }
    at += 512 + (size + 511) / 512 * 512;
  }
  return entries;
}

class Rootfs : public testing::Test {
 protected:
  std::string stream(const Limits& limits = {}, bool want_all = false) {
    const Result<Fd> file = open_spool();
    status_ = stream_rootfs(directory_.path(), file->get(), limits,
                            {[&](std::string_view path, std::uint64_t) {
                              return want_all || path.find("wanted") != std::string_view::npos;
                            }},
                            problems_);
    std::string bytes(*file_size(file->get()), '\0');
    EXPECT_TRUE(read_exactly_at(file->get(), bytes.data(), bytes.size(), 0).ok());
    return bytes;
  }
  void put(const std::string& path, const std::string& bytes = "x") {
    write_file(directory_.path(path), bytes);
  }

  TemporaryDirectory directory_;
  std::vector<Problem> problems_;
  Status status_ = ok_status();
};

TEST_F(Rootfs, NamesAreSortedAndOnlyWantedFilesHaveContent) {
  put("b/wanted", "the content");
  put("b/other", "not read");
  put("a/empty-wanted", "");
  std::filesystem::create_symlink("/etc/passwd", directory_.path("b/link"));
  std::filesystem::create_symlink("../../..", directory_.path("b/up"));
  std::filesystem::create_hard_link(directory_.path("b/wanted"), directory_.path("c-wanted"));
  ASSERT_EQ(::mkfifo(directory_.path("pipe-wanted").c_str(), 0600), 0);
  const std::string tar = stream();
  ASSERT_TRUE(status_.ok());
  EXPECT_TRUE(problems_.empty());
  std::vector<std::string> lines;
  for (const Entry& entry : read_back(tar))
    lines.push_back(entry.type + (" " + entry.path) + " " + entry.content);
  EXPECT_THAT(lines, ElementsAre("5 a ", "0 a/empty-wanted ", "5 b ", "2 b/link /etc/passwd",
                                 "0 b/other ", "2 b/up ../../..", "0 b/wanted the content",
                                 "0 c-wanted the content", "6 pipe-wanted "));
  EXPECT_EQ(tar.size() % 512, 0u);
  EXPECT_EQ(stream(), tar);
}

TEST_F(Rootfs, GnuTarReadsTheStream) {
  if (::access("/bin/tar", X_OK) != 0) GTEST_SKIP() << "tar is not installed";
  const std::string deep = std::string(90, 'd') + "/" + std::string(90, 'e') + "/wanted";
  put(deep, std::string(1'000'000, 'z'));
  std::filesystem::create_symlink(std::string(150, 't'), directory_.path("long-link"));
  const TemporaryDirectory out;
  write_file(out.path("x.tar"), stream());
  const pid_t child = ::fork();
  if (child == 0) {
    ::execl("/bin/tar", "tar", "-xf", out.path("x.tar").c_str(), "-C", out.path().c_str(), nullptr);
    ::_exit(127);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_EQ(status, 0);
  EXPECT_EQ(*read_file(out.path(deep), 2 * kMiB), std::string(1'000'000, 'z'));
  EXPECT_EQ(std::filesystem::read_symlink(out.path("long-link")), std::string(150, 't'));
}

TEST_F(Rootfs, AnEmptyTreeIsAnEmptyArchive) {
  EXPECT_EQ(stream(), std::string(1024, '\0'));
}

TEST_F(Rootfs, WhatCannotBeReadIsReported) {
  put("a/wanted");
  put("b/wanted");
  ::chmod(directory_.path().c_str(), 0755);
  ::chmod(directory_.path("a").c_str(), 0);
  ::chmod(directory_.path("b/wanted").c_str(), 0);
  // Root reads everything, so it becomes somebody else for the walk.
  constexpr uid_t kNobody = 65534;
  const bool is_root = ::geteuid() == 0;
  if (is_root && ::seteuid(kNobody) != 0) GTEST_SKIP() << "no other user to be";
  const auto entries = read_back(stream());
  ASSERT_EQ(::seteuid(is_root ? 0 : ::geteuid()), 0);
  ::chmod(directory_.path("a").c_str(), 0700);
  ASSERT_TRUE(status_.ok());
  ASSERT_EQ(problems_.size(), 2u);
  EXPECT_EQ(problems_[0].path, "a");
  EXPECT_EQ(problems_[1].path, "b/wanted");
  EXPECT_EQ(problems_[1].code, problem::kLayerUnreadable);
  EXPECT_EQ(entries.size(), 2u);  // both directories; an unreadable file is left out, not empty
}

TEST_F(Rootfs, Limits) {
  struct Case {
    const char* name;
    std::uint64_t Limits::*limit;
    std::uint64_t value;
    std::size_t entries;
  };
  const Case cases[]{{"entries", &seaworthy::Limits::entries, 3, 3},
                     {"path length", &seaworthy::Limits::path_length, 3, 1}};
  for (int i = 0; i < 9; ++i) put("dir/file" + std::to_string(i));
  for (const Case& row : cases) {
    problems_.clear();
    seaworthy::Limits limits;
    limits.*row.limit = row.value;
    EXPECT_EQ(read_back(stream(limits)).size(), row.entries) << row.name;
    ASSERT_FALSE(problems_.empty()) << row.name;
    EXPECT_EQ(problems_[0].code, problem::kLimit) << row.name;
  }
}

TEST_F(Rootfs, ATreeThatIsTooDeepIsCut) {
  std::string path;
  for (int i = 0; i < 500; ++i) path += "d/";
  put(path + "wanted");
  const auto entries = read_back(stream());
  ASSERT_TRUE(status_.ok());
  EXPECT_EQ(entries.size(), 400u);
  ASSERT_EQ(problems_.size(), 1u);
  EXPECT_EQ(problems_[0].code, problem::kLimit);
}

TEST_F(Rootfs, AReaderThatIsGoneEndsTheWalk) {
  put("wanted", std::string(1'000'000, 'z'));
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ::close(ends[0]);
  const auto before = ::signal(SIGPIPE, SIG_IGN);
  const Status status =
      stream_rootfs(directory_.path(), ends[1], {}, {[](auto, auto) { return true; }}, problems_);
  ::signal(SIGPIPE, before);
  ::close(ends[1]);
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.error().message, HasSubstr("Broken pipe"));
}

TEST_F(Rootfs, TheRootItself) {
  const ContentChoice nothing{[](std::string_view, std::uint64_t) { return false; }};
  const Status missing = stream_rootfs(directory_.path("none"), 1, {}, nothing, problems_);
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
  put("file");
  EXPECT_FALSE(stream_rootfs(directory_.path("file"), 1, {}, nothing, problems_).ok());
}

TEST(TarWriter, SizesPastUstar) {
  const std::string header = tar_header(TarItem::kFile, "big", "", 9 * kGiB);
  EXPECT_EQ(header.size(), 3 * 512u);
  EXPECT_THAT(header, HasSubstr("19 size=9663676416\n"));
  EXPECT_EQ(tar_header(TarItem::kFile, "small", "", 8 * kGiB - 1).size(), 512u);
}

TEST(TarWriter, PaddingFillsTheBlock) {
  for (const std::uint64_t size : {0, 1, 511, 512, 513}) {
    EXPECT_EQ((size + tar_padding(size).size()) % 512, 0u);
    EXPECT_LT(tar_padding(size).size(), 512u);
  }
}

}  // namespace
}  // namespace seaworthy
