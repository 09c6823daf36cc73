#include "scan/extract/classifier.h"

#include <set>

#include <gmock/gmock.h>

#include "core/model/ownership_rule.h"
#include "scan/extract/content_test_support.h"
#include "scan/extract/executable_builder.h"
#include "scan/extract/lines.h"

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
  const bool script = text.starts_with("#!") || text.starts_with("<?php");
  const std::string bytes =
      script ? text : elf_of({{1, 5, std::string(200, 'c')}, {1, 4, text}, {1, 6, "data"}});
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

// Texts as they stand in the programs of Debian 12 and of upstream's images; "|" is a zero byte.
const std::vector<Row>& rows() {
  static const std::vector<Row> kRows{
      {"opt/arangosh", "Buffer.h|ArangoDB |3.11.8 [linux]|, using |", "arangodb@3.11.8"},
      {"opt/libcrypto.so", "|OpenSSL 1.1.1 (compatible; AWS-LC 1.69.0)|", "aws-lc@1.69.0"},
      {"usr/local/bin/bash", "@(#)Bash version 5.2.15(1) release GNU", "bash@5.2.15"},
      {"usr/local/bin/bun", " Bun/1.1.42 ", "bun@1.1.42"},
      {"bin/[", "of memory|BusyBox v1.36.1 (2023-12-04)", "busybox@1.36.1"},
      {"bin/busybox", "BusyBox v1.35.0 (2022-01-01)", "busybox@1.35.0"},
      {"opt/cabal", "/x86_64-linux-ghc-9.0.2/cabal-install-3.4.1.0|cab", "cabal@3.4.1.0"},
      {"opt/cabal", "|Cabal-3.10.2.0-inplace|", "cabal@3.10.2.0"},
      {"opt/chrome/chrome", "|127.0.6533.119|Default", "chrome@127.0.6533.119"},
      {"opt/consul", "CONSUL_VERSION: 1.15.2", "consul@1.15.2"},
      {"opt/consul", "-X main.GitDescribe=1.12.9\"", "consul@1.12.9"},
      {"opt/consul", "||v1.7.14||", "consul@1.7.14"},
      {"opt/libcurl.so.4.8.0", "libcurl/7.88.1", "curl@7.88.1"},
      {"usr/local/bin/curl", "Accept: application/json|curl/7.88.1|", "curl@7.88.1"},
      {"opt/dart", "\"Compiler,Dart,GC\"|3.5.2 (stable) (Wed", "dart@3.5.2"},
      {"opt/dart", "|3.6.0-216.1.beta (beta) (Wed", "dart@3.6.0-216.1.beta"},
      {"opt/deno", "Deno/2.6.3", "deno@2.6.3"},
      {"opt/envoy", "|1.2.13|and|1.36.4|..." + std::string(300, '.') + "envoy_reloadable_features",
       "envoy@1.36.4"},
      {"opt/envoy", "|1.34.5|.envoy.reloadable_features", "envoy@1.34.5"},
      {"opt/envoy", "|1.20.7|Unable to", "envoy@1.20.7"},
      {"opt/envoy", "|1.14.3|.ValidationError", "envoy@1.14.3"},
      {"opt/envoy", "|1.6.0|RELEASE", "envoy@1.6.0"},
      {"opt/erlexec", "_exit|/usr/src/otp_src_26.2/erts/lib_src|", "erlang@26.2"},
      {"opt/erlexec", "|/usr/local/src/otp-25.3.2.7/erts/|", "erlang@25.3.2.7"},
      {"opt/beam.smp", "path/erlang-25.2.3+dfsg/erts/x86_64", "erlang@25.2.3"},
      {"opt/beam.smp", "||26.1.2|||||Erlang/OTP", "erlang@26.1.2"},
      {"opt/ffmpeg", "name specified.\n|%s version 5.1.9-0+deb12u1|", "ffmpeg@5.1.9"},
      {"opt/libavutil.so.57.28.100", "your FFmpeg version to the|FFmpeg version 6.0|",
       "ffmpeg@6.0"},
      {"opt/fluent-bit", "|3.0.2|%sFluent Bit", "fluent-bit@3.0.2"},
      {"opt/fluent-bit", "||1.3.10||Fluent Bit v%s", "fluent-bit@1.3.10"},
      {"opt/gcc", "GCC: (GNU) 12.3.0", "gcc@12.3.0"},
      {"opt/x86_64-linux-gnu-gcc-12", " zstd|12.2.0|(Debian 12.2.0-14+deb12u1) |gcc version %s",
       "gcc@12.2.0"},
      {"opt/ghc", "|GHC 8.8.4|", "ghc@8.8.4"},
      {"opt/ghc-9.0.2", "|libHSghc-9.0.2-ghc9.0.2.so|", "ghc@9.0.2"},
      {"usr/local/go/bin/go", "..go1.19.8|runtime/cgo: |", "go@1.19.8"},
      {"usr/local/go/bin/go", "..go1.21rc2|", "go@1.21rc2"},
      {"opt/grafana", "||||release-12.3.1||||", "grafana@12.3.1"},
      {"opt/grafana", "|HEAD||11.0.0||", "grafana@11.0.0"},
      {"opt/grafana-server", "HEAD||||9.0.0|:|", "grafana@9.0.0"},
      {"opt/grafana-server", "|8.5.27|", "grafana@8.5.27"},
      {"opt/grafana-server", "|7.5.17|", "grafana@7.5.17"},
      {"opt/grafana-server", "|6.0.0-beta1|", "grafana@6.0.0-beta1"},
      {"usr/local/bin/gzip", "while zipping\n|1.12|||", "gzip@1.12"},
      {"opt/haproxy", "in version 12.2.0 of it; HAProxy version 2.6.12-1+deb12u4, released 20",
       "haproxy@2.6.12"},
      {"opt/haproxy", "HA-Proxy version 1.8.30 2021/04/12", "haproxy@1.8.30"},
      {"opt/haproxy", "05/29||||3.1-dev0-1eb0f22||||||HAProxy version follows", "haproxy@3.1-dev0"},
      {"opt/kdc", "@(#)$Version: Heimdal 7.8.0 $", "heimdal@7.8.0"},
      {"usr/bin/helm", "'||||||v3.11.1||", "helm@3.11.1"},
      {"usr/local/apache2/bin/httpd", "Apache/2.4.57 (Unix)", "httpd@2.4.57"},
      {"nginx-ingress-controller", "|v1.15.1||@e", "ingress-nginx@1.15.1"},
      {"usr/local/bin/pilot-discovery", "|1.26.8||1.26.8|", "istio@1.26.8"},
      {"usr/local/bin/pilot-agent", "Clean|||1.8.0|", "istio@1.8.0"},
      {"opt/jq", "failed: %s\n|1.6|DEBUG:|", "jq@1.6"},
      {"opt/libjulia-internal.so.1", "__init__|1.9.4|verify", "julia@1.9.4"},
      {"opt/libkrb5.so.3.3", "KRB5_BRAND: krb5-1.20.1-final 1.20.1 20221111", "krb5@1.20.1"},
      {"opt/lighttpd", "lighttpd/1.4.69 (ssl)", "lighttpd@1.4.69"},
      {"opt/mariadbd", "since MariaDB 10.1.7 |-0+deb12u1|10.11.19-MariaDB|x86_64|",
       "mariadb@10.11.19"},
      {"opt/mysql", "|10.6.15-MariaDB||10.6.15|mysql_native|", "mariadb@10.6.15"},
      {"opt/memcached", "memcached 1.6.18", "memcached@1.6.18"},
      {"usr/bin/mongod", "|6.0.27|tcmalloc", "mongodb@6.0.27"},
      {"usr/bin/mongod", "|7.0.28||heap_size", "mongodb@7.0.28"},
      {"usr/bin/mongod", "|8.0.17|cppdefines", "mongodb@8.0.17"},
      {"usr/bin/mysql", "shutdown|8.0.37|||||mysql_real_esc", "mysql@8.0.37"},
      {"usr/sbin/mysqld", "/release/mysql-8.0.4-rc/mysys_ssl/my_default.cc", "mysql@8.0.4-rc"},
      {"usr/sbin/ndbd", "|mysql-8.0.34 ndb-8.0.34|", "mysql-cluster@8.0.34"},
      {"opt/nginx", "nginx version: nginx/1.22.1", "nginx@1.22.1"},
      {"usr/local/bin/node", "node.js/v18.20.4", "node@18.20.4"},
      {"usr/local/bin/node", "|node v0.10.48|", "node@0.10.48"},
      {"usr/local/bin/node", "|v0.12.18|", "node@0.12.18"},
      {"usr/local/bin/node", "|v4.9.1|", "node@4.9.1"},
      {"usr/local/bin/node", "|v5.12.0|", "node@5.12.0"},
      {"usr/local/bin/node", "|v6.17.1|", "node@6.17.1"},
      {"opt/slapd", "@(#) $OpenLDAP: slapd 2.5.13 (Feb 8)", "openldap@2.5.13"},
      {"opt/ldapsearch", "@(#) $OpenLDAP: ldapsearch 2.5.13+dfsg-5 (Feb", "openldap@2.5.13"},
      {"opt/openresty/nginx/sbin/nginx", "nginx version: openresty/1.21.4.1", "openresty@1.21.4.1"},
      {"opt/openssl", "OpenSSL 1.1.1w  11 Sep 2023", "openssl@1.1.1w"},
      {"opt/openssl", "OpenSSL 3.2.0-alpha1 (Library", "openssl@3.2.0-alpha1"},
      {"opt/libcrypto.so.3", "OpenSSL 3.0.22 25 Aug 2026", "openssl@3.0.22"},
      {"usr/bin/mysql", "/percona-server-8.0.33-25/mysys/|8.0.33||mysql_", "percona-server@8.0.33"},
      {"usr/bin/xtrabackup", "/percona-xtrabackup-8.0.34-29/", "percona-xtrabackup@8.0.34"},
      {"usr/sbin/mysqld", "/Percona-XtraDB-Cluster-8.0.34/mysys", "percona-xtradb-cluster@8.0.34"},
      {"usr/local/bin/perl", "x||v5.36.0|y", "perl@5.36.0"},
      {"usr/local/bin/perl", "/usr/local/lib/perl5/5.38.2/x86_64", "perl@5.38.2"},
      {"usr/local/bin/php", "X-Powered-By: PHP/8.2.0RC3", "php@8.2.0RC3"},
      {"usr/local/sbin/php-fpm", "X-Powered-By: PHP/8.2.36", "php@8.2.36"},
      {"opt/postgres", "PostgreSQL 9.1, postgres (PostgreSQL) 15.20 (Debian)", "postgresql@15.20"},
      {"opt/postgres", "%s\".||||PostgreSQL 15beta4 on x86_64-pc-linux-gnu, compiled by gcc",
       "postgresql@15beta4"},
      {"opt/proftpd", "ProFTPD Version 1.3.8", "proftpd@1.3.8"},
      {"opt/libpypy3.9-c.so", "[PyPy 7.3.11 with GCC 12.2.0]", "pypy@7.3.11"},
      {"usr/local/lib/libpython3.11.so.1.0", "|1.2.13|3.2.0|3.11.2|", "python@3.11.2"},
      {"usr/local/bin/python3.13", "|3.13.0rc1|", "python@3.13.0rc1"},
      {"opt/libQt5Core.so.5.15.8", "|Qt 5.15.8 (x86_64-little_endian", "qt@5.15.8"},
      {"opt/libQtCore.so.4", "This is the QtCore library version 4.8.7", "qt@4.8.7"},
      {"opt/redis-server", "|127.0.0.1|1.0.0|6.2.0|7.0.15|7.0.3|2.8.9|", "redis@7.0.15"},
      {"opt/redis-server", "|7.0.14buildkitsandbox-1702957741000000000|", "redis@7.0.14"},
      {"opt/redis-server", "Server started, Redis version 2.8.23", "redis@2.8.23"},
      {"usr/local/lib/libruby.so.3.1.7", "ruby 3.1.7p261 (2025-03-26", "ruby@3.1.7"},
      {"lib/libstd-c6192dd4c4d410ac.so", "clang LLVM (rustc version 1.67.1 (d5a82bbd2 2023-02-07))",
       "rust@1.67.1"},
      {"lib/libstd-16f2b65e77054c42.dylib",
       "\xc3\xb0"
       "ec 1.67.1 (d5a82bbd2 2023-02-07)",
       "rust@1.67.1"},
      {"lib/libstd-a5a48102fbd58791.so", "CAPACITY/usr/src/rustc-1.63.0/library/alloc/src",
       "rust@1.63.0"},
      {"lib/libstd-d1237ef7159db0a2.so", "#rustc 1.95.0 (59807616e 2026-04-14)", "rust@1.95.0"},
      {"opt/sqlcipher", "p,0,%llu)|community|4.5.5|%s %s|", "sqlcipher@4.5.5"},
      {"opt/libsqlcipher.so.0.8.6", "_iter|3.4.1|cipher_page|3.15.2|", "sqlcipher@3.4.1"},
      {"opt/sqlite3", "|3.40.1|", "sqlite@3.40.1"},
      {"opt/stack", "Version 2.9.1, Git revision", "stack@2.9.1"},
      {"opt/stack", "/lib/x86_64-linux-ghc-9.0.2/stack-2.7.5|", "stack@2.7.5"},
      {"opt/swipl", "/usr/lib/swipl-9.1.2/lib", "swipl@9.1.2"},
      {"opt/traefik", "|v1.7.34|", "traefik@1.7.34"},
      {"opt/traefik", "|2.9.6|", "traefik@2.9.6"},
      {"usr/local/bin/getopt", "%s from %s\n|util-linux 2.38.1|", "util-linux@2.38.1"},
      {"opt/valkey-server", "valkey9.0.0buildkitsandbox-1764887574000000000", "valkey@9.0.0"},
      {"opt/valkey-server", "|7.2.4|8.1.3|", "valkey@8.1.3"},
      {"bin/vault", "secrets revoke1.18.0", "vault@1.18.0"},
      {"bin/vault", "||1.11.6||", "vault@1.11.6"},
      {"opt/liblzma.so.5.4.1", "|5.4.1|", "xz@5.4.1"},
      {"opt/xz", "Filter chain: %s\n|xz (XZ Utils) 5.4.1|", "xz@5.4.1"},
      {"opt/zstd", "Disabled|Enabled|v1.5.4|Zstandard CLI|", "zstd@1.5.4"},
      {"opt/libzstd.so.1.5.4", "|1.5.4|", "zstd@1.5.4"},
  };
  return kRows;
}

