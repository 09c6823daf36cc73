// One exchange through libcurl's easy interface. libcurl does connections, TLS, proxies and the
// framing of HTTP/1.1 and HTTP/2; redirects, retries, ranges and authorization are ours (http.cc),
// because there it matters who is told what.
#include "core/net/http_transfer.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <mutex>

#include "core/base/text.h"

namespace seaworthy {
namespace {

void start_libcurl() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

class HeaderList {
 public:
  HeaderList() = default;
  HeaderList(const HeaderList&) = delete;
  HeaderList& operator=(const HeaderList&) = delete;
  ~HeaderList() { curl_slist_free_all(list_); }
  void add(const std::string& line) { list_ = curl_slist_append(list_, line.c_str()); }
  curl_slist* get() const { return list_; }

 private:
  curl_slist* list_ = nullptr;
};

// What the callbacks of one transfer share.
struct Conversation {
  CURL* handle = nullptr;
  const Transfer& transfer;
  const HttpOptions& options;
  TransferResult result = {};
  std::unique_ptr<ByteSource> body_source = {};
  std::uint64_t header_bytes = 0;
  std::uint64_t body_bytes = 0;
  bool begun = false;

  void fail(Error error) {
    if (!result.error) result.error = std::move(error);
  }
  void begin_body();
  bool take_body(std::string_view block);
};

// Called before the first byte of a body, or at the end of an answer that has none.
void Conversation::begin_body() {
  if (std::exchange(begun, true)) return;
  long status = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  result.response.status = static_cast<int>(status);
  result.answered = status != 0;
  if (!transfer.begin) return;
  if (Status good = transfer.begin(result.response); !good) fail(std::move(good).error());
}

bool Conversation::take_body(std::string_view block) {
  begin_body();
  if (result.error) return false;
  HttpResponse& response = result.response;
  body_bytes += block.size();
  response.received_bytes += block.size();
  if (!response.ok()) {
    const std::size_t room = kErrorBodyBytes - std::min(kErrorBodyBytes, response.body.size());
    response.body.append(block.substr(0, room));
    // An error page has no claim on our time.
    return body_bytes <= 16 * kErrorBodyBytes;
  }
  if (body_bytes > transfer.max_body_bytes) {
    fail({ErrorCode::kLimitExceeded,
          "the answer is larger than " + std::to_string(transfer.max_body_bytes) + " bytes"});
    return false;
  }
  if (!transfer.sink) {
    response.body.append(block);
    return true;
  }
  if (Status taken = transfer.sink(block); !taken) fail(std::move(taken).error());
  return !result.error;
}

std::size_t on_header(char* data, std::size_t, std::size_t size, void* user) {
  auto& talk = *static_cast<Conversation*>(user);
  const std::string_view line = trim(std::string_view(data, size));
  talk.header_bytes += size;
  if (talk.header_bytes > talk.options.max_header_bytes) {
    talk.fail({ErrorCode::kLimitExceeded, "the answer's header is larger than " +
                                              std::to_string(talk.options.max_header_bytes) +
                                              " bytes"});
    return 0;
  }
  std::vector<HttpHeader>& headers = talk.result.response.headers;
  if (line.starts_with("HTTP/")) headers.clear();  // 100 Continue or a proxy came before
  const std::size_t colon = line.find(':');
  // Trailers come behind the body; nothing here uses them, and they must not replace headers.
  if (colon != std::string_view::npos && !talk.begun) {
    headers.push_back(
        {std::string(trim(line.substr(0, colon))), std::string(trim(line.substr(colon + 1)))});
  }
  return size;
}

std::size_t on_body(char* data, std::size_t, std::size_t size, void* user) {
  return static_cast<Conversation*>(user)->take_body({data, size}) ? size : 0;
}

std::size_t on_upload(char* data, std::size_t, std::size_t size, void* user) {
  auto& talk = *static_cast<Conversation*>(user);
  auto got = talk.body_source->read(std::span(data, size));
  if (got) return *got;
  talk.fail(std::move(got).error().during("read what is sent"));
  return CURL_READFUNC_ABORT;
}

int on_progress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  auto& talk = *static_cast<Conversation*>(user);
  if (!talk.options.cancelled || !talk.options.cancelled()) return 0;
  talk.fail({ErrorCode::kCancelled, "cancelled"});
  return 1;
}

bool is_insecure(const Url& url, const HttpTls& tls) {
  return std::any_of(tls.insecure_hosts.begin(), tls.insecure_hosts.end(),
                     [&](const std::string& each) {
                       return each == url.host || each == url.authority() ||
                              each == url.host + ":" + std::to_string(url.effective_port());
                     });
}

void set_tls(CURL* handle, const Url& url, const HttpTls& tls) {
  curl_easy_setopt(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!tls.ca_file.empty()) curl_easy_setopt(handle, CURLOPT_CAINFO, tls.ca_file.c_str());
  if (!tls.certificate_file.empty()) {
    curl_easy_setopt(handle, CURLOPT_SSLCERT, tls.certificate_file.c_str());
    const std::string& key = tls.key_file.empty() ? tls.certificate_file : tls.key_file;
    curl_easy_setopt(handle, CURLOPT_SSLKEY, key.c_str());
  }
  const long verified = is_insecure(url, tls) ? 0 : 1;
  curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, verified);
  curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, verified * 2);
}

