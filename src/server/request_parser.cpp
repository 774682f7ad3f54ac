// The only file that includes Beast.
#include "server/request_parser.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "server/gunzip.h"
#include "server/text.h"

namespace slipway::server {
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace {

constexpr std::size_t kFirstBuffer = 8 * 1024;
constexpr std::size_t kLeastFree = 4 * 1024;
constexpr std::size_t kBodyFree = 64 * 1024;        // read size while a body comes
constexpr std::size_t kKeptBuffer = 128 * 1024;     // a larger buffer is given back after the request
constexpr std::size_t kKeptBody = 1024 * 1024;      // likewise
constexpr std::size_t kReservedBody = 1024 * 1024;  // at most, on the word of Content-Length alone

// A part of the head, as a place behind the request's first byte: the buffer may move while the head comes.
struct Piece {
  std::size_t begin = 0;
  std::size_t size = 0;
};

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

HttpFault fault_of(const beast::error_code& error, const ParserLimits& limits) {
  if (error == http::error::header_limit) {
    return {431, "RequestHeaderSectionTooLarge",
            "The request's header is larger than " + std::to_string(limits.header) + " bytes."};
  }
  if (error == http::error::body_limit) {
    return {413, "RequestEntityTooLarge",
            "The request's body is larger than " + std::to_string(limits.body) + " bytes."};
  }
  if (error == http::error::bad_version) {
    return {505, "HTTPVersionNotSupported", "Slipway speaks HTTP/1.1 and HTTP/1.0."};
  }
  return {400, "BadRequest", "Not a well-formed HTTP request: " + error.message() + "."};
}

}  // namespace

struct RequestParser::State {
  // Notes what Beast finds; every view that it gets points into `buffer`.
  class Grammar final : public http::basic_parser<true> {
   public:
    explicit Grammar(State& owner) : state_(owner) {
      header_limit(static_cast<std::uint32_t>(owner.limits.header));
      body_limit(owner.limits.body);
    }

   private:
    using Error = beast::error_code;
    using Text = beast::string_view;

    void on_request_impl(http::verb, Text method_text, Text target_text, int version, Error&) override {
      state_.method = state_.piece(view(method_text));
      state_.target = state_.piece(view(target_text));
      state_.http_1_0 = version == 10;
    }
    void on_response_impl(int, Text, int, Error&) override {}
    void on_field_impl(http::field name, Text name_text, Text value, Error& error) override {
      if (state_.head_done) return;  // a trailer
      state_.on_field(name, view(name_text), view(value), error);
    }
    void on_header_impl(Error&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>& length, Error&) override {
      if (length) state_.request.body.reserve(std::min<std::size_t>(*length, kReservedBody));
    }
    std::size_t on_body_impl(Text body, Error&) override {
      state_.request.body.append(body.data(), body.size());
      return body.size();
    }
    void on_chunk_header_impl(std::uint64_t, Text, Error&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, Text body, Error&) override {
      state_.request.body.append(body.data(), body.size());
      return body.size();
    }
    void on_finish_impl(Error&) override {}

    State& state_;
  };

  explicit State(ParserLimits limits_in) : limits(limits_in), buffer(kFirstBuffer) {}

  const ParserLimits limits;
  std::vector<char> buffer;
  // buffer: … begin [head] head_end [gap of consumed body] parsed [not parsed yet] end …
  std::size_t begin = 0, head_size = 0, parsed = 0, end = 0;
  std::optional<Grammar> grammar;  // of the current request
  bool head_done = false, body_done = false, http_1_0 = false;
  bool host_given = false, gzip = false;
  Piece method, target;
  std::vector<std::pair<Piece, Piece>> fields;
  std::string rewritten_target;        // path and query of an absolute-form target
  std::optional<Piece> absolute_host;  // its authority
  std::string_view host;
  HttpRequest request;
  std::optional<HttpFault> fault;

