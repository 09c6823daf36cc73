#include "core/codec/archive.h"

#include <unistd.h>
#include <zip.h>

#include <cstdlib>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/file.h"

namespace seaworthy {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
namespace fs = std::filesystem;

// A ustar header and padded content.
std::string tar_member(const std::string& path, const std::string& content) {
  std::string header(512, '\0');
  header.replace(0, path.size(), path);
  header.replace(100, 7, "0000644");
  char size[12];
  std::snprintf(size, sizeof size, "%011zo", content.size());
  header.replace(124, 11, size, 11);
  header.replace(136, 11, "00000000000");
  header.replace(148, 8, "        ");
  header[156] = '0';
  header.replace(257, 8, std::string("ustar\00000", 8));
  unsigned sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  char text[8];
  std::snprintf(text, sizeof text, "%06o", sum);
  header.replace(148, 7, std::string(text, 6) + '\0');
  return header + content + std::string((512 - content.size() % 512) % 512, '\0');
}

class Archive : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "seaworthy-archive-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    root_ = name;
  }
  void TearDown() override { fs::remove_all(root_); }

  std::string write(const std::string& name, const std::string& bytes) {
    fs::create_directories(fs::path(root_ + "/" + name).parent_path());
    EXPECT_TRUE(write_file_atomically(root_ + "/" + name, bytes));
    return root_ + "/" + name;
  }
  std::string write_zip(const std::vector<std::pair<std::string, std::string>>& members) {
    const std::string path = root_ + "/a.zip";
    zip_t* archive = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
    for (const auto& [name, content] : members) {
      zip_source_t* source = zip_source_buffer(archive, content.data(), content.size(), 0);
      EXPECT_GE(zip_file_add(archive, name.c_str(), source, 0), 0);
    }
    EXPECT_EQ(zip_close(archive), 0);
    return path;
  }
  Status walk(const std::string& path, const Limits& limits = {}) {
    members_.clear();
    problems_.clear();
    return for_each_document(
        path, limits,
        [&](const ArchiveMember& member) {
          members_.push_back(member.path + "=" + member.bytes.substr(0, 20));
          return ok_status();
        },
        [&](const std::string& member, const Error& error) {
          problems_.push_back(member + ":" + std::string(name_of(error.code)));
        });
  }

  std::string root_;
  std::vector<std::string> members_, problems_;
};

TEST_F(Archive, AFileIsItself) {
  ASSERT_TRUE(walk(write("a.json", "{}")));
  EXPECT_THAT(members_, ElementsAre("a.json={}"));
  ASSERT_TRUE(walk(write("empty", "")));
  EXPECT_THAT(members_, ElementsAre("empty="));
  EXPECT_EQ(walk(root_ + "/absent").error().code, ErrorCode::kNotFound);
}

TEST_F(Archive, ADirectoryIsReadByDepthThenName) {
  write("d/b.json", "2");
  write("d/a/z.json", "1");
  write("d/c.tar", tar_member("inner", "x"));
  fs::create_symlink("/etc/passwd", root_ + "/d/link");
  ASSERT_TRUE(walk(root_ + "/d"));
  ASSERT_THAT(members_, SizeIs(3));
  EXPECT_EQ(members_[0], "b.json=2");
  EXPECT_TRUE(members_[1].starts_with("c.tar="));
  EXPECT_EQ(members_[2], "a/z.json=1");
}

TEST_F(Archive, ATarGivesItsFiles) {
  const std::string tar =
      tar_member("a/b.json", "{}") + tar_member("c.json", "[1]") + std::string(1024, '\0');
  ASSERT_TRUE(walk(write("x.bin", tar)));  // recognized by content
  EXPECT_THAT(members_, ElementsAre("a/b.json={}", "c.json=[1]"));
  Limits limits;
  limits.document_bytes = 2;
  ASSERT_TRUE(walk(root_ + "/x.bin", limits));
  EXPECT_THAT(members_, ElementsAre("a/b.json={}"));
  EXPECT_THAT(problems_, ElementsAre("c.json:limit-exceeded"));
  EXPECT_FALSE(walk(write("cut.tar", tar_member("a", std::string(5000, 'x')).substr(0, 2000))));
}

