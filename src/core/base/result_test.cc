#include "core/base/result.h"

#include <memory>
#include <set>
#include <string>

#include <gtest/gtest.h>

namespace seaworthy {
namespace {

Result<int> half(int number) {
  if (number % 2 != 0) return Error{ErrorCode::kInvalidInput, "odd"};
  return number / 2;
}

Result<int> quarter(int number) {
  ASSIGN_OR_RETURN(const int once, half(number));
  ASSIGN_OR_RETURN(const int twice, half(once));
  return twice;
}

Status check_quarter(int number) {
  RETURN_IF_ERROR(quarter(number));
  return ok_status();
}

TEST(Result, CarriesAValueOrTheReason) {
  EXPECT_EQ(*quarter(12), 3);
  const auto failed = quarter(6);
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().code, ErrorCode::kInvalidInput);
  EXPECT_TRUE(check_quarter(8).ok());
  EXPECT_EQ(check_quarter(7).error().message, "odd");
}

TEST(Result, MovesValuesThatCannotBeCopied) {
  const auto make = []() -> Result<std::unique_ptr<int>> { return std::make_unique<int>(7); };
  const auto use = [&]() -> Result<int> {
    ASSIGN_OR_RETURN(const std::unique_ptr<int> number, make());
    return *number;
  };
  EXPECT_EQ(*use(), 7);
}

TEST(Result, ReadingTheSideThatIsNotThereIsABugThatThrows) {
  EXPECT_THROW(*half(1), std::bad_variant_access);
  EXPECT_THROW(static_cast<void>(half(2).error()), std::bad_variant_access);
}

TEST(Error, GathersSteps) {
  Error error{ErrorCode::kNotFound, "no such file"};
  error = std::move(error).during("open").during("layer 3");
  EXPECT_EQ(error.message, "layer 3: open: no such file");
  EXPECT_EQ(error.code, ErrorCode::kNotFound);
}

TEST(ErrorCode, HasDistinctNames) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(ErrorCode::kInternal); ++i) {
    EXPECT_TRUE(names.insert(name_of(static_cast<ErrorCode>(i))).second) << i;
  }
}

}  // namespace
}  // namespace seaworthy
