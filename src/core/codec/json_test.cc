#include "core/codec/json.h"

#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace seaworthy {
namespace {

using testing::HasSubstr;

TEST(JsonDocument, ReadsValuesByTheirType) {
  JsonDocument document;
  ASSERT_TRUE(document
                  .parse(R"({"t": "tä\n\u00e4\ud83d\ude00", "i": -7, "u": 18446744073709551615,
                             "r": 1.5, "yes": true, "no": false, "n": null, "a": [1, "x", {}],
                             "o": {"k": "v"}, "t": "second"})",
                         Limits{})
                  .ok());
  const JsonValue root = document.root();
  EXPECT_TRUE(root.is_object());
  EXPECT_EQ(root["t"].text(), "tä\nä😀");  // the first of two with one name
  EXPECT_EQ(root["i"].integer(), -7);
  EXPECT_EQ(root["i"].real(), -7.0);
  EXPECT_EQ(root["u"].integer(), 0);
  EXPECT_TRUE(root["u"].is_number());
  EXPECT_EQ(root["r"].real(), 1.5);
  EXPECT_EQ(root["r"].integer(), 0);
  EXPECT_TRUE(root["yes"].boolean());
  EXPECT_FALSE(root["no"].boolean());
  EXPECT_TRUE(root["n"].is_null());
  EXPECT_EQ(root["a"].elements().size(), 3u);
  EXPECT_EQ(root["a"].elements()[1].text(), "x");
  EXPECT_EQ(root["o"].members().size(), 1u);
  EXPECT_EQ(root["o"].members()[0].key, "k");
  EXPECT_EQ(root["o"].members()[0].value.text(), "v");
  EXPECT_EQ(root["o"].raw(), R"({"k":"v"})");
}

TEST(JsonValue, GivesTheEmptyAnswerForWhatIsMissingOrMistyped) {
  JsonDocument document;
  ASSERT_TRUE(document.parse(R"({"text": "x", "list": [1]})", Limits{}).ok());
  const JsonValue root = document.root();
  struct Row {
    const char* name;
    JsonValue value;
    bool exists;
  };
  const Row rows[] = {
      {"default value", JsonValue{}, false},
      {"missing member", root["nothing"], false},
      {"member of a missing one", root["nothing"]["more"], false},
      {"member of a text", root["text"]["more"], false},
      {"member of a list", root["list"]["0"], false},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(row.value.exists(), row.exists) << row.name;
    EXPECT_EQ(row.value.text(), "") << row.name;
    EXPECT_EQ(row.value.integer(), 0) << row.name;
    EXPECT_EQ(row.value.real(), 0.0) << row.name;
    EXPECT_FALSE(row.value.boolean()) << row.name;
    EXPECT_FALSE(row.value.is_null()) << row.name;
    EXPECT_TRUE(row.value.elements().empty()) << row.name;
    EXPECT_TRUE(row.value.members().empty()) << row.name;
    EXPECT_EQ(row.value.raw(), "") << row.name;
  }
  EXPECT_EQ(root["list"].text(), "");
  EXPECT_EQ(root["text"].integer(), 0);
  EXPECT_TRUE(root["text"].elements().empty());
  EXPECT_TRUE(root["list"].members().empty());
}

TEST(JsonDocument, RefusesWhatIsNotJson) {
  struct Row {
    const char* name;
    std::string_view text;
  };
  const Row rows[] = {
      {"empty", ""},
      {"blank", " \n"},
      {"cut short", R"({"a": [1, 2)"},
      {"two documents", "{} {}"},
      {"comma at the end", "[1,]"},
      {"single quotes", "{'a': 1}"},
      {"comment", "[1] // x"},
      {"name without quotes", "{a: 1}"},
      {"NaN", "[NaN]"},
      {"leading zero", "[01]"},
      {"raw newline in a text", "[\"a\nb\"]"},
      {"raw zero byte", std::string_view("[\"a\0\"]", 6)},
      {"byte that is no UTF-8", "[\"\xff\"]"},
      {"overlong form", "[\"\xc0\xaf\"]"},
      {"surrogate in UTF-8", "[\"\xed\xa0\x80\"]"},
      {"sequence cut by the quote", "[\"\xe2\x82\"]"},
      {"half an escape", R"(["\u12"])"},
      {"unknown escape", R"(["\x41"])"},
  };
  JsonDocument document;
  for (const Row& row : rows) {
    const Status status = document.parse(row.text, Limits{});
    ASSERT_FALSE(status.ok()) << row.name;
    EXPECT_EQ(status.error().code, ErrorCode::kInvalidInput) << row.name;
    EXPECT_THAT(status.error().message, HasSubstr("not JSON: ")) << row.name;
    EXPECT_FALSE(document.root().exists()) << row.name;
  }
}

std::string nested(std::size_t levels) {
  return std::string(levels, '[') + std::string(levels, ']');
}