// Scripts and PHP archives: no executables.
const std::vector<Row>& scripts() {
  static const std::vector<Row> kRows{
      {"usr/local/bin/elixir", "#!/bin/sh\nset -e\nELIXIR_VERSION=1.14.0\n", "elixir@1.14.0"},
      {"usr/local/bin/elixir", "#!/bin/sh\nELIXIR_VERSION=1.17.0-rc.1\n", "elixir@1.17.0-rc.1"},
      {"usr/bin/composer",
       "#!/usr/bin/env php\n<?php\nconst VERSION = '2.5.5';\nconst BRANCH_ALIAS_VERSION = '';",
       "composer@2.5.5"},
      {"opt/composer.phar", "<?php x 'name' => 'composer', 'pretty_version' => '2.7.0RC1', ",
       "composer@2.7.0RC1"},
      {"usr/local/bin/wp", "#!/usr/bin/env php\n<?php __HALT_COMPILER(); wp-cli/wp-cli 2.9.0\n",
       "wp-cli@2.9.0"},
  };
  return kRows;
}

// Far enough behind the beginning that pieces end anywhere.
std::string in_the_middle(const std::string& text) {
  return std::string(700, '.') + zeros(text) + std::string(300, '.');
}

TEST(Classifier, EveryRow) {
  std::set<std::string> seen;
  const auto check = [&](const Row& row, const std::string& text) {
    for (const std::size_t piece : {1U, 11U, 1U << 20}) {
      EXPECT_EQ(classified(row.path, text, piece), row.expected) << row.path << " " << piece;
    }
    const std::string expected = row.expected;
    seen.insert(expected.substr(0, expected.find('@')));
  };
  for (const Row& row : rows()) check(row, in_the_middle(row.text));
  for (const Row& row : scripts()) check(row, row.text);
  for (const Classifier& classifier : all_classifiers()) {
    EXPECT_TRUE(seen.contains(std::string(classifier.name))) << classifier.name << " has no row";
    EXPECT_LE(classifier.within, kClassifierReach) << classifier.name;
  }
}

