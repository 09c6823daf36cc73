#include "scan/image/image.h"

#include <sys/wait.h>
#include <unistd.h>

#include <gmock/gmock.h>

#include "scan/image/layout_fixture.h"

namespace seaworthy {
namespace {

using namespace fixture;
using testing::HasSubstr;

std::string message(const Result<std::vector<Image>>& images) {
  return images ? "no error"
                : std::string(name_of(images.error().code)) + " " + images.error().message;
}

std::string classic_list(const std::string& config_path, const std::vector<std::string>& layers,
                         const std::string& tag = "app:1") {
  std::vector<std::string> paths;
  for (const std::string& layer : layers) paths.push_back("\"" + layer + "\"");
  return R"({"Config":")" + config_path + R"(","RepoTags":[")" + tag + R"("],"Layers":[)" +
         join(paths) + "]}";
}

class Archive : public testing::Test {
 protected:
  Result<std::vector<Image>> open(const std::string& target,
                                  const std::vector<Platform>& platforms = {}) {
    ImageOptions chosen = options();
    chosen.platforms = platforms;
    return open_images(target, chosen);
  }
  std::string write(const std::string& tar) {
    const std::string path = directory_.path("image.tar");
    write_file(path, tar + std::string(1024, '\0'));
    return path;
  }

