#include "scan/image/layout.h"

#include <sys/stat.h>

#include <gmock/gmock.h>

#include "scan/image/layout_fixture.h"

namespace seaworthy {
namespace {

using namespace fixture;
using testing::HasSubstr;

class Layout : public testing::Test {
 protected:
  Result<std::vector<Image>> open(const std::string& ref = "", ImageOptions chosen = options()) {
    return open_images("oci:" + directory_.path() + (ref.empty() ? "" : ":" + ref), chosen);
  }
  std::string message(const std::string& ref = "", const ImageOptions& chosen = options()) {
    const auto images = open(ref, chosen);
    return images ? "no error"
                  : std::string(name_of(images.error().code)) + " " + images.error().message;
  }
  static ImageOptions with(std::vector<Platform> platforms) {
    ImageOptions chosen = options();
    chosen.platforms = std::move(platforms);
    return chosen;
  }

  TemporaryDirectory directory_;
  LayoutWriter writer_{directory_.path()};
};

TEST_F(Layout, OneImage) {
  const Blob image = writer_.image(kAmd64, {"lower layer", "upper layer"});
  writer_.root({descriptor(image, named("latest"))});
  const auto images = open();
  ASSERT_TRUE(images.ok()) << images.error().message;
  ASSERT_EQ(images->size(), 1u);
  const Image& read = images->front();
  EXPECT_EQ(read.reference, "oci:" + directory_.path());
  EXPECT_EQ(read.digest, image.digest);
  EXPECT_EQ(read.platform, kAmd64);
  EXPECT_EQ(read.created, "2024-05-01T10:00:00Z");
  EXPECT_TRUE(read.rootfs.empty());
  ASSERT_EQ(read.layers.size(), 2u);
  EXPECT_EQ(read.layers[0].descriptor.digest, sha256("lower layer"));
  EXPECT_EQ(read.layers[0].descriptor.diff_id, sha256("lower layer"));
  EXPECT_EQ(read.layers[0].descriptor.size, 11u);
  EXPECT_EQ(read.layers[1].descriptor.created_by, "made upper laye");
  EXPECT_EQ(content_of(read.layers[1]), "upper layer");
  EXPECT_TRUE(read.problems.empty());
}

TEST_F(Layout, PlatformsOfOneIndex) {
  const Blob amd = writer_.image(kAmd64, {"amd"});
  const Blob arm = writer_.image(kArm64, {"arm"});
  const Blob old = writer_.image(kArmV7, {"old"});
  const Blob proof = writer_.put("{}", kImageType);
  const Platform nowhere{"unknown", "unknown", ""};
  const Blob index = writer_.index(
      {descriptor(amd, platform_member(kAmd64)), descriptor(arm, platform_member(kArm64)),
       descriptor(old, platform_member(kArmV7)), descriptor(proof, platform_member(nowhere))});
  writer_.root({descriptor(index, named("1"))});
  struct Case {
    const char* name;
    std::vector<Platform> wanted;
    std::vector<std::string> digests;
  };
  const Case cases[]{
      {"amd64", {{"linux", "amd64", ""}}, {amd.digest}},
      {"another name of it", {{"linux", "x86_64", ""}}, {amd.digest}},
      {"arm64 without variant", {{"linux", "arm64", ""}}, {arm.digest}},
      {"arm64/v8", {{"linux", "arm64", "v8"}}, {arm.digest}},
      {"arm", {{"linux", "arm", ""}}, {old.digest}},
      {"two", {kArm64, kAmd64}, {arm.digest, amd.digest}},
      {"one twice", {kArm64, {"linux", "aarch64", ""}}, {arm.digest}},
  };
  for (const Case& row : cases) {
    SCOPED_TRACE(row.name);
    const auto images = open("", with(row.wanted));
    ASSERT_TRUE(images.ok()) << images.error().message;
    std::vector<std::string> digests;
    for (const Image& image : *images) digests.push_back(image.digest);
    EXPECT_EQ(digests, row.digests);
  }
  EXPECT_THAT(
      message("", with({kRiscv})),
      HasSubstr("no image for linux/riscv64; it has linux/amd64, linux/arm64/v8, linux/arm/v7"));
  ImageOptions all = options();
  all.all_platforms = true;
  ASSERT_TRUE(open("", all).ok());
  EXPECT_EQ(open("", all)->size(), 3u);
}

TEST_F(Layout, TheIndexTellsAVariantThatTheConfigurationLeavesOut) {
  const Platform arm{"linux", "arm", ""}, v6{"linux", "arm", "v6"};
  struct Case {
    const char* name;
    Platform configured, listed;
    std::string said;
  };
  for (const Case& row :
       {Case{"left out", arm, kArmV7, "linux/arm/v7"},
        Case{"another than usual", arm, v6, "linux/arm/v6"},
        Case{"both", kArmV7, kArmV7, "linux/arm/v7"}, Case{"nowhere", arm, arm, "linux/arm"},
        Case{"in the configuration", kArmV7, arm, "linux/arm/v7"},
        Case{"of another architecture", kRiscv, kArmV7, "linux/riscv64"}}) {
    const Blob image = writer_.image(row.configured, {"layer"});
    writer_.root({descriptor(image, platform_member(row.listed))});
    const auto images = open("", with({row.listed}));
    ASSERT_TRUE(images.ok()) << row.name << ": " << images.error().message;
    EXPECT_EQ(images->front().platform.text(), row.said) << row.name;
  }
}

TEST_F(Layout, VersionsOfWindows) {
  const Platform windows{"windows", "amd64", ""};
  const Blob older = writer_.image(windows, {"older"});
  const Blob newer = writer_.image(windows, {"newer"});
  const auto member = [](const std::string& version) {
    return R"(,"platform":{"os":"windows","architecture":"amd64","os.version":")" + version + "\"}";
  };
  writer_.root({descriptor(writer_.index(
      {descriptor(older, member("10.0.17763.5820")), descriptor(newer, member("10.0.20348.1"))}))});
  struct Row {
    const char* wanted;
    std::string digest;  // "" there is none
    const char* words;   // of the problem, or of the error
  };
  const Row rows[] = {
      {"windows(10.0.20348.1)/amd64", newer.digest, ""},
      {"windows(10.0.20348)/amd64", newer.digest, ""},
      {"windows/amd64:10.0.17763.5820", older.digest, ""},
      {"windows(10.0.2034)/amd64", "", "has no image for windows(10.0.2034)/amd64; it has "},
      {"windows(10.0)/amd64", older.digest,
       "windows(10.0.17763.5820)/amd64 was read, the first of windows(10.0.17763.5820)/amd64, "
       "windows(10.0.20348.1)/amd64"},
      {"windows/amd64", older.digest, "was read, the first of"},
  };
  for (const Row& row : rows) {
    const auto images = open("", with({*parse_platform(row.wanted)}));
    EXPECT_EQ(images ? images->front().digest : "", row.digest) << row.wanted;
    if (!images) {
      EXPECT_THAT(images.error().message, HasSubstr(row.words)) << row.wanted;
      continue;
    }
    ASSERT_EQ(images->front().problems.size(), *row.words == '\0' ? 0U : 1U) << row.wanted;
    if (*row.words != '\0') {
      EXPECT_THAT(images->front().problems[0].message, HasSubstr(row.words)) << row.wanted;
    }
  }
}

TEST_F(Layout, HostPlatformIsTheDefault) {
  const Blob host = writer_.image(host_platform(), {"host"});
  const Blob other = writer_.image(kRiscv, {"other"});
  writer_.root({descriptor(writer_.index({descriptor(other, platform_member(kRiscv)),
                                          descriptor(host, platform_member(host_platform()))}))});
  ASSERT_TRUE(open().ok());
  EXPECT_EQ(open()->front().digest, host.digest);
}

TEST_F(Layout, ASinglePlatformWorksOnEveryHost) {
  const Blob image = writer_.image(kRiscv, {"a"});
  const Blob proof = writer_.image({"unknown", "unknown", ""}, {"proof"});
  writer_.root({descriptor(writer_.index(
      {descriptor(image, platform_member(kRiscv)),
       descriptor(proof,
                  R"(,"annotations":{"vnd.docker.reference.type":"attestation-manifest"})")}))});
  const auto images = open();
  ASSERT_TRUE(images.ok()) << images.error().message;
  EXPECT_EQ(images->front().platform, kRiscv);
  EXPECT_THAT(message("", with({kAmd64})),
              HasSubstr("no image for linux/amd64; it has linux/riscv64"));
}

// `soci convert` puts its index beside the image, with the image's platform.
TEST_F(Layout, ASociIndexIsNoSecondImage) {
  const Blob image = writer_.image(kAmd64, {"a"});
  const Blob empty = writer_.put("{}", "application/vnd.amazon.soci.index.v2+json");
  const Blob soci =
      writer_.manifest(empty, {descriptor(writer_.put("z", "application/octet-stream"))});
  writer_.root({descriptor(writer_.index(
      {descriptor(soci, platform_member(kAmd64) +
                            R"(,"artifactType":"application/vnd.amazon.soci.index.v2+json")"),
       descriptor(image, platform_member(kAmd64))}))});
  ImageOptions all = options();
  all.all_platforms = true;
  for (const ImageOptions& each : {with({kAmd64}), all}) {
    const auto images = open("", each);
    ASSERT_TRUE(images.ok()) << images.error().message;
    ASSERT_EQ(images->size(), 1U);
    EXPECT_EQ(images->front().digest, image.digest);
  }
}

TEST(Manifest, NamesTablesOfContents) {
  const std::string chunked = "io.github.containers.zstd-chunked.manifest-";
  const std::string old = "io.containers.zstd-chunked.manifest-";
  const std::string stargz = R"("containerd.io/snapshot/stargz/toc.digest":"sha256:1")";
  const auto both = [](const std::string& name) {
    return "\"" + name + "position\":\"1:2:3:1\",\"" + name + "checksum\":\"sha256:2\"";
  };
  struct Row {
    const char* name;
    std::string annotations;
    std::optional<LayerTable> table;
  };
  const LayerTable position{TocForm::kZstdChunked, "sha256:2", "1:2:3:1"};
  const Row rows[] = {
      {"none", "", std::nullopt},
      {"eStargz", stargz, LayerTable{TocForm::kStargz, "sha256:1", ""}},
      {"zstd:chunked", both(chunked), position},
      {"its old names", both(old), position},
      {"both", stargz + "," + both(chunked), position},
      {"a position alone", "\"" + chunked + R"(position":"1:2:3:1")",
       LayerTable{TocForm::kZstdChunked, "", "1:2:3:1"}},
      {"of another type", R"("containerd.io/snapshot/stargz/toc.digest":7)", std::nullopt},
  };
  for (const Row& row : rows) {
    const auto manifest = parse_manifest(
        R"({"config":{"digest":"sha256:0","size":2},"layers":[{"digest":"sha256:9","size":5,)"
        R"("annotations":{)" +
            row.annotations + "}}]}",
        {});
    ASSERT_TRUE(manifest.ok()) << row.name << ": " << manifest.error().message;
    EXPECT_EQ(manifest->entries.at(0).table, row.table) << row.name;
  }
}

