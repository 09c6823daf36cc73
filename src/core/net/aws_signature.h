#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/net/http.h"

namespace seaworthy {

// Adds x-amz-date, x-amz-security-token (where there is one), for S3 x-amz-content-sha256, and
// Authorization to `headers`: AWS Signature Version 4, all given headers signed. `body` is what
// will be sent.
void sign_for_aws(const AwsSigning& signing, std::string_view method, const Url& url,
                  std::string_view body, UnixSeconds now, std::vector<HttpHeader>& headers);

}  // namespace seaworthy
