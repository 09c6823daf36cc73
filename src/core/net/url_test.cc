#include "core/net/url.h"

#include <gtest/gtest.h>

namespace seaworthy {
namespace {

TEST(ParseUrl, ReadsTheParts) {
  struct Row {
    std::string name, text, again, authority, user, password;
  };
  const Row rows[] = {
      {"plain", "https://example.com/a/b?c=d", "https://example.com/a/b?c=d", "example.com", "",
       ""},
      {"no path", "http://example.com", "http://example.com/", "example.com", "", ""},
      {"upper case", "HTTPS://EXAMPLE.com/A", "https://example.com/A", "example.com", "", ""},
      {"port", "http://example.com:5000/v2/", "http://example.com:5000/v2/", "example.com:5000", "",
       ""},
      {"empty port", "http://example.com:/x", "http://example.com/x", "example.com", "", ""},
      {"query without path", "https://h?x=1", "https://h/?x=1", "h", "", ""},
      {"IPv6", "http://[::1]:5000/x", "http://[::1]:5000/x", "[::1]:5000", "", ""},
      {"IPv6 without port", "http://[2001:DB8::1]/", "http://[2001:db8::1]/", "[2001:db8::1]", "",
       ""},
      {"user", "https://me:p%40ss@h/x", "https://h/x", "h", "me", "p@ss"},
      {"user only", "https://me@h:1/x", "https://h:1/x", "h:1", "me", ""},
      {"at sign in the password", "https://me:a@b@h/x", "https://h/x", "h", "me", "a@b"},
      {"at sign in the path", "https://h/a@b:c", "https://h/a@b:c", "h", "", ""},
      {"fragment", "https://h/a#b?c", "https://h/a", "h", "", ""},
      {"dots", "https://h/a/./b/../c", "https://h/a/c", "h", "", ""},
      {"dots above the root", "https://h/../../c/..", "https://h/", "h", "", ""},
      {"double slash stays", "https://h//a//b", "https://h//a//b", "h", "", ""},
  };
  for (const Row& row : rows) {
    const auto url = parse_url(row.text);
    ASSERT_TRUE(url.ok()) << row.name << ": " << url.error().message;
    EXPECT_EQ(url->text(), row.again) << row.name;
    EXPECT_EQ(url->authority(), row.authority) << row.name;
    EXPECT_EQ(url->user, row.user) << row.name;
    EXPECT_EQ(url->password, row.password) << row.name;
  }
}

TEST(ParseUrl, RefusesWhatTwoParsersCouldReadDifferently) {
  struct Row {
    std::string name, text;
  };
  const Row rows[] = {
      {"empty", ""},
      {"no scheme", "example.com/x"},
      {"another scheme", "file:///etc/passwd"},
      {"gopher", "gopher://h/x"},
      {"no host", "http:///x"},
      {"only a user", "http://user@/x"},
      {"space", "http://h/a b"},
      {"line break", "http://h/a\r\nX: y"},
      {"zero byte", std::string("http://h/\0", 10)},
      {"not ASCII", "http://h\xc3\xa4/"},
      {"backslash", "http://good.example\\@evil.example/"},
      {"port zero", "http://h:0/"},
      {"port too large", "http://h:65536/"},
      {"port is a word", "http://h:abc/"},
      {"host with percent", "http://a%2eb/"},
      {"IPv6 without bracket", "http://[::1/"},
      {"IPv6 that is none", "http://[::g]/"},
      {"IPv6 without brackets", "http://::1/"},
      {"broken percent in the user", "http://a%zz:b@h/"},
      {"too long", "http://h/" + std::string(kMaxUrlBytes, 'a')},
  };
  for (const Row& row : rows) {
    const auto url = parse_url(row.text);
    ASSERT_FALSE(url.ok()) << row.name << ": " << url->text();
    EXPECT_EQ(url.error().code, ErrorCode::kInvalidInput) << row.name;
  }
}

TEST(ParseUrl, MessagesKeepSecrets) {
  const auto url = parse_url("https://me:secret@h/path?signature=secret");
  EXPECT_EQ(url->shown(), "https://h/path");
  EXPECT_EQ(parse_url("https://me:secret@h:port/").error().message.find("secret"),
            std::string::npos);
}

TEST(JoinUrl, FollowsRfc3986) {
  const Url base = *parse_url("https://me:pw@h:5/a/b/c?q=1");
  struct Row {
    std::string reference, joined;
  };
  const Row rows[] = {
      {"http://other/x?y", "http://other/x?y"},
      {"//other/x", "https://other/x"},
      {"/x/y?z", "https://h:5/x/y?z"},
      {"x", "https://h:5/a/b/x"},
      {"../x", "https://h:5/a/x"},
      {"../../../x", "https://h:5/x"},
      {"?n=2", "https://h:5/a/b/c?n=2"},
      {"", "https://h:5/a/b/c?q=1"},
      {"#f", "https://h:5/a/b/c?q=1"},
      {"x:1/y", ""},
      {"/a:b", "https://h:5/a:b"},
      {"javascript:alert", ""},
  };
  for (const Row& row : rows) {
    const auto joined = join_url(base, row.reference);
    EXPECT_EQ(joined ? joined->text() : "", row.joined) << row.reference;
    if (joined) {
      EXPECT_EQ(joined->user, "") << row.reference;
    }
  }
}

TEST(Percent, EncodesAndDecodes) {
  EXPECT_EQ(percent_encode("a b/c~d&\xff"), "a%20b%2Fc~d%26%FF");
  EXPECT_EQ(percent_encode("a/b c", "/"), "a/b%20c");
  EXPECT_EQ(*percent_decode("a%20b%2Fc"), "a b/c");
  for (const std::string bad : {"%", "%4", "%zz", "a%"})
    EXPECT_FALSE(percent_decode(bad).ok()) << bad;
}

TEST(Hosts, Addresses) {
  EXPECT_TRUE(is_loopback("127.0.0.1") && is_loopback("127.9.9.9") && is_loopback("::1"));
  EXPECT_FALSE(is_loopback("127.evil.example") || is_loopback("10.0.0.1"));
  EXPECT_TRUE(is_ip_address("10.0.0.1") && is_ip_address("fe80::1"));
  EXPECT_FALSE(is_ip_address("example.com"));
}

}  // namespace
}  // namespace seaworthy
