// AWS Signature Version 4 ("Signature Version 4 signing process" in the AWS General Reference).
//
//   canonical request = method, path, query (sorted), headers (sorted, lower case), their names,
//                       hash of the body
//   string to sign    = algorithm, time, scope, hash of the canonical request
//   key               = HMAC chain over date, region, service, "aws4_request"
//
// libcurl 7.88 can sign too, but neither sorts nor encodes the query, so own code signs every
// request the same way.
#include "core/net/aws_signature.h"

#include <algorithm>
#include <array>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "core/base/text.h"
#include "core/codec/digest.h"

namespace seaworthy {
namespace {

std::string hex_sha256(std::string_view bytes) {
  return sha256(bytes).substr(std::string_view("sha256:").size());
}

std::string hmac(std::string_view key, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac;
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac.data(), &size);
  return {reinterpret_cast<const char*>(mac.data()), size};
}

// "20150830T123600Z"
std::string amazon_time(UnixSeconds now) {
  std::string text = rfc3339(now);
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text;
}

std::string canonical_query(std::string_view query) {
  std::vector<std::string> parts;
  while (!query.empty()) {
    const std::size_t end = query.find('&');
    std::string part(query.substr(0, end));
    if (part.find('=') == std::string::npos) part += '=';
    parts.push_back(std::move(part));
    query = end == std::string_view::npos ? std::string_view{} : query.substr(end + 1);
  }
  std::sort(parts.begin(), parts.end());
  std::string joined;
  for (const std::string& part : parts) joined += (joined.empty() ? "" : "&") + part;
  return joined;
}

// S3 signs the path as it travels, everyone else encodes it once more.
std::string canonical_path(const Url& url, const AwsSigning& signing) {
  return signing.service == "s3" ? url.path : percent_encode(url.path, "/");
}

struct SignedHeaders {
  std::string lines, names;
};

SignedHeaders canonical_headers(const Url& url, const std::vector<HttpHeader>& headers) {
  std::vector<HttpHeader> sorted{{"host", url.authority()}};
  for (const HttpHeader& header : headers) {
    std::string value;  // runs of spaces count as one
    for (const char c : trim(header.value)) {
      if (c != ' ' || !value.ends_with(' ')) value += c;
    }
    sorted.push_back({lower_case(header.name), std::move(value)});
  }
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const HttpHeader& a, const HttpHeader& b) { return a.name < b.name; });
  SignedHeaders result;
  for (const HttpHeader& header : sorted) {
    result.lines += header.name + ":" + header.value + "\n";
    result.names += (result.names.empty() ? "" : ";") + header.name;
  }
  return result;
}

}  // namespace

void sign_for_aws(const AwsSigning& signing, std::string_view method, const Url& url,
                  std::string_view body, UnixSeconds now, std::vector<HttpHeader>& headers) {
  const std::string time = amazon_time(now);
  const std::string date = time.substr(0, 8);
  const std::string body_hash = hex_sha256(body);
  headers.push_back({"x-amz-date", time});
  if (!signing.session_token.empty()) {
    headers.push_back({"x-amz-security-token", signing.session_token});
  }
  if (signing.service == "s3") headers.push_back({"x-amz-content-sha256", body_hash});
  const SignedHeaders signed_headers = canonical_headers(url, headers);
  const std::string request = std::string(method) + "\n" + canonical_path(url, signing) + "\n" +
                              canonical_query(url.query) + "\n" + signed_headers.lines + "\n" +
                              signed_headers.names + "\n" + body_hash;
  const std::string scope = date + "/" + signing.region + "/" + signing.service + "/aws4_request";
  const std::string to_sign =
      "AWS4-HMAC-SHA256\n" + time + "\n" + scope + "\n" + hex_sha256(request);
  std::string key = hmac("AWS4" + signing.secret_key, date);
  for (const std::string_view part :
       {std::string_view(signing.region), std::string_view(signing.service),
        std::string_view("aws4_request")}) {
    key = hmac(key, part);
  }
  headers.push_back({"Authorization", "AWS4-HMAC-SHA256 Credential=" + signing.access_key + "/" +
                                          scope + ", SignedHeaders=" + signed_headers.names +
                                          ", Signature=" + to_hex(hmac(key, to_sign))});
}

}  // namespace seaworthy