  Piece piece(std::string_view text) const {
    return {static_cast<std::size_t>(text.data() - (buffer.data() + begin)), text.size()};
  }
  std::string_view at(Piece piece) const { return {buffer.data() + begin + piece.begin, piece.size}; }

  void fail(int status, std::string_view code, std::string message) {
    fault = HttpFault{status, code, std::move(message)};
  }
  void bad_request(std::string message) { fail(400, "BadRequest", std::move(message)); }

  void on_field(http::field name, std::string_view name_text, std::string_view value,
                beast::error_code& error) {
    const bool folded = value.data() < buffer.data() || value.data() + value.size() > buffer.data() + end;
    if (folded && !value.empty()) {
      bad_request("A header field must not be folded over several lines.");
    } else if (name == http::field::host && std::exchange(host_given, true)) {
      bad_request("The request has more than one Host header.");
    } else if (name == http::field::transfer_encoding &&
               (http_1_0 || !equal_ignoring_case(value, "chunked"))) {
      // Anything else would make it unclear where the body ends.
      bad_request("The only Transfer-Encoding is chunked, in HTTP/1.1.");
    }
    if (fault) error = http::error::bad_field;
    fields.emplace_back(piece(name_text), value.empty() ? Piece{} : piece(value));
  }

  void point_views() {
    request.method = at(method);
    request.target = rewritten_target.empty() ? at(target) : std::string_view(rewritten_target);
    request.headers.clear();
    for (const auto& [name, value] : fields) request.headers.emplace_back(at(name), at(value));
    host = absolute_host ? at(*absolute_host) : request.header("Host");
  }

  // "http://127.0.0.1:4566/path", as clients send it that take us for a proxy.
  void resolve_absolute_target() {
    const std::size_t scheme = request.target.find("://");
    if (request.target.starts_with('/') || scheme == std::string_view::npos) return;
    const std::size_t authority = scheme + 3;
    const std::size_t rest = std::min(request.target.find_first_of("/?", authority), request.target.size());
    const std::string_view named = request.target.substr(authority, rest - authority);
    if (host_given && !equal_ignoring_case(named, host)) {
      return bad_request("The Host header and the host of the request target differ.");
    }
    rewritten_target = request.target.substr(rest);
    if (!rewritten_target.starts_with('/')) rewritten_target.insert(0, 1, '/');
    request.target = rewritten_target;
    host = named;
    absolute_host = piece(named);
  }

  Step finish_head() {
    head_done = true;
    head_size = parsed - begin;
    if (head_size > limits.header) {
      fault = fault_of(http::error::header_limit, limits);
      return Step::Failed;
    }
    point_views();
    if (!http_1_0 && !host_given) bad_request("An HTTP/1.1 request needs a Host header.");
    resolve_absolute_target();
    check_encoding();
    return fault ? Step::Failed : Step::HeadDone;
  }

  void check_encoding() {
    const std::string_view encoding = request.header("Content-Encoding");
    gzip = equal_ignoring_case(encoding, "gzip") || equal_ignoring_case(encoding, "x-gzip");
    // aws-chunked: S3's framing inside the body.
    const bool plain = encoding.empty() || equal_ignoring_case(encoding, "identity") ||
                       equal_ignoring_case(encoding, "aws-chunked");
    if (gzip || plain) return;
    fail(415, "UnsupportedMediaType", "The only Content-Encoding understood here is gzip.");
  }

  Step finish_body() {
    body_done = true;
    if (!gzip || request.body.empty()) return Step::Done;
    std::string plain;
    switch (gunzip(request.body, limits.body, plain)) {
      case GunzipResult::Done:
        request.body = std::move(plain);
        return Step::Done;
      case GunzipResult::Malformed:
        bad_request("The body is not what its Content-Encoding says: gzip.");
        return Step::Failed;
      case GunzipResult::TooLarge:
        break;
    }
    fault = fault_of(http::error::body_limit, limits);
    return Step::Failed;
  }

