#include "server/port_holder.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace slipway::server {
namespace {

// Shape of /proc/net/tcp, from a Linux 6.1 machine: 0x11D6 is 4566, state 0A listens, 01 is a connection.
constexpr const char* kProcNetTcp =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
    "   0: 0100007F:11D6 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 31337 1 0 "
    "100 0\n"
    "   1: 0100007F:11D6 0100007F:9C40 01 00000000:00000000 00:00000000 00000000  1000        0 31338 1 0 20 "
    "4\n"
    "   2: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1234 1 0 100 "
    "0\n";

TEST(PortHolder, finds_the_sockets_that_listen_on_the_port) {
  EXPECT_EQ(listening_inodes(kProcNetTcp, 4566), std::set<std::string>{"31337"});
  EXPECT_EQ(listening_inodes(kProcNetTcp, 22), std::set<std::string>{"1234"});
  EXPECT_TRUE(listening_inodes(kProcNetTcp, 80).empty());
  EXPECT_TRUE(listening_inodes("garbage\n\n: : :\n", 80).empty());
}

TEST(PortHolder, finds_this_process_behind_its_own_port) {
  boost::asio::io_context io;
  using boost::asio::ip::tcp;
  const tcp::acceptor acceptor(io, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
  const auto holder = find_port_holder(acceptor.local_endpoint().port());
  ASSERT_TRUE(holder);
  EXPECT_EQ(holder->pid, getpid());
  EXPECT_FALSE(holder->command.empty());
}

}  // namespace
}  // namespace slipway::server
