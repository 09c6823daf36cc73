// Each row was found in the programs that distributions and upstream projects publish; the tests
// name which.
#include <array>

#include "scan/extract/classifier.h"

namespace seaworthy {
namespace {

constexpr std::string_view kZero("\0", 1);
constexpr std::string_view kZeroV("\0v", 2);

constexpr auto kClassifiers = std::to_array<Classifier>({
    {.name = "bash", .cpe = "gnu:bash", .files = "bash", .before = "@(#)Bash version "},
    {.name = "busybox", .cpe = "busybox:busybox", .files = "busybox*", .before = "BusyBox v"},
    {.name = "curl", .cpe = "haxx:curl", .files = "curl libcurl*.so*", .before = "libcurl/"},
    {.name = "haproxy",
     .cpe = "haproxy:haproxy",
     .files = "haproxy",
     .before = " version ",
     .near = ", released "},
    {.name = "httpd", .cpe = "apache:http_server", .files = "httpd apache2", .before = "Apache/"},
    {.name = "lighttpd", .cpe = "lighttpd:lighttpd", .files = "lighttpd", .before = "lighttpd/"},
    {.name = "mariadb",
     .cpe = "mariadb:mariadb",
     .files = "mariadbd mysqld mariadb-server",
     .before = "MariaDB ",
     .highest = true},
    {.name = "memcached",
     .cpe = "memcached:memcached",
     .files = "memcached",
     .before = "memcached "},
    {.name = "nginx", .cpe = "f5:nginx", .files = "nginx*", .before = "nginx version: nginx/"},
    {.name = "openresty",
     .cpe = "openresty:openresty",
     .files = "nginx* openresty*",
     .before = "nginx version: openresty/"},
    {.name = "node",
     .cpe = "nodejs:node.js",
     .files = "node nodejs libnode.so*",
     .before = "node.js/v"},
    {.name = "openldap",
     .cpe = "openldap:openldap",
     .files = "slapd",
     .before = "$OpenLDAP: slapd "},
    {.name = "openssl",
     .cpe = "openssl:openssl",
     .files = "openssl libcrypto.so* libssl.so*",
     .before = "OpenSSL ",
     .letters = true},
    {.name = "perl",
     .cpe = "perl:perl",
     .files = "perl perl5* libperl.so*",
     .before = kZeroV,
     .after = kZero,
     .begins = "5."},
    {.name = "php",
     .cpe = "php:php",
     .files = "php php5* php-* php7* php8* libphp*.so*",
     .before = "X-Powered-By: PHP/",
     .letters = true},
    {.name = "postgresql",
     .cpe = "postgresql:postgresql",
     .files = "postgres",
     .before = "postgres (PostgreSQL) ",
     .parts = 2,
     .letters = true},
    {.name = "proftpd",
     .cpe = "proftpd:proftpd",
     .files = "proftpd",
     .before = "ProFTPD Version ",
     .letters = true},
    {.name = "python",
     .cpe = "python:python",
     .files = "python2* python3* libpython*.so*",
     .before = kZero,
     .after = kZero,
     .letters = true,
     .by_name = true},
    {.name = "redis",
     .cpe = "redis:redis",
     .files = "redis-server redis-check-rdb redis-check-aof redis-sentinel",
     .before = kZero,
     .after = kZero,
     .highest = true},
    {.name = "ruby",
     .cpe = "ruby-lang:ruby",
     .files = "ruby ruby2* ruby3* libruby*.so*",
     .before = "ruby "},
    {.name = "sqlite",
     .cpe = "sqlite:sqlite",
     .files = "sqlite3 libsqlite3.so*",
     .before = kZero,
     .after = kZero,
     .begins = "3."},
    {.name = "xz",
     .cpe = "tukaani:xz",
     .files = "liblzma.so*",
     .before = kZero,
     .after = kZero,
     .begins = "5.",
     .letters = true},
});

}  // namespace

std::span<const Classifier> all_classifiers() {
  return kClassifiers;
}

}  // namespace seaworthy