TEST_F(Archive, CompressedFilesAndArchives) {
  // gzip of "hello" (RFC 1952, a stored block).
  const std::string gzip(
      "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x01\x05\x00\xfa\xffhello\x86\xa6\x10\x36\x05\x00"
      "\x00\x00",
      28);
  ASSERT_TRUE(walk(write("a.json.gz", gzip)));
  EXPECT_THAT(members_, ElementsAre("a.json=hello"));
  EXPECT_FALSE(walk(write("cut.gz", gzip.substr(0, 18))));
  Limits limits;
  limits.document_bytes = 3;
  ASSERT_TRUE(walk(root_ + "/a.json.gz", limits));
  EXPECT_THAT(members_, IsEmpty());
  EXPECT_THAT(problems_, ElementsAre("a.json:limit-exceeded"));
}

TEST_F(Archive, CompressedDocumentsInADirectoryAreInflated) {
  const std::string gzip(
      "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x01\x05\x00\xfa\xffhello\x86\xa6\x10\x36\x05\x00"
      "\x00\x00",
      28);
  write("d/2/a.json.gz", gzip);
  write("d/cut.json.gz", gzip.substr(0, 18));
  write("d/page.xml.gz", "<html>maintenance</html>");
  write("d/plain.json", "{}");
  ASSERT_TRUE(walk(root_ + "/d"));
  EXPECT_THAT(members_, ElementsAre("plain.json={}", "2/a.json=hello"));
  EXPECT_THAT(problems_, ElementsAre("cut.json.gz:invalid-input", "page.xml.gz:invalid-input"));
  Limits limits;
  limits.document_bytes = 3;
  ASSERT_TRUE(walk(root_ + "/d", limits));
  EXPECT_THAT(members_, ElementsAre("plain.json={}"));
}

TEST_F(Archive, AZipGivesItsMembers) {
  const std::string path =
      write_zip({{"a/b.json", "{}"}, {"c.json", std::string(100'000, 'x')}, {"d", ""}});
  ASSERT_TRUE(walk(path));
  EXPECT_THAT(members_, ElementsAre("a/b.json={}", "c.json=xxxxxxxxxxxxxxxxxxxx", "d="));
  Limits limits;
  limits.document_bytes = 1000;
  ASSERT_TRUE(walk(path, limits));
  EXPECT_THAT(members_, ElementsAre("a/b.json={}", "d="));
  EXPECT_THAT(problems_, ElementsAre("c.json:limit-exceeded"));
  limits.entries = 2;
  EXPECT_EQ(walk(path, limits).error().code, ErrorCode::kLimitExceeded);
  limits = Limits{};
  limits.layer_bytes = 50'000;
  EXPECT_EQ(walk(path, limits).error().code, ErrorCode::kLimitExceeded);
}

TEST_F(Archive, DamagedZipsAreProblemsOrErrors) {
  const std::string whole =
      *read_file(write_zip({{"a", std::string(300, 'a')}, {"b", "bbbb"}}), 1 * kMiB);
  EXPECT_FALSE(walk(write("cut.zip", whole.substr(0, whole.size() / 2))));
  std::size_t troubles = 0;
  for (std::size_t at = 4; at < whole.size(); ++at) {
    std::string flipped = whole;
    flipped[at] = static_cast<char>(flipped[at] ^ 0x55);
    const bool fine = walk(write("f.zip", flipped)).ok();
    troubles += !fine || !problems_.empty() ? 1 : 0;
  }
  EXPECT_GT(troubles, 20U);
}

TEST_F(Archive, AVisitorsErrorEndsTheWalk) {
  write("d/a", "1");
  write("d/b", "2");
  int seen = 0;
  const auto status = for_each_document(
      root_ + "/d", Limits{},
      [&](const ArchiveMember&) {
        ++seen;
        return Status(Error{ErrorCode::kCancelled, "enough"});
      },
      [](const std::string&, const Error&) {});
  EXPECT_EQ(status.error().code, ErrorCode::kCancelled);
  EXPECT_EQ(seen, 1);
}

}  // namespace
}  // namespace seaworthy
