#include "scan/update/update_indexes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace seaworthy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

const std::string kHex(64, 'a');

TEST(UpdateIndexes, MirrorLists) {
  const auto found = parse_mirror_list(
      "https://one.example/x86_64/abc\r\n\n# a "
      "remark\nhttps://two.example/x86_64/\nftp://three/\n");
  ASSERT_TRUE(found);
  EXPECT_THAT(*found,
              ElementsAre("https://one.example/x86_64/abc/", "https://two.example/x86_64/"));
  EXPECT_FALSE(parse_mirror_list(""));
  EXPECT_FALSE(parse_mirror_list("<html>maintenance</html>"));
  std::string many;
  for (int i = 0; i < 100'000; ++i) many += "https://mirror.example/\n";
  EXPECT_THAT(*parse_mirror_list(many), SizeIs(5));
}

std::string repomd(std::string_view data) {
  return "<?xml version=\"1.0\"?><repomd xmlns=\"http://linux.duke.edu/metadata/repo\">"
         "<revision>1</revision><data type=\"primary\"><location "
         "href=\"repodata/p.xml.gz\"/></data>" +
         std::string(data) + "</repomd>";
}

TEST(UpdateIndexes, Repomd) {
  const auto place = parse_repomd(repomd("<data type=\"updateinfo\"><checksum type=\"sha256\">" +
                                         kHex + "</checksum><location href=\"repodata/" + kHex +
                                         "-updateinfo.xml.gz\"/></data>"));
  ASSERT_TRUE(place) << place.error().message;
  EXPECT_EQ(place->path, "repodata/" + kHex + "-updateinfo.xml.gz");
  EXPECT_EQ(place->digest, "sha256:" + kHex);
  EXPECT_EQ(parse_repomd(repomd("")).error().code, ErrorCode::kNotFound);
  const std::string old =
      "<data type=\"updateinfo\"><checksum type=\"sha\">0123</checksum>"
      "<location href=\"repodata/updateinfo.xml.gz\"/></data>";
  EXPECT_EQ(parse_repomd(repomd(old))->digest, "");
}

TEST(UpdateIndexes, RepomdThatIsNoneOrLeadsElsewhere) {
  const struct {
    const char* name;
    std::string text;
  } rows[] = {
      {"empty", ""},
      {"a page", "<html><body>maintenance</body></html>"},
      {"truncated", repomd("").substr(0, 90)},
      {"a path out of the repository",
       repomd("<data type=\"updateinfo\"><location href=\"../../etc/x\"/></data>")},
      {"an absolute address",
       repomd("<data type=\"updateinfo\"><location href=\"//elsewhere.example/x\"/></data>")},
      {"no place", repomd("<data type=\"updateinfo\"/>")},
  };
  for (const auto& row : rows) {
    const auto place = parse_repomd(row.text);
    ASSERT_FALSE(place) << row.name;
    EXPECT_EQ(place.error().code, ErrorCode::kInvalidInput) << row.name;
  }
}

TEST(UpdateIndexes, DirectoryPages) {
  EXPECT_THAT(parse_directory_page("<a href=\"../\">Parent</a> <a href=\"b.xml.gz\">b</a>"
                                   "<a href=\"./a.xml.gz\">a</a><a href=\"?C=M;O=A\">sort</a>"
                                   "<a href=\"/etc/passwd\">x</a><a href=\"b.xml.gz\">b</a>"
                                   "<a href=\"https://elsewhere.example/c\">c</a><a href=\"cut"),
              ElementsAre("a.xml.gz", "b.xml.gz"));
  EXPECT_THAT(parse_directory_page(""), IsEmpty());
}

TEST(UpdateIndexes, Checksums) {
  const auto found = parse_checksums(kHex + "  files/a/b.json\n" + kHex + " *files/c.xml\n\n");
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_THAT(*found, ElementsAre(Pair("files/a/b.json", "sha256:" + kHex),
                                  Pair("files/c.xml", "sha256:" + kHex)));
  for (const std::string& bad :
       {kHex + "  ../x\n", kHex + "  /etc/passwd\n", std::string("abc  files/x\n"), kHex + "\n",
        std::string("<html>\n")}) {
    const auto refused = parse_checksums("\n" + bad);
    ASSERT_FALSE(refused) << bad;
    EXPECT_THAT(refused.error().message, HasSubstr("line 2"));
  }
}

TEST(UpdateIndexes, MetaOfNvd) {
  EXPECT_EQ(sha256_of_meta("lastModifiedDate:2026-11-20T00:00:00-05:00\r\nsize:1\r\nsha256:" +
                           std::string(64, 'A') + "\r\n"),
            "sha256:" + kHex);
  EXPECT_EQ(sha256_of_meta("sha256:12\n"), "");
  EXPECT_EQ(sha256_of_meta(""), "");
}

TEST(UpdateIndexes, NumberOfPages) {
  EXPECT_EQ(*count_pages(R"({"updates": [], "page": 1, "pages": 7})"), 7U);
  EXPECT_EQ(*count_pages(R"({"total": 201, "size": 100})"), 3U);
  EXPECT_EQ(*count_pages(R"({"total": 200, "size": 100})"), 2U);
  EXPECT_EQ(*count_pages(R"({"total": 0, "size": 100})"), 0U);
  for (const char* bad : {"", "{}", "[]", R"({"pages": -1})", R"({"total": 5, "size": 0})",
                          R"({"pages": "7"})", R"({"size": 100})", "<html>"}) {
    EXPECT_FALSE(count_pages(bad)) << bad;
  }
  EXPECT_EQ(count_pages(R"({"pages": 9000000000})").error().code, ErrorCode::kLimitExceeded);
}

TEST(UpdateIndexes, NamesInLists) {
  const std::string releases = R"({"releases": [
      {"name": "F42", "id_prefix": "FEDORA", "state": "current"},
      {"name": "F39", "id_prefix": "FEDORA", "state": "archived"},
      {"name": "EPEL-9", "id_prefix": "FEDORA-EPEL", "state": "current"}]})";
  EXPECT_THAT(
      *names_in(releases, "releases", "name", {{"id_prefix", "FEDORA"}, {"state", "current"}}),
      ElementsAre("F42"));
  EXPECT_THAT(*names_in(R"({"branches": ["4.0", "5.0"]})", "branches", ""),
              ElementsAre("4.0", "5.0"));
  for (const char* bad : {"", "{}", R"({"branches": ["../x"]})", R"({"branches": ["a/b"]})",
                          R"({"branches": [7]})", R"({"branches": "4.0"})"}) {
    EXPECT_FALSE(names_in(bad, "branches", "")) << bad;
  }
}

}  // namespace
}  // namespace seaworthy