TEST_F(Layout, PlatformsComeFromConfigurationsWhereTheIndexIsSilent) {
  const Blob amd = writer_.image(kAmd64, {"amd"});
  const Blob arm = writer_.image(kArm64, {"arm"});
  const Blob signature = writer_.manifest(writer_.put("{}", "application/vnd.oci.empty.v1+json"),
                                          {}, R"(,"artifactType":"x/signature")");
  writer_.root(
      {descriptor(writer_.index({descriptor(signature), descriptor(amd), descriptor(arm)}))});
  const auto images = open("", with({kArm64}));
  ASSERT_TRUE(images.ok()) << images.error().message;
  EXPECT_EQ(images->front().digest, arm.digest);
}

TEST_F(Layout, ReferencesChooseAnEntry) {
  const Blob one = writer_.image(kAmd64, {"one"});
  const Blob two = writer_.image(kAmd64, {"two"});
  writer_.root(
      {descriptor(one, named("1.0")), descriptor(one, named("latest")),
       descriptor(two, R"(,"annotations":{"io.containerd.image.name":"docker.io/library/two:2",)"
                       R"("org.opencontainers.image.ref.name":"2"})")});
  struct Case {
    const char *name, *ref;
    std::string digest;
  };
  const Case cases[]{{"tag", "1.0", one.digest},
                     {"second tag", "latest", one.digest},
                     {"short tag", "2", two.digest},
                     {"containerd's name", "docker.io/library/two:2", two.digest},
                     {"end of that name", "two:2", two.digest},
                     {"digest", two.digest.c_str(), two.digest}};
  for (const Case& row : cases) {
    const auto images = open(row.ref);
    ASSERT_TRUE(images.ok()) << row.name << ": " << images.error().message;
    EXPECT_EQ(images->front().digest, row.digest) << row.name;
  }
  EXPECT_THAT(message("3"), HasSubstr("not-found"));
  EXPECT_THAT(message("3"), HasSubstr("it has 1.0, latest, docker.io/library/two:2"));
  EXPECT_THAT(message(), HasSubstr("several images; choose one"));
}

