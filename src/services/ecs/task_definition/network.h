// Port ranges as port mappings write them. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace slipway::services::ecs {

struct PortRange {
  std::int32_t first = 0;
  std::int32_t last = 0;
};

// "8000-8010": two ports, the first below the last; nullopt for anything else.
std::optional<PortRange> parse_port_range(std::string_view text);

}  // namespace slipway::services::ecs
