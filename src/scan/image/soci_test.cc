#include "scan/image/soci.h"

#include <functional>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/codec/digest.h"

namespace seaworthy {
namespace {

using testing::HasSubstr;

class NoBlob final : public RemoteBlob {
 public:
  Status stream(const std::function<Status(std::string_view)>&) const override {
    return ok_status();
  }
  Result<std::string> range(std::uint64_t, std::uint64_t) const override { return std::string(); }
};

// A registry of documents by digest.
class Documents final : public ImageContent {
 public:
  std::map<std::string, std::string> by_digest;
  std::string attached;  // "" nothing is
  mutable int questions = 0;

  std::string put(const std::string& bytes) {
    by_digest[sha256(bytes)] = bytes;
    return sha256(bytes);
  }
  Result<std::vector<Descriptor>> roots(const Limits&) const override {
    return std::vector<Descriptor>();
  }
  bool may_have(std::string_view) const override { return true; }
  Result<std::string> read(const Descriptor& descriptor, DocumentKind,
                           std::uint64_t) const override {
    ++questions;
    const auto found = by_digest.find(descriptor.digest);
    if (found == by_digest.end()) return Error{ErrorCode::kNotFound, "HTTP 404"};
    return found->second;
  }
  Result<LayerBytes> open_layer(const Descriptor& descriptor) const override {
    LayerBytes bytes;
    bytes.size = descriptor.size;
    bytes.remote = std::make_shared<NoBlob>();
    return bytes;
  }
  Result<std::string> referrers(const std::string& digest) const override {
    ++questions;
    return attached.empty() ? ImageContent::referrers(digest) : Result<std::string>(attached);
  }
  const std::string& name() const override { return name_; }

 private:
  std::string name_ = "documents";
};

const std::string kLayer = sha256("layer"), kZtoc = sha256("ztoc"), kImage = sha256("image");

std::string index_of(const std::string& subject, const std::string& version = "2") {
  return R"({"schemaVersion":2,"config":{"mediaType":"application/vnd.amazon.soci.index.v)" +
         version + R"(+json","digest":"sha256:0","size":2},"subject":{"digest":")" + subject +
         R"("},"layers":[{"digest":")" + sha256("other") +
         R"(","size":3,"annotations":{"com.amazon.soci.image-layer-digest":"sha256:7"}},{"digest":")" +
         kZtoc + R"(","size":77,"annotations":{"com.amazon.soci.image-layer-digest":")" + kLayer +
         R"("}}]})";
}

std::string attached(const std::string& digest) {
  return R"({"manifests":[{"digest":")" + sha256("signature") +
         R"(","size":1,"artifactType":"x/signature"},{"digest":")" + digest +
         R"(","size":1,"artifactType":"application/vnd.amazon.soci.index.v1+json"}]})";
}

// One layer afar, and one that is small and has no table.
Image typical(const std::string& soci_index) {
  Image image;
  image.digest = kImage;
  image.soci_index = soci_index;
  for (const std::string& digest : {kLayer, sha256("small")}) {
    ImageLayer layer;
    layer.descriptor.digest = digest;
    layer.bytes.remote = std::make_shared<NoBlob>();
    image.layers.push_back(std::move(layer));
  }
  return image;
}

LayerTable table_of_layer() {
  return {TocForm::kSoci, kZtoc, "77"};
}

Image with_tables(const Documents& content, Image image, SociUse use) {
  ImageOptions options;
  options.soci = use;
  add_soci_tables(content, options, image);
  return image;
}

TEST(Soci, AnIndexThatTheManifestNames) {
  Documents content;
  const Image image = typical(content.put(index_of("")));
  const Image found = with_tables(content, image, SociUse::kNamed);
  EXPECT_EQ(found.layers[0].descriptor.table, table_of_layer());
  EXPECT_EQ(found.layers[0].table.size, 77U);
  EXPECT_NE(found.layers[0].table.remote, nullptr);
  EXPECT_EQ(found.layers[0].table_missing, "");
  EXPECT_EQ(found.layers[1].descriptor.table, std::nullopt);
  EXPECT_EQ(found.layers[1].table_missing, "");
  const int before = content.questions;
  EXPECT_EQ(with_tables(content, image, SociUse::kNever).layers[0].descriptor.table, std::nullopt);
  EXPECT_EQ(content.questions, before);
}

TEST(Soci, AnAttachedIndexNeedsConsent) {
  Documents content;
  content.attached = attached(content.put(index_of(kImage, "1")));
  EXPECT_EQ(with_tables(content, typical(""), SociUse::kNamed).layers[0].descriptor.table,
            std::nullopt);
  EXPECT_EQ(content.questions, 0);
  EXPECT_EQ(with_tables(content, typical(""), SociUse::kAttached).layers[0].descriptor.table,
            table_of_layer());
  content.attached = "";
  EXPECT_EQ(with_tables(content, typical(""), SociUse::kAttached).layers[0].descriptor.table,
            std::nullopt);
}

TEST(Soci, OtherLayersAreLeftAlone) {
  Documents content;
  Image image = typical(content.put(index_of("")));
  image.layers.resize(1);
  image.layers[0].descriptor.table = LayerTable{TocForm::kStargz, "sha256:1", ""};
  EXPECT_EQ(with_tables(content, image, SociUse::kNamed).layers[0].descriptor.table->form,
            TocForm::kStargz);
  image.layers[0].descriptor.table.reset();
  image.layers[0].descriptor.form = LayerForm::kWindowsTar;
  EXPECT_FALSE(with_tables(content, image, SociUse::kNamed).layers[0].descriptor.table);
  image.layers[0].descriptor.form = LayerForm::kTar;
  image.layers[0].bytes.remote = nullptr;
  EXPECT_FALSE(with_tables(content, image, SociUse::kNamed).layers[0].descriptor.table);
  EXPECT_EQ(content.questions, 0);
}

TEST(Soci, AnIndexThatCannotBeUsedIsSaid) {
  Documents content;
  const std::string lost = sha256("lost");
  content.by_digest[sha256("changed")] = index_of("");
  struct Row {
    const char* name;
    std::string index;     // that the manifest names
    std::string attached;  // instead
    const char* message;
  };
  const Row rows[] = {
      {"missing", lost, "", "HTTP 404"},
      {"no digest", "latest", "", "digest"},
      {"changed", sha256("changed"), "", "has the digest"},
      {"no JSON", content.put("no JSON"), "", "not JSON"},
      {"an image", content.put(R"({"config":{"digest":"d","size":1},"layers":[]})"), "",
       "is another document"},
      {"an index of images", content.put(R"({"manifests":[]})"), "", "is another document"},
      {"attached to another image", "", attached(content.put(index_of(lost, "1"))),
       "is of another image"},
      {"attached to nothing", "", attached(content.put(index_of("", "1"))), "is of another image"},
      {"attached and missing", "", attached(lost), "HTTP 404"},
      {"a list that is none", "", "no JSON", "not JSON"},
  };
  for (const Row& row : rows) {
    content.attached = row.attached;
    const Image found = with_tables(content, typical(row.index), SociUse::kAttached);
    for (const ImageLayer& layer : found.layers) {
      EXPECT_THAT(layer.table_missing, HasSubstr(row.message)) << row.name;
      ASSERT_TRUE(layer.descriptor.table) << row.name;
      EXPECT_EQ(layer.descriptor.table->form, TocForm::kSoci) << row.name;
    }
  }
}

}  // namespace
}  // namespace seaworthy