TEST(JsonDocument, KeepsItsLimits) {
  Limits limits;
  limits.nesting = 10;
  limits.document_bytes = 1000;
  struct Row {
    const char* name;
    std::string text;
    bool ok;
    ErrorCode code = ErrorCode::kLimitExceeded;
  };
  const Row rows[] = {
      {"well below", nested(8), true},
      {"one level too many", nested(11), false},
      {"very deep", nested(400), false},
      // Refused before its depth is looked at.
      {"very deep and never closed", std::string(900, '['), false, ErrorCode::kInvalidInput},
      {"deep objects",
       [] {
         std::string text;
         for (int i = 0; i < 100; ++i) text += "{\"a\":";
         return text + "1" + std::string(100, '}');
       }(),
       false},
      {"exactly the size", "\"" + std::string(998, 'x') + "\"", true},
      {"one byte more", "\"" + std::string(999, 'x') + "\"", false},
  };
  JsonDocument document;
  for (const Row& row : rows) {
    const Status status = document.parse(row.text, limits);
    EXPECT_EQ(status.ok(), row.ok) << row.name;
    if (!status) {
      EXPECT_EQ(status.error().code, row.code) << row.name;
    }
  }
  limits.nesting = 500;  // the same document takes a wider limit later
  EXPECT_TRUE(document.parse(nested(400), limits).ok());
}

TEST(JsonDocument, ReplacesWhatItHeld) {
  JsonDocument document;
  EXPECT_FALSE(document.root().exists());
  ASSERT_TRUE(document.parse(R"({"a": 1})", Limits{}).ok());
  ASSERT_TRUE(document.parse(R"({"b": 2})", Limits{}).ok());
  EXPECT_FALSE(document.root()["a"].exists());
  JsonDocument moved(std::move(document));
  EXPECT_EQ(moved.root()["b"].integer(), 2);
}

TEST(JsonWriter, WritesBothForms) {
  const auto write = [](bool pretty) {
    JsonWriter out(pretty);
    out.begin_object();
    out.member("text", "a");
    out.key("list");
    out.begin_array();
    out.value(1);
    out.value(std::uint64_t{18446744073709551615U});
    out.value(true);
    out.null();
    out.raw("{\"x\":0}");
    out.end_array();
    out.key("none");
    out.begin_object();
    out.end_object();
    out.texts("texts", {"p", "q"});
    out.end_object();
    return out.take();
  };
  EXPECT_EQ(write(false),
            R"({"text":"a","list":[1,18446744073709551615,true,null,{"x":0}],"none":{},)"
            R"("texts":["p","q"]})");
  EXPECT_EQ(write(true),
            "{\n  \"text\": \"a\",\n  \"list\": [\n    1,\n    18446744073709551615,\n    true,\n"
            "    null,\n    {\"x\":0}\n  ],\n  \"none\": {},\n  \"texts\": [\n    \"p\",\n"
            "    \"q\"\n  ]\n}\n");
}

TEST(JsonWriter, WritesNumbersThatReadBackTheSame) {
  for (const double number : {0.0, -0.5, 0.1, 1e-300, 1.7976931348623157e308, 8.8, 3.0, 1e21}) {
    JsonWriter out(false);
    out.begin_array();
    out.value(number);
    out.end_array();
    JsonDocument document;
    ASSERT_TRUE(document.parse(out.take(), Limits{}).ok()) << number;
    EXPECT_EQ(document.root().elements().at(0).real(), number);
  }
  for (const double number : {std::nan(""), std::numeric_limits<double>::infinity()}) {
    JsonWriter out(false);
    out.value(number);
    EXPECT_EQ(out.take(), "null");
  }
}

TEST(JsonWriter, EscapesEveryByteSoThatTheOutputIsAlwaysJson) {
  struct Row {
    const char* name;
    std::string_view text, written;
  };
  const Row rows[] = {
      {"quote and backslash", "a\"b\\", R"("a\"b\\")"},
      {"newline and tab", "\n\t", R"("\n\t")"},
      {"controls", std::string_view("\0\x1b\x7f", 3), R"("\u0000\u001b\u007f")"},
      {"letters of other languages", "ä大😀", "\"ä大😀\""},
      {"no UTF-8",
       "a\xff"
       "b",
       "\"a\xef\xbf\xbd"
       "b\""},
      {"overlong", "\xc0\xaf", "\"\xef\xbf\xbd\xef\xbf\xbd\""},
      {"surrogate", "\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
      {"cut at the end", "x\xf0\x9f\x98", "\"x\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
      {"past the last code point", "\xf4\x90\x80\x80",
       "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
  };
  for (const Row& row : rows) {
    JsonWriter out(false);
    out.value(row.text);
    EXPECT_EQ(out.take(), row.written) << row.name;
  }
  for (int byte = 0; byte < 256; ++byte) {
    JsonWriter out(false);
    out.value(std::string(3, static_cast<char>(byte)));
    JsonDocument document;
    EXPECT_TRUE(document.parse(out.take(), Limits{}).ok()) << byte;
  }
}

TEST(JsonDocument, NothingIsNoDocument) {
  JsonDocument document;
  EXPECT_FALSE(document.parse(std::string_view{}, Limits{}));
  EXPECT_FALSE(document.root().exists());
}

}  // namespace
}  // namespace seaworthy
