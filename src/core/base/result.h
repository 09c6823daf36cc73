#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace seaworthy {

// What a caller can do about a failure. Add a value only when some caller acts on it.
enum class ErrorCode {
  kNotFound,
  kInvalidInput,
  kUnsupported,
  kLimitExceeded,
  kPermissionDenied,
  kConflict,
  kUnavailable,
  kTimedOut,
  kCancelled,
  kUsage,
  kInternal,
};

// The stable lower-case name of a code ("not-found"); it appears in reports and logs.
std::string_view name_of(ErrorCode code);

struct Error {
  ErrorCode code;
  std::string message;

  // Puts the caller's step in front of the message: "open layer: gunzip: bad checksum".
  Error during(std::string_view step) && {
    message.insert(0, std::string(step) + ": ");
    return std::move(*this);
  }
};

// A value, or the reason there is none. Reading the side that is not there throws
// std::bad_variant_access: it is a bug in the caller, never a way to report failure.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& operator*() & { return std::get<0>(state_); }
  const T& operator*() const& { return std::get<0>(state_); }
  T&& operator*() && { return std::get<0>(std::move(state_)); }
  T* operator->() { return &std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }

  const Error& error() const& { return std::get<1>(state_); }
  Error&& error() && { return std::get<1>(std::move(state_)); }

 private:
  std::variant<T, Error> state_;
};

struct Nothing {};
using Status = Result<Nothing>;
inline Status ok_status() {
  return Nothing{};
}

}  // namespace seaworthy

#define SEAWORTHY_JOIN2(a, b) a##b
#define SEAWORTHY_JOIN(a, b) SEAWORTHY_JOIN2(a, b)
#define SEAWORTHY_ASSIGN(leave, tmp, decl, expr) \
  auto tmp = (expr);                             \
  if (!tmp) leave std::move(tmp).error();        \
  decl = *std::move(tmp)

// ASSIGN_OR_RETURN(const Manifest manifest, parse_manifest(bytes));
#define ASSIGN_OR_RETURN(decl, expr) \
  SEAWORTHY_ASSIGN(return, SEAWORTHY_JOIN(result_, __LINE__), decl, expr)

// RETURN_IF_ERROR(write_all(fd, bytes));
#define RETURN_IF_ERROR(expr)                        \
  do {                                               \
    auto status_ = (expr);                           \
    if (!status_) return std::move(status_).error(); \
  } while (false)
