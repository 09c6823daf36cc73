#include "core/model/functions.h"

#include <algorithm>

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

TEST(Functions, TheMainPackageHasAPath) {
  const std::uint32_t run = advised_function_hash("example.com/a/cmd/b", "T.Run");
  EXPECT_EQ(linked_function_hash("main.(*T).Run", "example.com/a/cmd/b"), run);
  EXPECT_NE(linked_function_hash("main.(*T).Run"), run);
  EXPECT_NE(linked_function_hash("maintain.(*T).Run", "example.com/a/cmd/b"), run);
  EXPECT_NE(linked_function_hash("x/main.(*T).Run", "example.com/a/cmd/b"), run);
}

TEST(Functions, PackagesOfFunctions) {
  const std::uint32_t yaml = advised_function_hash("gopkg.in/yaml.v3", "");
  EXPECT_EQ(linked_package_hash("gopkg.in/yaml%2ev3.(*Decoder).Decode"), yaml);
  EXPECT_NE(linked_package_hash("gopkg.in/yaml%2ev3/x.Decode"), yaml);
  EXPECT_EQ(linked_package_hash("slices.Sort[go.shape.[]a/b.T]"),
            advised_function_hash("slices", ""));
}

class ImportsOfPrograms : public testing::Test {
 protected:
  static constexpr const char* kPurl = "pkg:golang/golang.org/x/text@v0.3.0";
  void SetUp() override { text_.set_property("purl", kPurl); }

  void program(const std::string& path, std::vector<std::uint32_t> functions) {
    inventory_.holders[kPurl].push_back(path);
    std::sort(functions.begin(), functions.end());
    if (!functions.empty()) inventory_.functions[path] = std::move(functions);
  }
  ImportEvidence ask(const AffectedImport& import) const {
    return import_evidence(inventory_, text_, import);
  }
  ImportEvidence ask() const {
    return ask({"golang.org/x/text/language", {"Other", "Parse"}, "", ""});
  }

  const std::uint32_t parse_ = linked_function_hash("golang.org/x/text/language.Parse");
  Package text_;
  Inventory inventory_;
};

TEST_F(ImportsOfPrograms, AllThatHoldTheModuleCount) {
  EXPECT_EQ(ask().evidence, FunctionEvidence::kUnknown);
  program("bin/a", {linked_function_hash("main.main")});
  EXPECT_EQ(ask().evidence, FunctionEvidence::kAbsent);
  program("bin/b", {});
  EXPECT_EQ(ask().evidence, FunctionEvidence::kUnknown);
  EXPECT_EQ(ask().program, "bin/b");
  inventory_.functions["bin/other"] = {parse_};
  EXPECT_EQ(ask().evidence, FunctionEvidence::kUnknown);  // another program's are its own
  program("bin/c", {parse_});
  EXPECT_EQ(ask().evidence, FunctionEvidence::kPresent);
  EXPECT_EQ(ask().program, "bin/c");
  EXPECT_EQ(ask().function, "golang.org/x/text/language.Parse");
}

TEST_F(ImportsOfPrograms, WithoutSymbolsAnyFunctionOfThePackage) {
  const AffectedImport whole{"golang.org/x/text/language", {}, "", ""};
  program("bin/a", {linked_package_hash("golang.org/x/text/cases.Title")});
  EXPECT_EQ(ask(whole).evidence, FunctionEvidence::kAbsent);
  program("bin/b", {linked_package_hash("golang.org/x/text/language.Parse")});
  EXPECT_EQ(ask(whole).evidence, FunctionEvidence::kPresent);
  EXPECT_EQ(ask(whole).function, "golang.org/x/text/language");
}

TEST_F(ImportsOfPrograms, OnlyTheSystemsThatTheImportNames) {
  struct Row {
    const char *built_for, *built_machine, *goos, *goarch;
    FunctionEvidence expected;
  };
  constexpr auto kPresent = FunctionEvidence::kPresent, kAbsent = FunctionEvidence::kAbsent;
  for (const Row& row : std::initializer_list<Row>{
           {"linux", "amd64", "", "", kPresent},
           {"linux", "amd64", "linux", "", kPresent},
           {"linux", "amd64", "windows", "", kAbsent},
           {"linux", "amd64", "windows|linux", "", kPresent},
           {"linux", "amd64", "windows|darwin", "", kAbsent},
           {"linux", "amd64", "", "386", kAbsent},
           {"linux", "386", "linux", "arm|386", kPresent},
           {"linux", "amd64", "linux", "arm|386", kAbsent},
           {"", "", "windows", "386", kPresent},  // it does not say: it may be any
       }) {
    inventory_ = {};
    std::vector<std::uint32_t> functions{parse_};
    if (*row.built_for != '\0') {
      functions.push_back(build_setting_hash("GOOS", ""));
      functions.push_back(build_setting_hash("GOOS", row.built_for));
      functions.push_back(build_setting_hash("GOARCH", ""));
      functions.push_back(build_setting_hash("GOARCH", row.built_machine));
    }
    program("bin/a", functions);
    EXPECT_EQ(ask({"golang.org/x/text/language", {"Parse"}, row.goos, row.goarch}).evidence,
              row.expected)
        << row.built_for << "/" << row.built_machine << " " << row.goos << "/" << row.goarch;
  }
}

TEST_F(ImportsOfPrograms, AModuleInAnothersPlaceHasOtherNames) {
  program("bin/a", {renamed_module_hash("golang.org/x/text")});
  EXPECT_EQ(ask().evidence, FunctionEvidence::kUnknown);
}

}  // namespace
}  // namespace seaworthy