// What each row accepts it accepts in some test: no row is one that others always speak before.
TEST(Classifier, NoRowIsIdle) {
  std::vector<Row> all = rows();
  all.insert(all.end(), scripts().begin(), scripts().end());
  for (const Classifier& classifier : all_classifiers()) {
    const bool used = std::any_of(all.begin(), all.end(), [&](const Row& row) {
      const std::string_view name = base_name(row.path);
      const std::string text = zeros(row.text);
      if (!applies(classifier, name)) return false;
      for (std::size_t at = text.find(classifier.before); at != text.npos;
           at = text.find(classifier.before, at + 1)) {
        const auto here = std::string_view(text).substr(at + classifier.before.size());
        if (!version_at(classifier, numbers_in(name), here).empty()) return true;
      }
      return false;
    });
    EXPECT_TRUE(used) << classifier.name << " " << classifier.before << " " << classifier.begins;
  }
}

TEST(Classifier, NamesOfNvd) {
  const auto cpe = [](const char* path, const std::string& text) {
    const std::string bytes = elf_of({{1, 4, zeros(text)}});
    return std::string(read_content(path, bytes).packages.at(0).property("cpe"));
  };
  EXPECT_EQ(cpe("opt/bun", "Bun/1.1.42 "),
            "cpe:2.3:a:bun:bun:1.1.42:*:*:*:*:*:*:* cpe:2.3:a:oven:bun:1.1.42:*:*:*:*:*:*:*");
  EXPECT_EQ(cpe("opt/openssl", "OpenSSL 3.2.0-alpha1 x"),
            "cpe:2.3:a:openssl:openssl:3.2.0:alpha1:*:*:*:*:*:*");
  EXPECT_EQ(cpe("opt/erlexec", "/otp_src_26.2/erts"),
            "cpe:2.3:a:erlang:erlang\\/otp:26.2:*:*:*:*:*:*:*");
}