void set_bounds(CURL* handle, const HttpRequest& request, const HttpOptions& options) {
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(options.connect_timeout.count()));
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, static_cast<long>(options.idle_timeout.count()));
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT,
                   static_cast<long>(options.min_bytes_per_second));
  const auto total = request.total_timeout.value_or(options.total_timeout);
  curl_easy_setopt(handle, CURLOPT_TIMEOUT, static_cast<long>(total.count()));
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_HTTP09_ALLOWED, 0L);
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
}

// libcurl's list of exceptions knows no ports; those of other clients do: "registry.lab:5000",
// ".lab:443", "[::1]:5000". Such an entry is for that port only.
bool is_excepted_port(const Url& url, std::string_view no_proxy) {
  while (!no_proxy.empty()) {
    const std::size_t end = std::min(no_proxy.find_first_of(", "), no_proxy.size());
    std::string_view host = no_proxy.substr(0, end);
    no_proxy.remove_prefix(std::min(end + 1, no_proxy.size()));
    const std::size_t colon = host.rfind(':');
    if (colon == std::string_view::npos ||
        host.substr(colon + 1) != std::to_string(url.effective_port())) {
      continue;
    }
    host = host.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) {
      host = host.substr(1, host.size() - 2);
    } else if (host.find(':') != std::string_view::npos) {
      continue;  // an IPv6 address, and what looked like a port is a part of it
    }
    if (host.starts_with('*')) host.remove_prefix(1);
    if (host.starts_with('.')) host.remove_prefix(1);
    const std::string name = lower_case(host);
    if (name.empty()) continue;
    if (url.host == name) return true;
    if (!is_ip_address(url.host) && url.host.ends_with("." + name)) return true;
  }
  return false;
}

// "" where none is used, but for what libcurl's own list of exceptions says.
std::string proxy_for(const HttpRequest& request, const HttpOptions& options) {
  const HttpProxies& proxies = options.proxies;
  if (!request.unix_socket.empty() || is_excepted_port(request.url, proxies.no_proxy)) return "";
  return request.url.scheme == "https" ? proxies.https : proxies.http;
}

void set_route(CURL* handle, const HttpRequest& request, const HttpOptions& options) {
  if (!request.unix_socket.empty()) {
    curl_easy_setopt(handle, CURLOPT_UNIX_SOCKET_PATH, request.unix_socket.c_str());
  }
  // Never libcurl's own reading of the environment: the options are the whole truth.
  curl_easy_setopt(handle, CURLOPT_PROXY, proxy_for(request, options).c_str());
  curl_easy_setopt(handle, CURLOPT_NOPROXY, options.proxies.no_proxy.c_str());
}

Status set_method(CURL* handle, const HttpRequest& request, Conversation& talk) {
  if (request.method == "HEAD") {
    curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
    return ok_status();
  }
  if (request.open_body) {
    ASSIGN_OR_RETURN(talk.body_source, request.open_body());
    curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(handle, CURLOPT_READFUNCTION, on_upload);
    curl_easy_setopt(handle, CURLOPT_READDATA, &talk);
    curl_easy_setopt(handle, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(request.body_bytes));
  } else if (!request.body.empty() || request.method == "POST" || request.method == "PUT" ||
             request.method == "PATCH") {
    curl_easy_setopt(handle, CURLOPT_POST, 1L);
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, request.body.data());
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request.body.size()));
  } else {
    curl_easy_setopt(handle, CURLOPT_HTTPGET, 1L);
  }
  curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  return ok_status();
}

bool may_pass(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_PARTIAL_FILE:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
      return true;
    default:
      return false;
  }
}

// What a proxy has to do with the failure. libcurl names whom it could not connect to, and the
// answer to CONNECT is no answer of the server.
std::string proxy_words(CURLcode code, const std::string& why, const Conversation& talk) {
  const HttpRequest& request = *talk.transfer.request;
  if (proxy_for(request, talk.options).empty()) return "";
  long answer = 0;
  curl_easy_getinfo(talk.handle, CURLINFO_HTTP_CONNECTCODE, &answer);
  if (answer == 407) {
    return "the proxy wants to know who asks; user and password go into HTTPS_PROXY, "
           "http://USER:PASSWORD@HOST: ";
  }
  if (answer >= 300) return "the proxy refuses: ";
  const std::string server =
      " to " + request.url.host + " port " + std::to_string(request.url.effective_port()) + " ";
  const bool reached = code != CURLE_COULDNT_CONNECT && code != CURLE_OPERATION_TIMEDOUT;
  if (reached || why.find(" port ") == std::string::npos) return "";
  return why.find(server) == std::string::npos ? "the proxy does not answer: " : "";
}