  // False when there is nothing of a request yet.
  bool begin_request() {
    // RFC 9112, 2.2: an empty line before the request line is passed over.
    while (parsed < end && (buffer[parsed] == '\r' || buffer[parsed] == '\n')) ++parsed;
    begin = parsed;
    if (begin == end) return false;
    grammar.emplace(*this);
    return true;
  }

  Step step() {
    if (fault) return Step::Failed;
    if (body_done) return Step::Done;
    if (!grammar && !begin_request()) return Step::NeedMore;
    while (!(head_done && grammar->is_done())) {
      if (parsed == end) return Step::NeedMore;
      beast::error_code error;
      parsed += grammar->put(boost::asio::const_buffer(buffer.data() + parsed, end - parsed), error);
      if (error == http::error::need_more) return wait_for_more();
      if (error) {
        if (!fault) fault = fault_of(error, limits);
        return Step::Failed;
      }
      if (!head_done && grammar->is_header_done()) return finish_head();
    }
    return finish_body();
  }

  // Beast wants the bytes that it has not consumed again, together with what follows: a line without end must
  // not fill the memory.
  Step wait_for_more() {
    const std::size_t waiting = head_done ? end - parsed : end - begin;
    if (waiting <= limits.header) return Step::NeedMore;
    fault = fault_of(http::error::header_limit, limits);
    return Step::Failed;
  }

  // Moves the bytes from `from` on down to `to`.
  void move_down(std::size_t from, std::size_t to) {
    if (from == to) return;
    std::memmove(buffer.data() + to, buffer.data() + from, end - from);
    parsed -= from - to;
    end -= from - to;
  }

  std::span<char> free_space() {
    if (head_done) {
      move_down(parsed, begin + head_size);
    } else if (buffer.size() - end < kLeastFree && begin > 0) {
      const std::size_t shift = begin;
      begin = 0;
      move_down(shift, 0);
    }
    const bool body = head_done && !grammar->is_done();
    const std::size_t wanted = body ? kBodyFree : kLeastFree;
    if (buffer.size() - end < kLeastFree) {
      buffer.resize(std::max(buffer.size() * 2, end + wanted));
      if (head_done) point_views();
    }
    return {buffer.data() + end, buffer.size() - end};
  }

  void next() {
    grammar.reset();
    begin = parsed;
    if (begin == end) begin = parsed = end = 0;
    if (buffer.size() > kKeptBuffer && end <= kFirstBuffer && begin == 0) {
      buffer.resize(kFirstBuffer);
      buffer.shrink_to_fit();
    }
    if (request.body.capacity() > kKeptBody) request.body = std::string();
    request.body.clear();
    request.headers.clear();
    fields.clear();
    rewritten_target.clear();
    absolute_host.reset();
    head_size = 0;
    head_done = body_done = http_1_0 = host_given = gzip = false;
  }
};

RequestParser::RequestParser(ParserLimits limits) : state_(std::make_unique<State>(limits)) {}
RequestParser::~RequestParser() = default;

std::span<char> RequestParser::free_space() { return state_->free_space(); }
void RequestParser::received(std::size_t bytes) { state_->end += bytes; }
RequestParser::Step RequestParser::step() { return state_->step(); }
void RequestParser::next() { state_->next(); }
bool RequestParser::started() const { return state_->grammar || state_->parsed < state_->end; }
HttpRequest& RequestParser::request() { return state_->request; }
const HttpFault& RequestParser::fault() const { return *state_->fault; }
std::string_view RequestParser::host() const { return state_->host; }
bool RequestParser::http_1_0() const { return state_->http_1_0; }
bool RequestParser::keep_alive() const { return state_->grammar && state_->grammar->keep_alive(); }
bool RequestParser::complete() const {
  return state_->grammar && state_->head_done && state_->grammar->is_done();
}

bool RequestParser::expects_continue() const {
  const State& state = *state_;
  return !complete() && !state.http_1_0 && state.parsed == state.end &&
         equal_ignoring_case(state.request.header("Expect"), "100-continue");
}

}  // namespace slipway::server
