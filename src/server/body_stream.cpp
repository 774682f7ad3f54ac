#include "server/body_stream.h"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <charconv>

namespace slipway::server {
namespace asio = boost::asio;
namespace {

constexpr std::size_t kMostAhead = 64 * 1024;

std::string chunk_head(std::size_t size) {
  std::array<char, 16> digits;
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), size, 16);
  return std::string(digits.data(), end) + "\r\n";
}

[[noreturn]] void give_up() { throw boost::system::system_error(asio::error::operation_aborted); }

async::Awaitable<void> write_piece(Connection& connection, Framing framing, std::string bytes) {
  if (bytes.empty()) co_return;  // an empty chunk would end the body
  const bool chunked = framing == Framing::Chunked;
  const std::string head = chunked ? chunk_head(bytes.size()) : std::string();
  const std::string_view tail = chunked ? "\r\n" : "";
  const std::array<asio::const_buffer, 3> buffers{asio::buffer(head), asio::buffer(bytes),
                                                  asio::buffer(tail)};
  auto writing = asio::async_write(connection.socket, buffers, asio::as_tuple(asio::use_awaitable));
  const auto [error, written] = co_await std::move(writing);
  if (error) give_up();
}

class ConnectionSink final : public BodySink {
 public:
  ConnectionSink(Connection& connection, Framing framing) : connection_(connection), framing_(framing) {}
  async::Awaitable<void> write(std::string bytes) override {
    return write_piece(connection_, framing_, std::move(bytes));
  }

 private:
  Connection& connection_;
  Framing framing_;
};

async::Awaitable<StreamEnd> produce(BodySink& sink, const BodyProducer& producer) {
  StreamEnd end;
  try {
    auto work = producer(sink);
    co_await std::move(work);
    end.whole = true;
  } catch (const boost::system::system_error& error) {
    if (error.code() != asio::error::operation_aborted) end.failure = error.what();
  } catch (const std::exception& error) {
    end.failure = error.what();
  }
  // What a cancelled coroutine throws says nothing.
  const auto cancellation = co_await asio::this_coro::cancellation_state;
  if (cancellation.cancelled() != asio::cancellation_type::none) end = StreamEnd();
  co_return end;
}

// Ends when the client does.
async::Awaitable<void> watch(Connection& connection, std::string& ahead) {
  std::array<char, 4096> block;
  while (ahead.size() < kMostAhead) {
    auto reading =
        connection.socket.async_read_some(asio::buffer(block), asio::as_tuple(asio::use_awaitable));
    const auto [error, bytes] = co_await std::move(reading);
    ahead.append(block.data(), bytes);
    if (error) co_return;
  }
}

}  // namespace

async::Awaitable<StreamEnd> stream_body(Connection& connection, const BodyProducer& producer, Framing framing,
                                        std::string& ahead) {
  using namespace asio::experimental::awaitable_operators;
  ConnectionSink sink(connection, framing);
  auto either = produce(sink, producer) || watch(connection, ahead);
  auto first = co_await std::move(either);
  const auto cancellation = co_await asio::this_coro::cancellation_state;
  if (cancellation.cancelled() != asio::cancellation_type::none) give_up();
  if (first.index() == 0) co_return std::get<0>(std::move(first));
  co_return StreamEnd();
}

std::string_view end_mark(Framing framing) { return framing == Framing::Chunked ? "0\r\n\r\n" : ""; }

}  // namespace slipway::server