// The compiler's name in debug information is behind everything that is loaded.
TEST(Classifier, WhatIsNotLoadedIsSearchedWhereARowSaysSo) {
  const std::string tail = zeros("|clang LLVM (rustc version 1.67.1 (d5a82bbd2 2023-02-07))|") +
                           "libcurl/7.88.1" + std::string(40, '.');
  const std::string bytes = elf_of({{1, 4, "data"}}) + tail;
  EXPECT_THAT(read_content("lib/libstd-c6192dd4c4d410ac.so", bytes, 7).packages,
              testing::SizeIs(1));
  EXPECT_THAT(read_content("lib/libcurl.so", bytes, 7).packages, IsEmpty());
}

// A text at the very beginning of a segment has its zero in front of it.
TEST(Classifier, FirstTextOfASegment) {
  EXPECT_EQ(classified("opt/liblzma.so.5.4.1", zeros("5.4.1|"), 1 << 20), "xz@5.4.1");
}

TEST(Classifier, WhatIsNoVersionOrNoSuchFile) {
  for (const Row& row : std::initializer_list<Row>{
           {"usr/bin/other", "nginx version: nginx/1.22.1", ""},
           {"usr/bin/composer", "const VERSION = '2.5.5'; BRANCH_ALIAS_VERSION", ""},
           {"usr/bin/elixir", "#!/bin/sh\n", ""},
           {"opt/envoy", zeros("|1.2.13|Unable to ValidationError envoy_reloadable_features"), ""},
           {"opt/gzip", zeros("|2.12|"), ""},
           {"opt/mongod", zeros("|6.0.27|" + std::string(30, '.') + "tcmalloc"), ""},
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