TEST_F(Layout, TwoNamesOfOneImageAreOneImage) {
  const Blob one = writer_.image(kRiscv, {"one"});
  writer_.root({descriptor(one, named("1.0")), descriptor(one, named("latest"))});
  const auto images = open();
  ASSERT_TRUE(images.ok()) << images.error().message;
  EXPECT_EQ(images->size(), 1u);
}

TEST_F(Layout, TwoNamelessImagesOfOnePlatformAreAQuestion) {
  const Blob one = writer_.image(kAmd64, {"one"});
  const Blob two = writer_.image(kAmd64, {"two"});
  writer_.root({descriptor(one), descriptor(two)});
  EXPECT_THAT(message(), HasSubstr("several images"));
  EXPECT_THAT(message(), HasSubstr(two.digest));
  ASSERT_TRUE(open(two.digest).ok());
  EXPECT_EQ(open(two.digest)->front().digest, two.digest);
}

TEST_F(Layout, NestedIndexesAreFollowed) {
  const Blob image = writer_.image(kRiscv, {"deep"});
  Blob index = writer_.index({descriptor(image)});
  for (int i = 0; i < 10; ++i) index = writer_.index({descriptor(index), descriptor(index)});
  writer_.root({descriptor(index)});
  ASSERT_TRUE(open().ok()) << message();
  EXPECT_EQ(open()->front().digest, image.digest);
  ImageOptions shallow = options();
  shallow.limits.nesting = 8;
  EXPECT_THAT(message("", shallow), HasSubstr("limit-exceeded"));
}

