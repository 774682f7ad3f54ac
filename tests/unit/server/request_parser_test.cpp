// HTTP framing step by step, without sockets: what is a request, where it ends, and what is refused.
#include "server/request_parser.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <cstring>

namespace slipway::server {
namespace {

using Step = RequestParser::Step;

constexpr ParserLimits kLimits{.header = 1024, .body = 4096};

void put(RequestParser& parser, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto space = parser.free_space();
    const std::size_t size = std::min(space.size(), bytes.size());
    std::memcpy(space.data(), bytes.data(), size);
    parser.received(size);
    bytes.remove_prefix(size);
  }
}

// The step after HeadDone, if the head is done.
Step step_to_end(RequestParser& parser) {
  const Step step = parser.step();
  return step == Step::HeadDone ? parser.step() : step;
}

// The status with which the whole of `bytes` is refused; 0 when it is a request.
int status_of(std::string_view bytes) {
  RequestParser parser(kLimits);
  put(parser, bytes);
  const Step step = step_to_end(parser);
  if (step == Step::Failed) return parser.fault().status;
  return step == Step::Done ? 0 : -1;
}

std::string gzipped(const std::string& text) {
  z_stream stream{};
  deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, text.size()), '\0');
  std::string input = text;
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string post(const std::string& headers, const std::string& body) {
  return "POST / HTTP/1.1\r\nHost: localhost\r\n" + headers +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

TEST(RequestParser, gives_method_target_headers_and_body) {
  RequestParser parser(kLimits);
  put(parser,
      "POST /a?b=c HTTP/1.1\r\nHost: localhost:4566\r\nX-Amz-Target:  a.B \r\nContent-Length: 4\r\n\r\nbody");
  ASSERT_EQ(parser.step(), Step::HeadDone);
  EXPECT_FALSE(parser.complete());
  ASSERT_EQ(parser.step(), Step::Done);
  const HttpRequest& request = parser.request();
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.path(), "/a");
  EXPECT_EQ(request.query(), "b=c");
  EXPECT_EQ(request.header("x-amz-TARGET"), "a.B");
  EXPECT_EQ(request.header("absent"), "");
  EXPECT_EQ(request.body, "body");
  EXPECT_EQ(parser.host(), "localhost:4566");
  EXPECT_TRUE(parser.keep_alive());
}

TEST(RequestParser, finds_the_same_request_whatever_pieces_it_comes_in) {
  const std::string bytes =
      "POST /x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: "
      "chunked\r\n\r\n5;ext=1\r\nhello\r\n1\r\n!\r\n0\r\n"
      "Trailer: x\r\n\r\n";
  for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
    RequestParser parser(kLimits);
    Step step = Step::NeedMore;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      put(parser, std::string_view(bytes).substr(at, piece));
      step = step_to_end(parser);
      ASSERT_NE(step, Step::Failed) << piece << ": " << parser.fault().message;
    }
    ASSERT_EQ(step, Step::Done) << piece;
    EXPECT_EQ(parser.request().body, "hello!") << piece;
    EXPECT_EQ(parser.request().path(), "/x");
    EXPECT_EQ(parser.request().headers.size(), 2u);
  }
}

TEST(RequestParser, keeps_pipelined_requests_apart) {
  RequestParser parser(kLimits);
  std::string bytes;
  for (int i = 0; i < 50; ++i) bytes += post("", std::to_string(i));
  put(parser, bytes);
  for (int i = 0; i < 50; ++i) {
    ASSERT_EQ(step_to_end(parser), Step::Done) << i;
    EXPECT_EQ(parser.request().body, std::to_string(i));
    parser.next();
  }
  EXPECT_EQ(parser.step(), Step::NeedMore);
  EXPECT_FALSE(parser.started());
}

