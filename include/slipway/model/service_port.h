// The address on this machine that stands for a port of a service (`slipway port`), as it is stored.
#pragma once

#include <cstdint>
#include <string>

namespace slipway::model {

struct ServicePort {
  std::string service;               // its ARN
  std::uint16_t container_port = 0;  // 1..65535
  std::uint32_t address = 0;         // host byte order
  std::uint16_t port = 0;            // where clients connect
  bool operator==(const ServicePort&) const = default;
};

}  // namespace slipway::model
