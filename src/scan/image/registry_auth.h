#pragma once

#include <mutex>
#include <optional>
#include <string>

#include "core/base/clock.h"
#include "core/net/http.h"
#include "scan/image/auth_challenge.h"
#include "scan/image/credential_helper.h"
#include "scan/image/reference.h"
#include "scan/image/registry_options.h"

namespace seaworthy {

// Proves to one registry that we may pull one repository. Nothing is sent before the registry asks
// (401 with WWW-Authenticate); credentials are looked up then, once. Thread safe: while one thread
// fetches a token the others wait for it instead of fetching their own.
//
// Credentials of a registry go to that registry (Basic) or to the token server that it names
// (Bearer). That server must speak https, and where the registry's own identity was not verified
// (plain http, or a certificate that is not checked) it must be the same host: whoever can
// answer for such a registry could otherwise name any host and be sent the password.
class RegistryAuth {
 public:
  // All must outlive this. `reference` names the host that is asked, which may be a mirror.
  RegistryAuth(const HttpClient& http, const RegistryOptions& options, const Reference& reference)
      : http_(http), options_(options), reference_(reference) {}

  // Adds what the registry asked for last. Returns which answer of ours that is, for answer().
  int authorize(HttpRequest& request);

  // Gets ready for what a 401 from `asked` asks, after a request that carried answer `number` of
  // ours. False: nothing better than what was refused can be offered.
  Result<bool> answer(const HttpResponse& refusal, const Url& asked, bool verified, int number);

  // Why a 401 stands: for messages, "" or a sentence with what to do.
  std::string advice() const;

 private:
  Status find_credentials();
  Result<bool> answer_basic();
  Status fetch_token(const AuthChallenge& challenge, const Url& asked, bool verified);
  Result<HttpRequest> token_request(const AuthChallenge& challenge, const Url& asked,
                                    bool verified) const;
  bool is_insecure(const Url& url) const;

  const HttpClient& http_;
  const RegistryOptions& options_;
  const Reference& reference_;

  mutable std::mutex mutex_;  // held while asking a token server: the others need its answer
  bool looked_up_ = false;
  std::optional<RegistryCredentials> credentials_;
  std::optional<UnixSeconds> credentials_expire_;
  std::string why_none_;  // why there are no credentials, where that is worth a word
  int number_ = 0;        // of answers
  bool basic_ = false;
  std::string token_;
};

}  // namespace seaworthy