TEST(RequestParser, passes_over_empty_lines_before_a_request) {
  RequestParser parser(kLimits);
  put(parser, "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(step_to_end(parser), Step::Done);
}

TEST(RequestParser, reads_http_1_0_without_host) {
  RequestParser parser(kLimits);
  put(parser, "GET / HTTP/1.0\r\n\r\n");
  ASSERT_EQ(step_to_end(parser), Step::Done);
  EXPECT_TRUE(parser.http_1_0());
  EXPECT_FALSE(parser.keep_alive());
}

TEST(RequestParser, reads_absolute_targets) {
  RequestParser parser(kLimits);
  put(parser, "GET http://localhost:4566/a?b HTTP/1.1\r\nHost: localhost:4566\r\n\r\n");
  ASSERT_EQ(step_to_end(parser), Step::Done);
  EXPECT_EQ(parser.request().target, "/a?b");
  EXPECT_EQ(parser.host(), "localhost:4566");
  parser.next();
  put(parser, "GET http://evil.test?b HTTP/1.0\r\n\r\n");
  ASSERT_EQ(step_to_end(parser), Step::Done);
  EXPECT_EQ(parser.request().target, "/?b");
  EXPECT_EQ(parser.host(), "evil.test");
  EXPECT_EQ(status_of("GET http://evil.test/ HTTP/1.1\r\nHost: localhost\r\n\r\n"), 400);
}

TEST(RequestParser, refuses_requests_whose_end_two_servers_could_see_differently) {
  const std::string start = "POST / HTTP/1.1\r\nHost: a\r\n";
  EXPECT_EQ(status_of(start + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 400);
  EXPECT_EQ(status_of(start + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"), 400);
  EXPECT_EQ(status_of(start + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello"), 400);
  EXPECT_EQ(status_of(start + "Content-Length: 5, 6\r\n\r\nhello"), 400);
  EXPECT_EQ(status_of(start + "Content-Length: -1\r\n\r\n"), 400);
  EXPECT_EQ(status_of(start + "Content-Length: +5\r\n\r\nhello"), 400);
  EXPECT_EQ(status_of(start + "Content-Length: 99999999999999999999\r\n\r\n"), 400);
  EXPECT_EQ(status_of(start + "Content-Length :5\r\n\r\nhello"), 400);
  EXPECT_EQ(status_of(start + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
            400);
  EXPECT_EQ(status_of(start + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"), 400);
  EXPECT_EQ(status_of(start + "Transfer-Encoding: identity\r\n\r\n"), 400);
  EXPECT_EQ(status_of(start + "Transfer-Encoding: xchunked\r\n\r\n"), 400);
  EXPECT_EQ(status_of("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 400);
  EXPECT_EQ(status_of(start + "Transfer-Encoding: chunked\r\n\r\nz\r\n"), 400);
  EXPECT_EQ(status_of(start + "Transfer-Encoding: chunked\r\n\r\n1\r\nxx\r\n0\r\n\r\n"), 400);
  EXPECT_EQ(status_of(start + "A: b\r\n c\r\n\r\n"), 400);
  EXPECT_EQ(status_of(start + "A: b\nX: y\r\n\r\n"), 400);
}

TEST(RequestParser, accepts_a_repeated_content_length_of_one_value) {
  EXPECT_EQ(status_of("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx"), 0);
}

TEST(RequestParser, refuses_what_is_no_request) {
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\n\r\n"), 400);  // no Host
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(status_of("GET /\r\n\r\n"), 400);
  EXPECT_EQ(status_of("{\"json\": true}\r\n\r\n"), 400);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: a\r\nBad Header: x\r\n\r\n"), 400);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: a\r\nA: " + std::string(1, '\0') + "\r\n\r\n"), 400);
  EXPECT_EQ(status_of("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 505);
}

TEST(RequestParser, bounds_the_header) {
  const std::string start = "GET / HTTP/1.1\r\nHost: a\r\nA: ";
  EXPECT_EQ(status_of(start + std::string(900, 'x') + "\r\n\r\n"), 0);
  EXPECT_EQ(status_of(start + std::string(2000, 'x') + "\r\n\r\n"), 431);
  EXPECT_EQ(status_of(start + std::string(2000, 'x')), 431);
  EXPECT_EQ(status_of("GET /" + std::string(2000, 'x')), 431);
  std::string many = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (int i = 0; i < 200; ++i) many += "A: b\r\n";
  EXPECT_EQ(status_of(many + "\r\n"), 431);
}

TEST(RequestParser, bounds_the_header_also_when_it_drips) {
  RequestParser parser(kLimits);
  put(parser, "GET / HTTP/1.1\r\nHost: a\r\n");
  for (int i = 0; i < 1000; ++i) {
    if (parser.step() == Step::Failed) break;
    put(parser, "A: b\r\n");
  }
  ASSERT_EQ(parser.step(), Step::Failed);
  EXPECT_EQ(parser.fault().status, 431);
}

TEST(RequestParser, bounds_chunk_lines_and_trailers) {
  const std::string start = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(status_of(start + "5;" + std::string(5000, 'x')), 431);
  EXPECT_EQ(status_of(start + "0\r\nA: " + std::string(5000, 'x')), 431);
}

TEST(RequestParser, bounds_the_body_before_reading_it) {
  RequestParser parser(kLimits);
  put(parser, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4097\r\n\r\n");
  ASSERT_EQ(parser.step(), Step::Failed);
  EXPECT_EQ(parser.fault().status, 413);
  EXPECT_EQ(status_of(post("", std::string(4096, 'x'))), 0);
  const std::string chunk = "800\r\n" + std::string(0x800, 'x') + "\r\n";
  const std::string start = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(status_of(start + chunk + chunk + "0\r\n\r\n"), 0);
  EXPECT_EQ(status_of(start + chunk + chunk + "1\r\nx\r\n0\r\n\r\n"), 413);
}

TEST(RequestParser, decodes_gzip_bodies) {
  RequestParser parser(kLimits);
  put(parser, post("Content-Encoding: gzip\r\n", gzipped("{\"a\": 1}") + gzipped("tail")));
  ASSERT_EQ(step_to_end(parser), Step::Done);
  EXPECT_EQ(parser.request().body, "{\"a\": 1}tail");
}

TEST(RequestParser, refuses_bad_gzip_and_gzip_bombs) {
  const std::string gzip = "Content-Encoding: gzip\r\n";
  EXPECT_EQ(status_of(post(gzip, "not gzip")), 400);
  const std::string whole = gzipped("hello hello hello");
  EXPECT_EQ(status_of(post(gzip, whole.substr(0, whole.size() - 3))), 400);
  EXPECT_EQ(status_of(post(gzip, gzipped(std::string(4096, 'x')))), 0);
  EXPECT_EQ(status_of(post(gzip, gzipped(std::string(1'000'000, 'x')))), 413);
  EXPECT_EQ(status_of(post(gzip, "")), 0);
  EXPECT_EQ(status_of(post("Content-Encoding: br\r\n", "x")), 415);
}

TEST(RequestParser, knows_who_waits_for_100_continue) {
  const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n";
  RequestParser parser(kLimits);
  put(parser, head);
  ASSERT_EQ(parser.step(), Step::HeadDone);
  EXPECT_TRUE(parser.expects_continue());
  put(parser, "ok");
  EXPECT_EQ(parser.step(), Step::Done);

  RequestParser eager(kLimits);
  put(eager, head + "o");
  ASSERT_EQ(eager.step(), Step::HeadDone);
  EXPECT_FALSE(eager.expects_continue());
}

TEST(RequestParser, keeps_the_head_readable_while_a_large_body_comes) {
  RequestParser parser({.header = 1024, .body = 10'000'000});
  const std::string body(3'000'000, 'b');
  put(parser, "POST /large HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3000000\r\n\r\n");
  ASSERT_EQ(parser.step(), Step::HeadDone);
  for (std::size_t at = 0; at < body.size(); at += 100'000) {
    put(parser, std::string_view(body).substr(at, 100'000));
    const Step step = parser.step();
    EXPECT_EQ(parser.request().path(), "/large");
    EXPECT_EQ(parser.host(), "localhost");
    ASSERT_EQ(step, at + 100'000 < body.size() ? Step::NeedMore : Step::Done);
  }
  EXPECT_EQ(parser.request().body, body);
}

}  // namespace
}  // namespace slipway::server
