#include "core/codec/xml.h"

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace seaworthy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string repeated(std::string_view text, std::size_t times) {
  std::string out;
  out.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

// Every start tag as "depth:name", or the error.
Result<std::vector<std::string>> tags_of(std::string_view xml, const Limits& limits = {}) {
  ASSIGN_OR_RETURN(XmlReader reader, XmlReader::open(xml, limits));
  std::vector<std::string> tags;
  for (;;) {
    ASSIGN_OR_RETURN(const bool more, reader.next());
    if (!more) return tags;
    tags.push_back(std::to_string(reader.depth()) + ":" + std::string(reader.name()));
  }
}

TEST(Xml, WalksStartTags) {
  const auto tags = tags_of(
      "\xef\xbb\xbf<?xml version='1.0' encoding='UTF-8'?>\n<!DOCTYPE a SYSTEM \"none.dtd\">\n"
      "<!----><!-- <no/> - --><a><b x='>'/><?pi <no> ?><![CDATA[<no/>]]><n:c "
      "xmlns:n='u'><d/></n:c></a>");
  ASSERT_TRUE(tags) << tags.error().message;
  EXPECT_THAT(*tags, ElementsAre("0:a", "1:b", "1:c", "2:d"));
}

TEST(Xml, ReadsAnElementWhole) {
  const auto xml =
      "<r>\n<skip><u id='0'/></skip>\n<u id='1' n:id2='a&amp;b&#65;' xmlns:n='u'>one<v/>\n"
      "<v k='2'> two <![CDATA[<&>]]> &lt;</v>x</u><after/></r>";
  auto reader = XmlReader::open(xml, Limits{});
  ASSERT_TRUE(reader);
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(reader->next());
  EXPECT_EQ(reader->attribute("id"), "1");
  EXPECT_EQ(reader->attribute("none"), "");
  const auto element = reader->element();
  ASSERT_TRUE(element) << element.error().message;
  EXPECT_EQ(element->name, "u");
  EXPECT_EQ(element->attribute("id"), "1");
  EXPECT_EQ(element->attribute("id2"), "a&bA");
  EXPECT_EQ(element->attributes.size(), 2U);
  EXPECT_EQ(element->text, "one\nx");
  EXPECT_GE(element->line, 3U);
  ASSERT_EQ(element->children.size(), 2U);
  EXPECT_EQ(element->children[1].attribute("k"), "2");
  EXPECT_EQ(element->children[1].trimmed(), "two <&> <");
  EXPECT_EQ((*element)["v"].attribute("k"), "");
  EXPECT_EQ((*element)["none"]["deeper"].text, "");
  ASSERT_TRUE(*reader->next());
  EXPECT_EQ(reader->name(), "after");
  EXPECT_FALSE(*reader->next());
}

struct Refusal {
  const char* name;
  std::string xml;
  ErrorCode code;
  const char* message;
};

TEST(Xml, RefusesWithALine) {
  const std::string laughs = "<!DOCTYPE a [<!ENTITY x 'ha'><!ENTITY y '&x;&x;&x;'>]>\n<a>&y;</a>";
  std::string namespaces;
  for (int i = 0; i < 250; ++i) namespaces += " xmlns:n" + std::to_string(i) + "='u'";
  const Refusal cases[]{
      {"empty", "", ErrorCode::kInvalidInput, ""},
      {"no XML", "{\"a\": 1}", ErrorCode::kInvalidInput, "line 1"},
      {"truncated", "<a>\n<b>", ErrorCode::kInvalidInput, "line 2"},
      {"truncated tag", "<a>\n<b x='", ErrorCode::kInvalidInput, "line 2"},
      {"wrong end", "<a>\n\n</b>", ErrorCode::kInvalidInput, "line 3"},
      {"two roots", "<a/><b/>", ErrorCode::kInvalidInput, "line 1"},
      {"no UTF-8", "<a>\n\xff</a>", ErrorCode::kInvalidInput, "line 2"},
      {"NUL", std::string("<a>\n\0</a>", 9), ErrorCode::kInvalidInput, "line 2"},
      {"entities", laughs, ErrorCode::kInvalidInput, "line 1: a document type"},
      {"external entity", "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/hosts'>]><a>&x;</a>",
       ErrorCode::kInvalidInput, "a document type"},
      {"subset without entities", "\n<!DOCTYPE a [ ]><a/>", ErrorCode::kInvalidInput, "line 2"},
      {"unknown entity", "<a>\n&x;</a>", ErrorCode::kInvalidInput, "line 2"},
      {"unknown entity, external type", "<!DOCTYPE a SYSTEM 'a.dtd'>\n<a>&x;</a>",
       ErrorCode::kInvalidInput, "line 2"},
      {"unknown entity in an attribute", "<!DOCTYPE a SYSTEM 'a.dtd'>\n<a x='&x;'/>",
       ErrorCode::kInvalidInput, "line 2"},
      {"UTF-16", std::string("\xff\xfe<\0a\0/\0>\0", 10), ErrorCode::kInvalidInput, "encoding"},
      {"UTF-16 without a mark", std::string("\0<\0a\0/\0>", 8), ErrorCode::kInvalidInput,
       "encoding"},
      {"EBCDIC", "\x4c\x6f\xa7\x94", ErrorCode::kInvalidInput, "encoding"},
      {"declared UTF-7", "<?xml version='1.0' encoding='UTF-7'?><a/>", ErrorCode::kInvalidInput,
       "utf-7"},
      {"deep", repeated("<a>", 65), ErrorCode::kLimitExceeded, "line 1: elements nested"},
      {"attributes", "\n<a" + repeated(" b=''", 257) + "/>", ErrorCode::kLimitExceeded,
       "line 2: an element with more"},
      {"namespaces", repeated("<a" + namespaces + ">", 5), ErrorCode::kLimitExceeded, "namespaces"},
      {"long tag", "<a b='" + repeated("x", 70'000) + "'/>", ErrorCode::kLimitExceeded, "a tag of"},
      {"long document type", "<!DOCTYPE " + repeated("x", 70'000), ErrorCode::kLimitExceeded,
       "document type"},
      {"dashes in a comment", "<a>\n<!-- -- -->", ErrorCode::kInvalidInput, "line 2: '--'"},
      {"strange markup", "<!ELEMENT a>", ErrorCode::kInvalidInput, "line 1"},
  };
  for (const Refusal& one : cases) {
    const auto tags = tags_of(one.xml);
    ASSERT_FALSE(tags) << one.name;
    EXPECT_EQ(tags.error().code, one.code) << one.name << ": " << tags.error().message;
    EXPECT_THAT(tags.error().message, HasSubstr(one.message)) << one.name;
  }
}

TEST(Xml, DeliversWhatIsBeforeTheDamage) {
  const std::string xml = "<a>" + repeated("<b/>\n", 1000) + "<c>";
  auto reader = XmlReader::open(xml, Limits{});
  ASSERT_TRUE(reader);
  std::size_t seen = 0;
  auto more = reader->next();
  for (; more && *more; more = reader->next()) ++seen;
  ASSERT_FALSE(more);
  EXPECT_GE(seen, 1001U - 1024 / 6);
  EXPECT_FALSE(reader->next());  // the error stays
}

TEST(Xml, HoldsItsLimits) {
  Limits limits;
  limits.document_bytes = 100;
  EXPECT_EQ(tags_of("<a>" + repeated("x", 100) + "</a>", limits).error().code,
            ErrorCode::kLimitExceeded);
  limits = {};
  limits.nesting = 3;
  EXPECT_TRUE(tags_of("<a><b><c/></b></a>", limits));
  EXPECT_TRUE(tags_of("<a><b><c>x</c></b></a>", limits));
  EXPECT_FALSE(tags_of("<a><b><c><d></d></c></b></a>", limits));
  const std::string many = "<a>" + repeated("<b/>", 400'000) + "</a>";
  auto reader = XmlReader::open(many, Limits{});
  ASSERT_TRUE(reader);
  ASSERT_TRUE(reader->next());
  const auto element = reader->element();
  ASSERT_FALSE(element);
  EXPECT_EQ(element.error().code, ErrorCode::kLimitExceeded);
}

// Shapes on which the parser's own work grows faster than its input. Bounded shapes finish in well
// under a second; without a bound each of these takes minutes.
TEST(Xml, HostileShapesEndSoon) {
  const auto begin = std::chrono::steady_clock::now();
  const std::string shapes[]{
      "<a" + repeated(" b='", 250'000),
      "<a>" + repeated("<!--", 125'000),
      "<a><!--" + repeated("x", 500'000),
      "<a>" + repeated("<b c='d'>", 125'000),
      "<a><![CDATA[" + repeated("]]", 250'000),
      "<a>" + repeated("x", 500'000),
      "<a>" + repeated("&amp;", 125'000) + "</a>",
      "<a>" + repeated("<?p ", 125'000),
      "<!DOCTYPE a '" + repeated("[", 500'000),
      repeated("<", 500'000),
  };
  for (const std::string& shape : shapes) (void)tags_of(shape);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(30));
}

}  // namespace
}  // namespace seaworthy
