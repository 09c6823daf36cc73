#include "scan/extract/classifier.h"

#include <set>

#include <gmock/gmock.h>

#include "core/model/ownership_rule.h"
#include "scan/extract/content_test_support.h"
#include "scan/extract/executable_builder.h"

namespace seaworthy {
namespace {

using test::elf_of;
using test::read_content;
using testing::IsEmpty;

struct Row {
  const char* path;
  std::string text;
  const char* expected;  // purls, separated by spaces
};

std::string classified(const char* path, const std::string& text, std::size_t piece) {
  const std::string bytes = elf_of({{1, 5, std::string(200, 'c')}, {1, 4, text}, {1, 6, "data"}});
  std::string out;
  for (const Package& package : read_content(path, bytes, piece).packages) {
    EXPECT_EQ(package.property(kUnlessOwned), "yes");
    EXPECT_NE(package.property("cpe"), "");
    if (!out.empty()) out += ' ';
    out += std::string(package.property("purl")).substr(std::string("pkg:generic/").size());
  }
  return out;
}

std::string zeros(const std::string& text) {
  std::string out = text;
  std::replace(out.begin(), out.end(), '|', '\0');
  return out;
}

// Texts as they stand in the programs of Debian 12 and of upstream's images.
const std::vector<Row>& rows() {
  static const std::vector<Row> kRows{
      {"usr/local/bin/bash", "@(#)Bash version 5.2.15(1) release GNU", "bash@5.2.15"},
      {"bin/busybox", "BusyBox v1.35.0 (2022-01-01)", "busybox@1.35.0"},
      {"opt/libcurl.so.4.8.0", "libcurl/7.88.1", "curl@7.88.1"},
      {"opt/haproxy", "in version 12.2.0 of it; HAProxy version 2.6.12-1+deb12u4, released 20",
       "haproxy@2.6.12"},
      {"usr/local/apache2/bin/httpd", "Apache/2.4.57 (Unix)", "httpd@2.4.57"},
      {"opt/lighttpd", "lighttpd/1.4.69 (ssl)", "lighttpd@1.4.69"},
      {"opt/mariadbd", "since MariaDB 10.1.7 and MariaDB 10.11.19", "mariadb@10.11.19"},
      {"opt/memcached", "memcached 1.6.18", "memcached@1.6.18"},
      {"opt/nginx", "nginx version: nginx/1.22.1", "nginx@1.22.1"},
      {"opt/openresty/nginx/sbin/nginx", "nginx version: openresty/1.21.4.1", "openresty@1.21.4.1"},
      {"usr/local/bin/node", "node.js/v18.20.4", "node@18.20.4"},
      {"opt/slapd", "@(#) $OpenLDAP: slapd 2.5.13 (Feb 8)", "openldap@2.5.13"},
      {"opt/openssl", "OpenSSL 1.1.1w  11 Sep 2023", "openssl@1.1.1w"},
      {"opt/libcrypto.so.3", "OpenSSL 3.0.22 25 Aug 2026", "openssl@3.0.22"},
      {"usr/local/bin/perl", zeros("x|v5.36.0|y"), "perl@5.36.0"},
      {"usr/local/bin/php", "X-Powered-By: PHP/8.2.0RC3", "php@8.2.0RC3"},
      {"usr/local/sbin/php-fpm", "X-Powered-By: PHP/8.2.36", "php@8.2.36"},
      {"opt/postgres", "PostgreSQL 9.1, postgres (PostgreSQL) 15.20 (Debian)", "postgresql@15.20"},
      {"opt/proftpd", "ProFTPD Version 1.3.8", "proftpd@1.3.8"},
      {"usr/local/lib/libpython3.11.so.1.0", zeros("|1.2.13|3.2.0|3.11.2|"), "python@3.11.2"},
      {"usr/local/bin/python3.13", zeros("|3.13.0rc1|"), "python@3.13.0rc1"},
      {"opt/redis-server", zeros("|127.0.0.1|1.0.0|6.2.0|7.0.15|7.0.3|2.8.9|"), "redis@7.0.15"},
      {"usr/local/lib/libruby.so.3.1.7", "ruby 3.1.7p261 (2025-03-26", "ruby@3.1.7"},
      {"opt/sqlite3", zeros("|3.40.1|"), "sqlite@3.40.1"},
      {"opt/liblzma.so.5.4.1", zeros("|5.4.1|"), "xz@5.4.1"},
  };
  return kRows;
}

TEST(Classifier, EveryRow) {
  std::set<std::string> seen;
  for (const Row& row : rows()) {
    for (const std::size_t piece : {1U, 11U, 1U << 20}) {
      // Far enough behind the beginning that pieces end anywhere.
      EXPECT_EQ(
          classified(row.path, std::string(700, '.') + row.text + std::string(300, '.'), piece),
          row.expected)
          << row.path << " " << piece;
    }
    const std::string expected = row.expected;
    seen.insert(expected.substr(0, expected.find('@')));
  }
  for (const Classifier& classifier : all_classifiers()) {
    EXPECT_TRUE(seen.contains(std::string(classifier.name))) << classifier.name << " has no row";
  }
}

// A text at the very beginning of a segment has its zero in front of it.
TEST(Classifier, FirstTextOfASegment) {
  EXPECT_EQ(classified("opt/liblzma.so.5.4.1", zeros("5.4.1|"), 1 << 20), "xz@5.4.1");
}

TEST(Classifier, WhatIsNoVersionOrNoSuchFile) {
  for (const Row& row : std::initializer_list<Row>{
           {"usr/bin/other", "nginx version: nginx/1.22.1", ""},
           {"opt/nginx", "nginx version: nginx/%s", ""},
           {"opt/nginx", "nginx version: nginx/1.22", ""},
           {"opt/nginx", "nginx version: nginx/1." + std::string(200, '9') + ".1", ""},
           {"opt/nginx", "", ""},
           {"usr/bin/python3.11", zeros("|3.12.1|"), ""},
           {"usr/bin/python3.11", zeros("|3.11.2-custom|"), ""},
           {"opt/sqlite3", zeros("|4.0.1|"), ""},
           {"opt/openssl", "OpenSSL 3.0", ""},
       }) {
    EXPECT_EQ(classified(row.path, row.text, 1 << 20), row.expected) << row.path << row.text;
  }
  EXPECT_THAT(read_content("opt/nginx", "#!/bin/sh\nnginx version: nginx/1.22.1").packages,
              IsEmpty());
}

}  // namespace
}  // namespace seaworthy