TEST_F(Layout, AnIndexThatNamesItselfEnds) {
  // Only the root has no digest of its own to verify, so a cycle needs a second name for it.
  const Blob image = writer_.image(kRiscv, {"a"});
  const Blob index = writer_.index({descriptor(image)});
  writer_.root({descriptor(index), descriptor(index), descriptor(index)});
  ASSERT_TRUE(open().ok()) << message();
}

TEST_F(Layout, MissingPlatformsAreNoChoice) {
  const Blob host = writer_.image(host_platform(), {"host"});
  const Blob other = writer_.image(kRiscv, {"other"});
  const Blob index = writer_.index({descriptor(other, platform_member(kRiscv)),
                                    descriptor(host, platform_member(host_platform()))});
  writer_.root({descriptor(index, named("latest"))});
  writer_.remove(host);
  const auto images = open();
  ASSERT_TRUE(images.ok()) << images.error().message;
  EXPECT_EQ(images->front().digest, other.digest);
  ASSERT_EQ(images->front().problems.size(), 1u);
  EXPECT_EQ(images->front().problems[0].code, problem::kPlatform);
  EXPECT_THAT(message("", with({host_platform()})), HasSubstr("manifest " + host.digest));
  EXPECT_THAT(message("", with({host_platform()})), HasSubstr("docker save --platform"));
  writer_.remove(other);
  EXPECT_THAT(message(), HasSubstr("is missing"));
}

TEST_F(Layout, MissingLayersAreNamed) {
  const Blob image = writer_.image(kAmd64, {"lower", "upper"});
  writer_.root({descriptor(image)});
  writer_.remove({sha256("lower"), "", ""});
  const auto images = open();
  ASSERT_TRUE(images.ok()) << images.error().message;
  EXPECT_THAT(images->front().layers[0].missing,
              HasSubstr(sha256("lower") + " (5 bytes) is missing"));
  EXPECT_EQ(images->front().layers[0].bytes.file, nullptr);
  EXPECT_FALSE(images->front().layers[0].missing_by_design);
  EXPECT_EQ(images->front().layers[1].missing, "");
  writer_.remove({sha256("upper"), "", ""});
  EXPECT_THAT(message(), HasSubstr("no layer that can be read"));
}

