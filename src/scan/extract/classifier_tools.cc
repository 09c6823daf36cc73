// Tools and libraries.
#include <array>

#include "scan/extract/classifier.h"

namespace seaworthy {
namespace {

constexpr std::string_view kZero("\0", 1);
constexpr std::string_view kCommunityZero("community\0", 10);
constexpr std::string_view kZeroV("\0v", 2);
constexpr std::string_view kZeroDefault("\0Default", 8);
constexpr std::string_view kZeroQt("\0Qt ", 4);

constexpr auto kRows = std::to_array<Classifier>({
    {.name = "aws-lc",
     .cpe = "amazon:aws_libcrypto",
     .files = "openssl libcrypto.so* libssl.so*",
     .before = "(compatible; AWS-LC ",
     .instead_of = "openssl"},
    {.name = "bash", .cpe = "gnu:bash", .files = "bash", .before = "@(#)Bash version "},
    {.name = "busybox",
     .cpe = "busybox:busybox",
     .files = "busybox* [ sh ash",
     .before = "BusyBox v"},
    {.name = "chrome",
     .cpe = "google:chrome",
     .files = "chrome chromium headless_shell chrome-headless-shell",
     .before = kZero,
     .after = kZeroDefault,
     .parts = 4},
    {.name = "curl", .cpe = "haxx:curl", .files = "curl libcurl*.so*", .before = "curl/"},
    {.name = "ffmpeg",
     .cpe = "ffmpeg:ffmpeg",
     .files = "ffmpeg ffprobe ffplay",
     .before = "%s version ",
     .parts = 2},
    {.name = "ffmpeg",
     .cpe = "ffmpeg:ffmpeg",
     .files = "libav*.so* libsw*.so* libpostproc.so*",
     .before = "FFmpeg version ",
     .parts = 2},
    {.name = "gzip",
     .cpe = "gnu:gzip",
     .files = "gzip",
     .before = kZero,
     .after = kZero,
     .begins = "1.",
     .parts = 2},
    {.name = "helm", .cpe = "helm:helm", .files = "helm", .before = kZeroV, .after = kZero},
    {.name = "jq",
     .cpe = "jqlang:jq",
     .files = "jq",
     .before = kZero,
     .after = kZero,
     .begins = "1.",
     .parts = 2},
    {.name = "openssl",
     .cpe = "openssl:openssl",
     .files = "openssl libcrypto.so* libssl.so*",
     .before = "OpenSSL ",
     .letters = true},
    {.name = "qt", .cpe = "qt:qt", .files = "libQt*Core.so*", .before = kZeroQt, .after = " ("},
    {.name = "qt", .cpe = "qt:qt", .files = "libQt*Core.so*", .before = "QtCore library version "},
    {.name = "sqlcipher",
     .cpe = "zetetic:sqlcipher",
     .files = "sqlcipher libsqlcipher*.so*",
     .before = kCommunityZero,
     .after = kZero},
    {.name = "sqlcipher",
     .cpe = "zetetic:sqlcipher",
     .files = "sqlcipher libsqlcipher*.so*",
     .before = kZero,
     .after = kZero,
     .begins = "3.4."},
    {.name = "sqlite",
     .cpe = "sqlite:sqlite",
     .files = "sqlite3 libsqlite3.so*",
     .before = kZero,
     .after = kZero,
     .begins = "3."},
    {.name = "util-linux",
     .cpe = "kernel:util-linux",
     .files = "getopt lsblk mount umount findmnt",
     .before = "util-linux ",
     .parts = 2},
    {.name = "wp-cli",
     .cpe = "wp-cli:wp-cli",
     .files = "wp wp-cli*.phar",
     .before = "wp-cli/wp-cli ",
     .script = true},
    {.name = "xz",
     .cpe = "tukaani:xz",
     .files = "liblzma.so*",
     .before = kZero,
     .after = kZero,
     .begins = "5.",
     .letters = true},
    {.name = "xz", .cpe = "tukaani:xz", .files = "xz", .before = "xz (XZ Utils) ", .letters = true},
    {.name = "zstd",
     .cpe = "facebook:zstandard",
     .files = "zstd",
     .before = kZeroV,
     .after = kZero,
     .begins = "1."},
    {.name = "zstd",
     .cpe = "facebook:zstandard",
     .files = "libzstd.so*",
     .before = kZero,
     .after = kZero,
     .begins = "1."},
});

}  // namespace

std::span<const Classifier> tool_classifiers() {
  return kRows;
}

}  // namespace seaworthy
