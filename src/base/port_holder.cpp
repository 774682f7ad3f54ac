#include "slipway/base/port_holder.h"

#include <arpa/inet.h>

#include <array>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <vector>

namespace slipway {
namespace fs = std::filesystem;
namespace {

std::string read_file(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::optional<int> as_pid(const std::string& name) {
  int pid = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
  if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
  return pid;
}

bool holds_one_of(const fs::path& process, const std::set<std::string>& inodes) {
  std::error_code denied;
  for (const auto& descriptor : fs::directory_iterator(process / "fd", denied)) {
    std::error_code gone;
    const std::string target = fs::read_symlink(descriptor.path(), gone).string();
    constexpr std::string_view kSocket = "socket:[";
    if (!gone && target.starts_with(kSocket) &&
        inodes.contains(target.substr(kSocket.size(), target.size() - kSocket.size() - 1))) {
      return true;
    }
  }
  return false;
}

// `column`: hex digits of a local address, which the kernel prints as words of the machine.
bool covers(std::string_view column, std::uint32_t address) {
  if (column.find_first_not_of('0') == std::string_view::npos) return true;
  std::array<char, 9> digits{};
  std::snprintf(digits.data(), digits.size(), "%08X", htonl(address));
  const bool v4 = column.size() == 8 || column.starts_with("0000000000000000FFFF0000");
  return v4 && column.ends_with(digits.data());
}

}  // namespace

std::set<std::string> listening_inodes(std::string_view proc_net_tcp, std::uint16_t port,
                                       std::optional<std::uint32_t> address) {
  constexpr std::string_view kListen = "0A";
  std::set<std::string> inodes;
  std::istringstream lines{std::string(proc_net_tcp)};
  for (std::string line; std::getline(lines, line);) {
    // sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode …
    std::istringstream words(line);
    const std::vector<std::string> columns{std::istream_iterator<std::string>(words), {}};
    if (columns.size() < 10 || columns[3] != kListen) continue;
    const std::size_t colon = columns[1].rfind(':');
    if (colon == std::string::npos) continue;
    unsigned local_port = 0;
    std::from_chars(columns[1].data() + colon + 1, columns[1].data() + columns[1].size(), local_port, 16);
    const bool wanted = !address || covers(std::string_view(columns[1]).substr(0, colon), *address);
    if (local_port == port && wanted) inodes.insert(columns[9]);
  }
  return inodes;
}

std::optional<PortHolder> find_port_holder(std::uint16_t port, std::optional<std::uint32_t> address) {
  auto inodes = listening_inodes(read_file("/proc/net/tcp"), port, address);
  inodes.merge(listening_inodes(read_file("/proc/net/tcp6"), port, address));
  if (inodes.empty()) return std::nullopt;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator("/proc", failed)) {
    const auto pid = as_pid(entry.path().filename().string());
    if (!pid || !holds_one_of(entry.path(), inodes)) continue;
    std::string command = read_file(entry.path() / "comm");
    while (command.ends_with('\n')) command.pop_back();
    return PortHolder{*pid, command};
  }
  return std::nullopt;
}

}  // namespace slipway