  TemporaryDirectory directory_;
  const std::string config_ = LayoutWriter::config_json(kAmd64, {"lower", "upper"});
  const std::string config_name_ = sha256(config_).substr(7) + ".json";
};

TEST_F(Archive, DockerSave) {
  const std::string path =
      write(tar_member("a/layer.tar", "lower") + tar_member("b/layer.tar", "upper") +
            tar_member(config_name_, config_) +
            tar_member("manifest.json",
                       "[" + classic_list(config_name_, {"a/layer.tar", "b/layer.tar"}) + "]"));
  for (const std::string& target :
       {path, "docker-archive:" + path, "docker-archive:" + path + ":app:1"}) {
    SCOPED_TRACE(target);
    const auto images = open(target);
    ASSERT_TRUE(images.ok()) << images.error().message;
    ASSERT_EQ(images->size(), 1u);
    const Image& image = images->front();
    EXPECT_EQ(image.reference, target);
    EXPECT_EQ(image.digest, "");
    EXPECT_EQ(image.platform, kAmd64);
    ASSERT_EQ(image.layers.size(), 2u);
    EXPECT_EQ(content_of(image.layers[0]), "lower");
    EXPECT_EQ(image.layers[1].descriptor.diff_id, sha256("upper"));
    EXPECT_EQ(image.layers[1].descriptor.created_by, "made upper");
    EXPECT_EQ(image.layers[0].bytes.file, image.layers[1].bytes.file);
  }
  EXPECT_THAT(message(open("docker-archive:" + path + ":b:2")), HasSubstr("it has app:1"));
  EXPECT_THAT(message(open("oci-archive:" + path)), HasSubstr("docker-archive:"));
  EXPECT_THAT(message(open(path, {kArm64})),
              HasSubstr("no image for linux/arm64/v8; it has linux/amd64"));
}

TEST_F(Archive, LayersMayBeLinksToOtherLayers) {
  for (const auto& [type, target] :
       {std::pair{'2', "../a/layer.tar"}, std::pair{'1', "a/layer.tar"}}) {
    const std::string config = LayoutWriter::config_json(kAmd64, {"lower", "lower"});
    const auto images =
        open(write(tar_member("a/layer.tar", "lower") +
                   tar_member("b/layer.tar", "", type, target) + tar_member("c.json", config) +
                   tar_member("manifest.json",
                              "[" + classic_list("c.json", {"a/layer.tar", "b/layer.tar"}) + "]")));
    ASSERT_TRUE(images.ok()) << images.error().message;
    EXPECT_EQ(content_of(images->front().layers[1]), "lower") << type;
  }
}

TEST_F(Archive, ALinkThatLeadsNowhere) {
  const std::string list = "[" + classic_list("c.json", {"a", "b"}) + "]";
  const std::string rest = tar_member("c.json", config_) + tar_member("manifest.json", list);
  EXPECT_THAT(message(open(write(tar_member("a", "lower") + tar_member("b", "", '2', "b") + rest))),
              HasSubstr("leads nowhere"));
  const auto outside =
      open(write(tar_member("a", "lower") + tar_member("b", "", '2', "../../etc/passwd") + rest));
  ASSERT_TRUE(outside.ok()) << outside.error().message;
  EXPECT_THAT(outside->front().layers[1].missing, HasSubstr("layer 1 b is missing"));
  EXPECT_FALSE(outside->front().layers[1].missing_by_design);
}

TEST_F(Archive, SeveralImagesAreAQuestion) {
  const std::string other = LayoutWriter::config_json(kRiscv, {"other"});
  const std::string path = write(
      tar_member("l", "lower") + tar_member("u", "upper") + tar_member("o", "other") +
      tar_member("c.json", config_) + tar_member("d.json", other) +
      tar_member("manifest.json", "[" + classic_list("c.json", {"l", "u"}) + "," +
                                      classic_list("d.json", {"o"}, "registry/other:2") + "]"));
  EXPECT_THAT(message(open(path)), HasSubstr("one of app:1, registry/other:2"));
  const auto images = open("docker-archive:" + path + ":other:2");
  ASSERT_TRUE(images.ok()) << images.error().message;
  EXPECT_EQ(images->front().platform, kRiscv);
}

TEST_F(Archive, BeforeDocker110) {
  const std::string path = write(
      tar_member("top/json", R"({"id":"top","parent":"base","os":"linux","architecture":"amd64",)"
                             R"("created":"2015-01-02T03:04:05Z"})") +
      tar_member("top/layer.tar", "upper") + tar_member("base/json", R"({"id":"base"})") +
      tar_member("base/layer.tar", "lower") + tar_member("repositories", R"({"app":{"1":"top"}})"));
  const auto images = open(path);
  ASSERT_TRUE(images.ok()) << images.error().message;
  ASSERT_EQ(images->front().layers.size(), 2u);
  EXPECT_EQ(content_of(images->front().layers[0]), "lower");
  EXPECT_EQ(images->front().created, "2015-01-02T03:04:05Z");
  const std::string cycle = write(tar_member("a/json", R"({"parent":"a"})") +
                                  tar_member("repositories", R"({"app":{"1":"a"}})"));
  EXPECT_THAT(message(open(cycle)), HasSubstr("limit-exceeded"));
}

TEST_F(Archive, HostileDockerArchives) {
  const std::string layers = tar_member("l", "lower") + tar_member("u", "upper");
  const auto listed = [&](const std::string& list) {
    return write(layers + tar_member("c.json", config_) + tar_member("manifest.json", list));
  };
  struct Case {
    const char* name;
    std::string list;
    const char* message;
  };
  const Case cases[]{
      {"not JSON", "[", "manifest.json: not JSON"},
      {"an object", "{}", "not a list"},
      {"empty", "[]", "lists no image"},
      {"no configuration", "[{}]", "is missing"},
      {"configuration outside", "[" + classic_list("../../etc/passwd", {"l", "u"}) + "]",
       "is missing"},
      {"configuration is a layer", "[" + classic_list("l", {"l", "u"}) + "]", "not JSON"},
      {"fewer layers", "[" + classic_list("c.json", {"l"}) + "]",
       "diff ids 2, layers of manifest.json 1"},
      {"layers are missing", "[" + classic_list("c.json", {"x", "y"}) + "]",
       "no layer can be read"},
  };
  for (const Case& row : cases) {
    EXPECT_THAT(message(open(listed(row.list))), HasSubstr(row.message)) << row.name;
  }
  const std::string lie = std::string(64, 'a') + ".json";
  EXPECT_THAT(
      message(open(write(layers + tar_member(lie, config_) +
                         tar_member("manifest.json", "[" + classic_list(lie, {"l", "u"}) + "]")))),
      HasSubstr("does not have that digest"));
}

TEST_F(Archive, OciLayoutInATar) {
  const LayoutWriter writer(directory_.path("layout"));
  const Blob image = writer.image(kRiscv, {"lower", "upper"});
  writer.root({descriptor(image, named("1"))});
  const std::string path = write(tar_of_directory(directory_.path("layout")));
  for (const std::string& target : {path, "oci-archive:" + path, "oci-archive:" + path + ":1"}) {
    const auto images = open(target);
    ASSERT_TRUE(images.ok()) << images.error().message;
    EXPECT_EQ(images->front().digest, image.digest) << target;
    EXPECT_EQ(content_of(images->front().layers[1]), "upper");
  }
  EXPECT_THAT(message(open("oci-archive:" + path + ":2")), HasSubstr("it has 1"));
}

// Docker 25 and later: both forms in one archive, and blobs of platforms that were not pulled left
// out.
class BothForms : public Archive {
 protected:
  std::string write_both(bool with_layers, bool with_manifest = true) {
    const LayoutWriter writer(directory_.path("layout"));
    image_ = writer.image(kAmd64, {"lower", "upper"});
    const Blob index = writer.index({descriptor(image_, platform_member(kAmd64))});
    writer.root({descriptor(index, named("1"))});
    write_file(directory_.path("layout/manifest.json"),
               "[" +
                   classic_list("blobs/sha256/" + sha256(config_).substr(7),
                                {"blobs/sha256/" + sha256("lower").substr(7),
                                 "blobs/sha256/" + sha256("upper").substr(7)}) +
                   "]");
    if (!with_layers) {
      writer.remove({sha256("lower"), "", ""});
      writer.remove({sha256("upper"), "", ""});
    }
    if (!with_manifest) writer.remove(image_);
    return write(tar_of_directory(directory_.path("layout")));
  }
  Blob image_;
};

TEST_F(BothForms, TheLayoutIsPreferred) {
  const auto images = open("docker-archive:" + write_both(true));
  ASSERT_TRUE(images.ok()) << images.error().message;
  EXPECT_EQ(images->front().digest, image_.digest);
}

TEST_F(BothForms, TheListServesWhereTheManifestIsNotThere) {
  const auto images = open(write_both(true, false));
  ASSERT_TRUE(images.ok()) << images.error().message;
  EXPECT_EQ(images->front().digest, "");
  EXPECT_EQ(images->front().layers[0].descriptor.digest, sha256("lower"));
}

TEST_F(BothForms, WhereBothAreIncompleteTheBlobIsNamed) {
  EXPECT_THAT(message(open(write_both(false))), HasSubstr(sha256("lower")));
  EXPECT_THAT(message(open(write_both(false, false))), HasSubstr("manifest " + image_.digest));
  EXPECT_THAT(message(open(write_both(false, false))), HasSubstr("skopeo copy --all"));
}

TEST_F(Archive, FilesThatAreNoImage) {
  struct Case {
    const char* name;
    std::string bytes;
    const char* message;
  };
  const Case cases[]{
      {"empty", "", "is empty"},
      {"an SBOM", R"({"bomFormat":"CycloneDX"})", "write sbom:"},
      {"text", std::string(2000, 'x'), "is no image: it is neither a tar nor compressed"},
      {"short text", "hello", "is no image"},
      {"a tar of something", tar_member("etc/passwd", "root"), "dir:"}};
  for (const Case& row : cases) {
    const std::string path = directory_.path("file");
    write_file(path, row.bytes);
    EXPECT_THAT(message(open(path)), HasSubstr(row.message)) << row.name;
  }
}

TEST_F(Archive, AMemberThatTheArchiveDoesNotHold) {
  ImageOptions chosen = options();
  chosen.index_archive = [](std::shared_ptr<Fd> input) -> Result<ArchiveIndex> {
    return ArchiveIndex{std::move(input), {{"manifest.json", "", 1U << 20U, ~0ULL}}};
  };
  const std::string path = write(tar_member("a", "b"));
  EXPECT_THAT(message(open_images(path, chosen)),
              HasSubstr("neither index.json nor manifest.json"));
}

TEST_F(Archive, StandardInputIsSpooled) {
  const std::string path =
      write(tar_member("l", "lower") + tar_member("u", "upper") + tar_member("c.json", config_) +
            tar_member("manifest.json", "[" + classic_list("c.json", {"l", "u"}) + "]"));
  const Result<Fd> file = open_for_reading(path);
  const int saved = ::dup(STDIN_FILENO);
  ASSERT_GE(::dup2(file->get(), STDIN_FILENO), 0);
  const auto images = open("-");
  ImageOptions small = options();
  small.limits.spool_bytes = 100;
  ::lseek(STDIN_FILENO, 0, SEEK_SET);
  const auto refused = open_images("-", small);
  ::dup2(saved, STDIN_FILENO);
  ::close(saved);
  ASSERT_TRUE(images.ok()) << images.error().message;
  EXPECT_EQ(images->front().reference, "-");
  EXPECT_EQ(content_of(images->front().layers[1]), "upper");
  EXPECT_THAT(message(refused),
              HasSubstr("spool standard input: over the limit spool of 100 bytes"));
}

TEST(Target, Forms) {
  const TemporaryDirectory directory;
  write_file(directory.path("root/etc/os-release"), "ID=debian");
  ImageOptions offline = options();
  offline.registry.offline = true;
  offline.registry.environment = [](const char*) -> std::string {
    return "unix:///nowhere/engine.sock";  // DOCKER_HOST and CONTAINER_HOST
  };
  offline.containerd_root = "/nowhere";
  const auto open = [&](const std::string& target) { return open_images(target, offline); };
  for (const std::string prefix : {"", "dir:"}) {
    const auto images = open(prefix + directory.path("root"));
    ASSERT_TRUE(images.ok()) << images.error().message;
    EXPECT_EQ(images->front().rootfs, directory.path("root"));
  }
  struct Case {
    const char* name;
    std::string target;
    const char* message;
  };
  const Case cases[]{
      {"nothing", "", "usage"},
      {"oci without path", "oci:", "usage"},
      {"dir without path", "dir:", "usage"},
      {"no file, so Docker Hub", "alpine:3.18", "docker.io/library/alpine:3.18 is in a registry"},
      {"that there is no file", "alpine:3.18", "there is no file or directory 'alpine:3.18'"},
      {"a registry", "ghcr.io/a/b", "ghcr.io/a/b:latest is in a registry, and --offline"},
      {"a digest that is none", "ghcr.io/a/b@sha256:00", "is no sha256 or sha512 digest"},
      {"docker", "docker:alpine", "docker:alpine: open engine socket /nowhere/engine.sock"},
      {"podman", "podman:alpine", "podman:alpine: open engine socket /nowhere/engine.sock"},
      {"no name", "docker:", "usage docker: names no image"},
      {"containerd", "containerd:alpine", "containerd:alpine: open /nowhere/"},
      {"no SIF file", "sif:" + directory.path("root/etc/os-release"), "is no SIF file"},
      {"an SBOM", "sbom:x.json", "usage"},
      {"no such file", "./missing", "not-found"},
      {"no such archive", "missing.tar", "not-found"},
      {"no such layout", "oci:" + directory.path("none") + ":1", "not-found no such file"},
      {"no such root", "dir:" + directory.path("none"), "not-found"},
      {"a file as root", "dir:" + directory.path("root/etc/os-release"), "not a directory"},
      {"a file as layout", "oci:" + directory.path("root/etc/os-release"), "write oci-archive:"},
      {"a directory as archive", "docker-archive:" + directory.path("root"), "is a directory"},
      {"a root as layout", "oci:" + directory.path("root"), "is no OCI layout"},
  };
  for (const Case& row : cases) {
    EXPECT_THAT(message(open(row.target)), HasSubstr(row.message)) << row.name;
  }
}

// The same image as skopeo writes it in each form.
TEST(Peers, SkopeoForms) {
  if (::access("/usr/bin/skopeo", X_OK) != 0) GTEST_SKIP() << "skopeo is not installed";
  const TemporaryDirectory directory;
  const LayoutWriter writer(directory.path("layout"));
  const Blob image = writer.image(kAmd64, {tar_member("a", "1") + std::string(1024, '\0')});
  writer.root({descriptor(image, named("1"))});
  const auto copy = [&](const std::string& to) {
    const std::string from = "oci:" + directory.path("layout") + ":1";
    const pid_t child = ::fork();
    if (child == 0) {
      ::execl("/usr/bin/skopeo", "skopeo", "--insecure-policy", "copy", "-q", from.c_str(),
              to.c_str(), nullptr);
      ::_exit(127);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return status;
  };
  for (const std::string form : {"oci-archive", "docker-archive"}) {
    const std::string path = directory.path(form + ".tar");
    ASSERT_EQ(copy(form + ":" + path + ":app:1"), 0);
    for (const std::string& target : {path, form + ":" + path}) {
      const auto images = open_images(target, options());
      ASSERT_TRUE(images.ok()) << images.error().message;
      ASSERT_EQ(images->front().layers.size(), 1u);
      EXPECT_EQ(images->front().layers[0].descriptor.diff_id,
                sha256(tar_member("a", "1") + std::string(1024, '\0')));
    }
  }
}

}  // namespace
}  // namespace seaworthy