TEST_F(Layout, LayerTypes) {
  struct Case {
    const char *name, *type, *missing;
    bool stored;
  };
  const Case cases[]{
      {"gzip", "application/vnd.oci.image.layer.v1.tar+gzip", "", true},
      {"zstd", "application/vnd.oci.image.layer.v1.tar+zstd", "", true},
      {"docker", "application/vnd.docker.image.rootfs.diff.tar.gzip", "", true},
      {"stored foreign", "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", "", true},
      {"foreign", "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", "foreign", false},
      {"nondistributable", "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
       "foreign", false},
      {"encrypted", "application/vnd.oci.image.layer.v1.tar+gzip+encrypted", "encrypted", true},
      {"unknown", "application/x-squashfs", "are not read", true},
  };
  for (const Case& row : cases) {
    SCOPED_TRACE(row.name);
    const Blob config =
        writer_.put(LayoutWriter::config_json(kAmd64, {"known", "other"}), kConfigType);
    Blob other{sha256("other"), "other", row.type};
    row.stored ? void(writer_.put("other", row.type)) : writer_.remove(other);
    writer_.root({descriptor(writer_.manifest(
        config, {descriptor(writer_.put("known", kLayerType)), descriptor(other)}))});
    const auto images = open();
    ASSERT_TRUE(images.ok()) << images.error().message;
    EXPECT_EQ(images->front().layers[1].missing.empty(), *row.missing == '\0');
    EXPECT_EQ(images->front().layers[1].missing_by_design, *row.missing != '\0');
    EXPECT_THAT(images->front().layers[1].missing, HasSubstr(row.missing));
  }
}

TEST_F(Layout, ContentInsideADescriptor) {
  const Blob layer = writer_.put("layer", kLayerType);
  const std::string config = LayoutWriter::config_json(kAmd64, {"layer"});
  // "data" of an empty artifact configuration, and a real one given as base64 by the shell tool.
  const Blob stored{sha256(config), config, kConfigType};
  const auto base64 = [](std::string_view bytes) {
    static constexpr char kDigits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
      unsigned group = 0;
      for (std::size_t j = 0; j < 3; ++j) {
        group =
            (group << 8) | (i + j < bytes.size() ? static_cast<unsigned char>(bytes[i + j]) : 0U);
      }
      for (std::size_t j = 0; j < 4; ++j) {
        text += i + j > bytes.size() ? '=' : kDigits[(group >> (18 - 6 * j)) & 63];
      }
    }
    return text;
  };
  for (const bool honest : {true, false}) {
    const std::string data = base64(honest ? config : config + " ");
    const Blob manifest = writer_.put(R"({"schemaVersion":2,"config":)" +
                                          descriptor(stored, R"(,"data":")" + data + "\"") +
                                          R"(,"layers":[)" + descriptor(layer) + "]}",
                                      kImageType);
    writer_.root({descriptor(manifest)});
    EXPECT_EQ(open().ok(), honest) << message();
  }
}

TEST_F(Layout, Hostile) {
  const Blob image = writer_.image(kAmd64, {"layer"});
  const Blob config{sha256(LayoutWriter::config_json(kAmd64, {"layer"})),
                    LayoutWriter::config_json(kAmd64, {"layer"}), kConfigType};
  const std::string layer = descriptor({sha256("layer"), "layer", kLayerType});
  const auto text = [&](const std::string& json) {
    return descriptor(writer_.put(json, kImageType));
  };
  const auto configured = [&](const std::string& json) {
    return descriptor(writer_.manifest(writer_.put(json, kConfigType), {layer}));
  };
  const std::string two_ids = LayoutWriter::config_json(kAmd64, {"layer", "more"});
  const std::string conf = descriptor(config);
  struct Case {
    const char* name;
    std::vector<std::string> entries;
    const char* message;
  };
  const Case cases[]{
      {"not JSON", {text("{")}, "not JSON"},
      {"deep JSON", {text(std::string(5000, '['))}, "invalid-input"},
      {"deep and closed",
       {text(std::string(500, '[') + std::string(500, ']'))},
       "over the limit nesting"},
      {"an array", {text("[]")}, "not a JSON object"},
      {"nothing", {text("{}")}, "neither an image manifest nor an index"},
      {"schema 1", {text(R"({"schemaVersion":1,"fsLayers":[]})")}, "unsupported"},
      {"index and image", {text(R"({"manifests":[],"layers":[]})")}, "at once"},
      {"mediaType contradicts",
       {text(R"({"mediaType":")" + std::string(kIndexType) + R"(","layers":[]})")},
       "contradicts"},
      {"an index called an image", {text(LayoutWriter::index_json({}))}, "is an index"},
      {"no configuration", {text(R"({"layers":[]})")}, "config has no digest"},
      {"an artifact",
       {descriptor(writer_.manifest(writer_.put("{}", "application/vnd.oci.empty.v1+json"), {}))},
       "is an artifact, not an image"},
      {"a chart",
       {descriptor(
           writer_.manifest(writer_.put("{}", "application/vnd.cncf.helm.config.v1+json"), {}))},
       "is an artifact, not an image"},
      {"digest as a path",
       {R"({"mediaType":")" + std::string(kImageType) +
        R"(","digest":"sha256:../../../../etc/passwd","size":1})"},
       "is not a sha256"},
      {"digest in capitals",
       {R"({"mediaType":")" + std::string(kImageType) + R"(","digest":"sha256:)" +
        std::string(64, 'A') + R"(","size":1})"},
       "is not a sha256"},
      {"layer digest as a path",
       {text(R"({"config":)" + conf + R"(,"layers":[{"mediaType":"","digest":"../x","size":1}]})")},
       "is not named by"},
      {"no size", {text(R"({"config":{"digest":"sha256:0"},"layers":[]})")}, "has no size"},
      {"negative size",
       {text(R"({"config":{"digest":"x","size":-1},"layers":[]})")},
       "has no size"},
      {"wrong size",
       {R"({"mediaType":")" + std::string(kImageType) + R"(","digest":")" + image.digest +
        R"(","size":7})"},
       "its descriptor says 7"},
      {"layer of wrong size",
       {text(R"({"config":)" + conf + R"(,"layers":[{"digest":")" + sha256("layer") +
             R"(","size":6}]})")},
       "has 5 bytes, its descriptor says 6"},
      {"configuration without rootfs", {configured("{}")}, "no rootfs"},
      {"two diff_ids for one layer", {configured(two_ids)}, "diff ids 2, layers of the manifest 1"},
      {"diff_id is no digest", {configured(R"({"rootfs":{"diff_ids":["x"]}})")}, "is no digest"},
      {"no entries", {}, "lists no image"},
      {"5000 layers",
       {text(R"({"config":)" + conf + R"(,"layers":[)" +
             join(std::vector<std::string>(5000, layer)) + "]}")},
       "5000 layers, more than 4096"},
  };
  for (const Case& row : cases) {
    writer_.root(row.entries);
    EXPECT_THAT(message(), HasSubstr(row.message)) << row.name;
  }
}

