#include "core/model/functions.h"

#include <gtest/gtest.h>

namespace seaworthy {
namespace {

TEST(Functions, LinkerAndAdvisoryMeanTheSame) {
  struct Row {
    const char* linked;
    const char* package;
    const char* symbol;
    bool same;
  };
  for (const Row& row : std::initializer_list<Row>{
           {"net/http.Get", "net/http", "Get", true},
           {"net/http.(*Transport).RoundTrip", "net/http", "Transport.RoundTrip", true},
           {"net/http.Header.Get", "net/http", "Header.Get", true},
           {"net/http.Get", "net/http", "Head", false},
           {"gopkg.in/yaml%2ev3.Unmarshal", "gopkg.in/yaml.v3", "Unmarshal", true},
           {"example.com/a.Run.func1", "example.com/a", "Run", true},
           {"example.com/a.Run.func2.1.gowrap3", "example.com/a", "Run", true},
           {"example.com/a.(*T).Run-fm", "example.com/a", "T.Run", true},
           {"example.com/a.Run-range1", "example.com/a", "Run", true},
           {"example.com/a.func1Name", "example.com/a", "func1Name", true},
           {"slices.SortFunc[go.shape.[]a/b.T,go.shape.int]", "slices", "SortFunc", true},
           {"example.com/a.(*Map[go.shape.string]).Get", "example.com/a", "Map.Get", true},
           {"", "", "x", false},
           {"[[[", "", "x", false},
           {"%2", "", "x", false},
       }) {
    EXPECT_EQ(linked_function_hash(row.linked) == advised_function_hash(row.package, row.symbol),
              row.same)
        << row.linked;
  }
}

TEST(Functions, EveryProgramThatHoldsThePackageCounts) {
  Package text;
  text.set_property("purl", "pkg:golang/golang.org/x/text@v0.3.0");
  Inventory inventory;
  const auto asked = [&] {
    return function_evidence(inventory, text, "golang.org/x/text/language", "Parse");
  };
  EXPECT_EQ(asked(), FunctionEvidence::kUnknown);
  inventory.holders["pkg:golang/golang.org/x/text@v0.3.0"] = {"bin/a"};
  EXPECT_EQ(asked(), FunctionEvidence::kUnknown);
  inventory.functions["bin/a"] = {linked_function_hash("main.main")};
  EXPECT_EQ(asked(), FunctionEvidence::kAbsent);
  inventory.holders["pkg:golang/golang.org/x/text@v0.3.0"].push_back("bin/b");
  EXPECT_EQ(asked(), FunctionEvidence::kUnknown);
  inventory.functions["bin/b"] = {linked_function_hash("golang.org/x/text/language.Parse")};
  EXPECT_EQ(asked(), FunctionEvidence::kPresent);
  inventory.functions["bin/other"] = inventory.functions["bin/b"];
  inventory.functions["bin/b"] = inventory.functions["bin/a"];
  EXPECT_EQ(asked(), FunctionEvidence::kAbsent);  // another program's functions are its own
}

}  // namespace
}  // namespace seaworthy
