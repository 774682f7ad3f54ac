// Host ports for containers: dynamic ones are chosen before the create call by a sequential scan, as ECS's
// agent does (data-plane.md 5.2). Control thread only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/context.h"
#include "slipway/api/ecs/ContainerDefinition.h"

namespace slipway::agent {

class PortChooser final {
 public:
  explicit PortChooser(Context& context) : context_(context), cursor_(context.settings.ports.first) {}

  // networkBindings of a container in bridge mode. Those in `kept` that the definition still asks for stay.
  // nullopt when the range is exhausted.
  std::optional<std::vector<model::PortBinding>> bridge_bindings(
      const api::ecs::ContainerDefinition& definition, const std::vector<model::PortBinding>& kept);
  // Adds a loopback address for each port of an awsvpc container. False when the range is exhausted.
  bool publish(const api::ecs::ContainerDefinition& definition, std::vector<model::PortBinding>& published);

  // The next search begins `count` ports later.
  void skip(std::uint32_t count);

 private:
  // The first port of `count` neighbours that are free; 0 when there are none.
  std::uint16_t choose(std::uint32_t count, const std::string& protocol,
                       const std::vector<model::PortBinding>& chosen);
  bool free(std::uint16_t port, const std::string& protocol,
            const std::vector<model::PortBinding>& chosen) const;

  Context& context_;
  std::uint32_t cursor_;  // where the next scan begins
};

// "8000-8010" as first and last; nullopt when it is none.
std::optional<std::pair<std::uint16_t, std::uint16_t>> parse_port_range(const std::string& text);

// Whether a start failed because somebody holds a host port.
bool is_port_conflict(const std::string& message);

// Tries to bind.
bool can_bind(const std::string& address, std::uint16_t port, std::string_view protocol);

}  // namespace slipway::agent
