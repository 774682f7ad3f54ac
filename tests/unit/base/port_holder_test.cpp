#include "slipway/base/port_holder.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace slipway {
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

// 127.79.3.4 and 127.0.0.1 on 4566, an IPv6 wildcard on 80, an IPv4-mapped 127.79.3.4 on 8080.
constexpr const char* kSeveralAddresses =
    "   0: 04034F7F:11D6 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 1 1 0 100 0\n"
    "   1: 0100007F:11D6 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 2 1 0 100 0\n"
    "   2: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 "
    "00:00000000 00000000  1000        0 3 1 0 100 0\n"
    "   3: 0000000000000000FFFF000004034F7F:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 "
    "00:00000000 00000000  1000        0 4 1 0 100 0\n";

TEST(PortHolder, of_an_address_is_who_listens_on_it_or_on_every_address) {
  constexpr std::uint32_t kAddress = 0x7F4F0304;
  EXPECT_EQ(listening_inodes(kSeveralAddresses, 4566, kAddress), std::set<std::string>{"1"});
  EXPECT_EQ(listening_inodes(kSeveralAddresses, 80, kAddress), std::set<std::string>{"3"});
  EXPECT_EQ(listening_inodes(kSeveralAddresses, 8080, kAddress), std::set<std::string>{"4"});
  EXPECT_TRUE(listening_inodes(kSeveralAddresses, 8080, kAddress + 1).empty());
}

TEST(PortHolder, finds_this_process_behind_its_own_port) {
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  ASSERT_EQ(::bind(listener, any, size), 0);
  ASSERT_EQ(::listen(listener, 1), 0);
  ASSERT_EQ(::getsockname(listener, any, &size), 0);
  const auto holder = find_port_holder(ntohs(address.sin_port), INADDR_LOOPBACK);
  ::close(listener);
  ASSERT_TRUE(holder);
  EXPECT_EQ(holder->pid, getpid());
  EXPECT_FALSE(holder->command.empty());
}

}  // namespace
}  // namespace slipway
