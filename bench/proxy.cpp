// Slipway's data plane alone, for the benchmark `proxy`:
//   proxy PORT TARGET_PORT
// Forwards connections to 127.0.0.1:PORT to 127.0.0.1:TARGET_PORT until it is ended.
#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "slipway/base/log.h"
#include "slipway/dataplane/data_plane.h"

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: proxy PORT TARGET_PORT\n";
    return 2;
  }
  const auto port = [&](int argument) { return static_cast<std::uint16_t>(std::atoi(argv[argument])); };
  using namespace slipway;
  Log log(LogLevel::Warn, LogFormat::Text);
  dataplane::DataPlane plane(log);
  dataplane::TargetTable table;
  table.targets.push_back({.address = "127.0.0.1", .port = port(2), .weight = 1});
  const auto opened = plane.open({.id = "proxy", .address = "127.0.0.1", .port = port(1)},
                                 std::make_shared<const dataplane::TargetTable>(std::move(table)));
  if (!opened) {
    std::cerr << opened.error().message << "\n";
    return 1;
  }
  ::pause();
}
