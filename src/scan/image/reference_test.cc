#include "scan/image/reference.h"

#include <gtest/gtest.h>

namespace seaworthy {
namespace {

const std::string kDigest = "sha256:" + std::string(64, 'a');

TEST(ParseReference, FillsInWhatGoesWithoutSaying) {
  struct Row {
    std::string name, text, registry, repository, tag, digest;
  };
  const Row rows[] = {
      {"one word", "debian", "docker.io", "library/debian", "latest", ""},
      {"tag", "debian:12", "docker.io", "library/debian", "12", ""},
      {"two words", "owner/app", "docker.io", "owner/app", "latest", ""},
      {"docker.io", "docker.io/debian", "docker.io", "library/debian", "latest", ""},
      {"index.docker.io", "index.docker.io/a/b:1", "docker.io", "a/b", "1", ""},
      {"host", "ghcr.io/a/b", "ghcr.io", "a/b", "latest", ""},
      {"host and port", "host:5000/a", "host:5000", "a", "latest", ""},
      {"port and tag", "host:5000/a:b", "host:5000", "a", "b", ""},
      {"localhost", "localhost/a", "localhost", "a", "latest", ""},
      {"a word that is no host", "local/a", "docker.io", "local/a", "latest", ""},
      {"upper case in a host", "Host.io/a", "host.io", "a", "latest", ""},
      {"IPv4", "127.0.0.1:5000/a/b/c:t", "127.0.0.1:5000", "a/b/c", "t", ""},
      {"IPv6", "[::1]:5000/a", "[::1]:5000", "a", "latest", ""},
      {"digest", "ghcr.io/a@" + kDigest, "ghcr.io", "a", "", kDigest},
      {"tag and digest", "ghcr.io/a:1@" + kDigest, "ghcr.io", "a", "1", kDigest},
      {"separators", "h.io/a.b/c_d/e__f/g-h---i", "h.io", "a.b/c_d/e__f/g-h---i", "latest", ""},
      {"tag with everything", "h.io/a:_x.Y-9", "h.io", "a", "_x.Y-9", ""},
      {"name like the API", "h.io/a/manifests/b", "h.io", "a/manifests/b", "latest", ""},
  };
  for (const Row& row : rows) {
    const auto found = parse_reference(row.text);
    ASSERT_TRUE(found.ok()) << row.name << ": " << found.error().message;
    EXPECT_EQ(found->registry, row.registry) << row.name;
    EXPECT_EQ(found->repository, row.repository) << row.name;
    EXPECT_EQ(found->tag, row.tag) << row.name;
    EXPECT_EQ(found->digest, row.digest) << row.name;
    const auto again = parse_reference(found->text());
    ASSERT_TRUE(again.ok()) << row.name;
    EXPECT_EQ(again->text(), found->text()) << row.name;
  }
}

TEST(ParseReference, RefusesWhatIsNone) {
  struct Row {
    std::string name, text;
  };
  const Row rows[] = {
      {"empty", ""},
      {"only a host", "ghcr.io/"},
      {"upper case", "ghcr.io/App"},
      {"upper case in what is no host", "Owner/app"},
      {"empty part", "ghcr.io/a//b"},
      {"dots", "ghcr.io/../b"},
      {"two dots", "ghcr.io/a..b"},
      {"three underscores", "ghcr.io/a___b"},
      {"begins with a dash", "ghcr.io/-a"},
      {"ends with a dot", "ghcr.io/a."},
      {"empty tag", "ghcr.io/a:"},
      {"tag with slash", "ghcr.io/a:b/c"},
      {"tag begins with a dot", "ghcr.io/a:.b"},
      {"tag too long", "ghcr.io/a:" + std::string(129, 'x')},
      {"empty digest", "ghcr.io/a@"},
      {"short digest", "ghcr.io/a@sha256:abc"},
      {"upper-case digest", "ghcr.io/a@sha256:" + std::string(64, 'A')},
      {"another algorithm", "ghcr.io/a@md5:" + std::string(32, 'a')},
      {"port is no number", "ghcr.io:x/a"},
      {"host with user", "me@ghcr.io/a"},
      {"line break", "ghcr.io/a\nHost: b"},
      {"query", "ghcr.io/a?b"},
      {"name too long", "ghcr.io/" + std::string(250, 'a')},
      {"URL", "https://ghcr.io/a"},
  };
  for (const Row& row : rows) {
    const auto found = parse_reference(row.text);
    ASSERT_FALSE(found.ok()) << row.name << ": " << found->text();
    EXPECT_EQ(found.error().code, ErrorCode::kUsage) << row.name;
  }
}

}  // namespace
}  // namespace seaworthy