TEST_F(Layout, AChangedBlobIsRefusedByName) {
  const Blob image = writer_.image(kAmd64, {"layer"});
  writer_.root({descriptor(image)});
  std::string changed = image.bytes;
  changed[changed.find("layers") + 1] = 'A';
  write_file(writer_.path_of(image), changed);
  EXPECT_THAT(message(), HasSubstr("manifest " + image.digest + " does not have that digest"));
}

TEST_F(Layout, OddFilesInPlaceOfBlobs) {
  const Blob image = writer_.image(kAmd64, {"layer"});
  writer_.root({descriptor(image)});
  const std::string path = writer_.path_of({sha256("layer"), "", ""});
  std::filesystem::remove(path);
  std::filesystem::create_symlink("/etc/passwd", path);
  EXPECT_THAT(message(), HasSubstr("symbolic link"));
  std::filesystem::remove(path);
  std::filesystem::create_directory(path);
  EXPECT_THAT(message(), HasSubstr("not a regular file"));
  std::filesystem::remove(path);
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  EXPECT_THAT(message(), HasSubstr("not a regular file"));
}

TEST_F(Layout, TenThousandChildren) {
  const Blob image = writer_.image(kAmd64, {"layer"});
  std::vector<std::string> children;
  for (int i = 0; i < 10'000; ++i) {
    const std::string bytes = "absent " + std::to_string(i);
    children.push_back(descriptor({sha256(bytes), bytes, kImageType},
                                  platform_member({"linux", "arch" + std::to_string(i), ""})));
  }
  children.push_back(descriptor(image, platform_member(kAmd64)));
  writer_.root({descriptor(writer_.index(children))});
  const auto images = open("", with({kAmd64}));
  ASSERT_TRUE(images.ok()) << images.error().message;
  EXPECT_EQ(images->front().digest, image.digest);
  EXPECT_THAT(message("", with({kRiscv})), HasSubstr("..."));
}

TEST_F(Layout, WhatTheIndexAndTheConfigurationSayIsCompared) {
  const Blob image = writer_.image(kRiscv, {"layer"});
  writer_.root({descriptor(image, platform_member(kArm64))});
  const auto images = open();
  ASSERT_TRUE(images.ok()) << images.error().message;
  ASSERT_EQ(images->front().problems.size(), 1u);
  EXPECT_THAT(images->front().problems[0].message, HasSubstr("index says linux/arm64/v8"));
}

}  // namespace
}  // namespace seaworthy