// A certificate of somebody else, as OpenSSL's part of libcurl says it.
bool is_other_name(std::string_view why) {
  return why.find("subject name") != std::string_view::npos &&
         why.find("match") != std::string_view::npos;
}

// libcurl's own words, without what could be part of a secret.
Error error_of(CURLcode code, std::string_view detail, const Conversation& talk) {
  const HttpTls& tls = talk.options.tls;
  std::string why(detail.empty() ? curl_easy_strerror(code) : trim(detail));
  why.insert(0, proxy_words(code, why, talk));
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return {ErrorCode::kTimedOut, why};
    case CURLE_UNSUPPORTED_PROTOCOL:  // our URLs are http and https: this is about HTTP/0.9
      return {ErrorCode::kInvalidInput, "the answer is no HTTP"};
    case CURLE_WEIRD_SERVER_REPLY:
      return {ErrorCode::kInvalidInput, why};
    case CURLE_SSL_CACERT_BADFILE:
      return {ErrorCode::kUnavailable, "the certificates in " + tls.ca_file + " cannot be used"};
    case CURLE_SSL_CERTPROBLEM:
      return {ErrorCode::kUnavailable,
              "the client certificate in " + tls.certificate_file + " cannot be used: " + why};
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
      return {ErrorCode::kUnavailable,
              (is_other_name(why) ? std::string(kTlsOtherName) + ": " : "TLS: ") + why};
    case CURLE_OUT_OF_MEMORY:
      return {ErrorCode::kInternal, why};
    default:
      return {ErrorCode::kUnavailable, why};
  }
}

void finish(CURLcode code, std::string_view detail, Conversation& talk) {
  if (code == CURLE_OK) {
    talk.begin_body();
    return;
  }
  long status = 0;
  curl_easy_getinfo(talk.handle, CURLINFO_RESPONSE_CODE, &status);
  talk.result.response.status = static_cast<int>(status);
  if (talk.result.error) return;  // a callback ended it and said why
  // An answer that was no success is worth more than how its page ended.
  if (talk.begun && !talk.result.response.ok()) return;
  talk.result.error = error_of(code, detail, talk);
  long proxy_answer = 0;
  curl_easy_getinfo(talk.handle, CURLINFO_HTTP_CONNECTCODE, &proxy_answer);
  const bool refused = proxy_answer >= 400 && proxy_answer < 500;  // by a proxy, and will be again
  talk.result.transient = may_pass(code) && !refused;
}

}  // namespace

TransferHandle::TransferHandle() {
  start_libcurl();
  handle_.reset(curl_easy_init());
}
TransferHandle::TransferHandle(TransferHandle&&) noexcept = default;
TransferHandle& TransferHandle::operator=(TransferHandle&&) noexcept = default;
TransferHandle::~TransferHandle() = default;

void TransferHandle::Close::operator()(void* handle) const {
  curl_easy_cleanup(handle);
}

TransferResult TransferHandle::run(const Transfer& transfer, const HttpOptions& options) {
  CURL* const handle = handle_.get();
  Conversation talk{.handle = handle, .transfer = transfer, .options = options};
  if (handle == nullptr) {
    talk.fail({ErrorCode::kInternal, "libcurl gives no handle"});
    return std::move(talk.result);
  }
  const HttpRequest& request = *transfer.request;
  talk.result.response.url = request.url;
  curl_easy_reset(handle);  // keeps the connections
  std::array<char, CURL_ERROR_SIZE> detail{};
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, detail.data());
  const std::string url = request.url.text();
  curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
  set_tls(handle, request.url, options.tls);
  set_bounds(handle, request, options);
  set_route(handle, request, options);
  if (Status set = set_method(handle, request, talk); !set) {
    talk.fail(std::move(set).error());
    return std::move(talk.result);
  }
  HeaderList headers;
  for (const HttpHeader& header : transfer.headers) {
    headers.add(header.value.empty() ? header.name + ";" : header.name + ": " + header.value);
  }
  headers.add("Expect:");  // no round trip before a body
  if (find_header(transfer.headers, "Content-Type").empty()) {
    headers.add("Content-Type:");  // libcurl's guess is worse than none
  }
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(handle, CURLOPT_USERAGENT, options.user_agent.c_str());
  curl_easy_setopt(handle, CURLOPT_BUFFERSIZE, 512L * 1024);
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(handle, CURLOPT_HEADERDATA, &talk);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &talk);
  curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, on_progress);
  curl_easy_setopt(handle, CURLOPT_XFERINFODATA, &talk);
  const CURLcode code = curl_easy_perform(handle);  // fills `detail`, so it comes first
  finish(code, detail.data(), talk);
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, nullptr);
  return std::move(talk.result);
}

}  // namespace seaworthy
