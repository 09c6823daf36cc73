#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "core/base/file.h"
#include "core/codec/digest.h"
#include "scan/image/image.h"

// For tests: writes layouts and archives, piece by piece, so that a test can leave any piece wrong.
namespace seaworthy::fixture {

inline constexpr const char* kImageType = "application/vnd.oci.image.manifest.v1+json";
inline constexpr const char* kIndexType = "application/vnd.oci.image.index.v1+json";
inline constexpr const char* kConfigType = "application/vnd.oci.image.config.v1+json";
inline constexpr const char* kLayerType = "application/vnd.oci.image.layer.v1.tar";

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string name = std::filesystem::temp_directory_path() / "image-test-XXXXXX";
    path_ = ::mkdtemp(name.data());
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
  std::string path(const std::string& name = "") const {
    return name.empty() ? path_ : path_ + "/" + name;
  }

 private:
  std::string path_;
};

inline void write_file(const std::string& path, std::string_view bytes) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream(path, std::ios::binary) << bytes;
}

struct Blob {
  std::string digest, bytes, media_type;
};

// A descriptor; `more` is further members, with a comma in front.
inline std::string descriptor(const Blob& blob, const std::string& more = "") {
  return R"({"mediaType":")" + blob.media_type + R"(","digest":")" + blob.digest + R"(","size":)" +
         std::to_string(blob.bytes.size()) + more + "}";
}

inline std::string platform_member(const Platform& platform) {
  return R"(,"platform":{"os":")" + platform.os + R"(","architecture":")" + platform.arch + "\"" +
         (platform.variant.empty() ? "" : R"(,"variant":")" + platform.variant + "\"") + "}";
}

inline std::string named(const std::string& name) {
  return R"(,"annotations":{"org.opencontainers.image.ref.name":")" + name + "\"}";
}

inline std::string join(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ",") + part;
  return text;
}

class LayoutWriter {
 public:
  explicit LayoutWriter(std::string directory) : directory_(std::move(directory)) {
    write_file(directory_ + "/oci-layout", R"({"imageLayoutVersion":"1.0.0"})");
  }

  Blob put(const std::string& bytes, const std::string& media_type) const {
    Blob blob{sha256(bytes), bytes, media_type};
    write_file(path_of(blob), bytes);
    return blob;
  }
  std::string path_of(const Blob& blob) const {
    return directory_ + "/blobs/sha256/" + blob.digest.substr(7);
  }
  void remove(const Blob& blob) const { std::filesystem::remove(path_of(blob)); }

  static std::string config_json(const Platform& platform, const std::vector<std::string>& layers) {
    std::vector<std::string> ids, history;
    for (const std::string& layer : layers) {
      ids.push_back("\"" + sha256(layer) + "\"");
      history.push_back(R"({"created_by":"made )" + std::string(layer.c_str()).substr(0, 10) +
                        "\"}");
      history.emplace_back(R"({"created_by":"ENV","empty_layer":true})");
    }
    return R"({"created":"2024-05-01T10:00:00.123456789Z","os":")" + platform.os +
           R"(","architecture":")" + platform.arch + R"(","variant":")" + platform.variant +
           R"(","rootfs":{"type":"layers","diff_ids":[)" + join(ids) + R"(]},"history":[)" +
           join(history) + "]}";
  }

  // An image of layers that are not compressed; their content is any text.
  Blob image(const Platform& platform, const std::vector<std::string>& layers) const {
    const Blob config = put(config_json(platform, layers), kConfigType);
    std::vector<std::string> stored;
    for (const std::string& layer : layers) stored.push_back(descriptor(put(layer, kLayerType)));
    return manifest(config, stored);
  }
  Blob manifest(const Blob& config, const std::vector<std::string>& layers,
                const std::string& more = "") const {
    return put(R"({"schemaVersion":2,"mediaType":")" + std::string(kImageType) + R"(","config":)" +
                   descriptor(config) + R"(,"layers":[)" + join(layers) + "]" + more + "}",
               kImageType);
  }
  static std::string index_json(const std::vector<std::string>& children) {
    return R"({"schemaVersion":2,"mediaType":")" + std::string(kIndexType) + R"(","manifests":[)" +
           join(children) + "]}";
  }
  Blob index(const std::vector<std::string>& children) const {
    return put(index_json(children), kIndexType);
  }
  void root(const std::vector<std::string>& entries) const {
    write_file(directory_ + "/index.json", index_json(entries));
  }

 private:
  std::string directory_;
};

// One member of a ustar archive; `type` '0' file, '1' hard link, '2' symbolic link.
inline std::string tar_member(const std::string& path, const std::string& bytes, char type = '0',
                              const std::string& target = "") {
  std::string header(512, '\0');
  header.replace(0, path.size(), path);
  std::snprintf(header.data() + 100, 8, "%07o", 0644U);
  std::snprintf(header.data() + 124, 12, "%011zo", bytes.size());
  header[156] = type;
  header.replace(157, target.size(), target);
  header.replace(257, 8,
                 std::string("ustar\0"
                             "00",
                             8));
  header.replace(148, 8, "        ");
  unsigned sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  std::snprintf(header.data() + 148, 8, "%06o", sum);
  return header + bytes + std::string((512 - bytes.size() % 512) % 512, '\0');
}

inline std::string tar_of_directory(const std::string& directory) {
  std::string tar;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (!entry.is_regular_file()) continue;
    const Result<std::string> bytes = read_file(entry.path(), 100 * kMiB);
    tar += tar_member(std::filesystem::relative(entry.path(), directory), *bytes);
  }
  return tar + std::string(1024, '\0');
}

// What the sandboxed worker does in the program: lists a plain tar.
inline Result<ArchiveIndex> list_plain_tar(std::shared_ptr<Fd> input) {
  ArchiveIndex index;
  ASSIGN_OR_RETURN(const std::uint64_t size, file_size(input->get()));
  index.file = std::move(input);
  for (std::uint64_t at = 0; at + 512 <= size;) {
    std::string header(512, '\0');
    RETURN_IF_ERROR(read_exactly_at(index.file->get(), header.data(), 512, at));
    if (header[0] == '\0') break;
    if (header.compare(257, 5, "ustar") != 0) return Error{ErrorCode::kInvalidInput, "not a tar"};
    const std::uint64_t bytes = std::strtoull(header.substr(124, 11).c_str(), nullptr, 8);
    ArchiveIndex::Member member{header.c_str(), "", at + 512, bytes};
    if (header[156] == '1' || header[156] == '2')
      member.link_target = header.substr(157, 100).c_str();
    if (header[156] != '5') index.members.push_back(std::move(member));
    at += 512 + (bytes + 511) / 512 * 512;
  }
  return index;
}

inline ImageOptions options() {
  ImageOptions options;
  options.platforms = {};
  options.index_archive = list_plain_tar;
  return options;
}

inline std::string content_of(const ImageLayer& layer) {
  std::string bytes(layer.bytes.size, '\0');
  if (!layer.bytes.file ||
      !read_exactly_at(layer.bytes.file->get(), bytes.data(), bytes.size(), layer.bytes.offset)) {
    return "unreadable";
  }
  return bytes;
}

inline const Platform kAmd64{"linux", "amd64", ""};
inline const Platform kArm64{"linux", "arm64", "v8"};
inline const Platform kArmV7{"linux", "arm", "v7"};
inline const Platform kRiscv{"linux", "riscv64", ""};

}  // namespace seaworthy::fixture
