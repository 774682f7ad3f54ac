// What live tasks hold: CPU, memory and host ports of each engine, addresses and interfaces of each VPC,
// places on container instances, uses of task definitions. Sums kept with every task change. Part of the
// memory model; control thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "slipway/model/task.h"
#include "slipway/store/model.h"
#include "store/string_map.h"

namespace slipway::store {

class TaskLedger final {
 public:
  // From `before` to `after`; nullptr or a STOPPED task holds nothing.
  void change(const model::Task* before, const model::Task* after);
  void clear();

  std::size_t definition_uses(std::string_view arn) const;
  const ResourceUse& resource_use(std::string_view engine_id) const;
  // An unspecified address (empty, 0.0.0.0, ::), asked for or held, stands for all of them.
  bool port_taken(std::string_view engine_id, std::string_view bind_ip, std::uint16_t port,
                  std::string_view protocol) const;
  bool address_taken(const model::Scope& scope, std::string_view vpc_id, std::string_view address) const;
  std::size_t interfaces(const model::Scope& scope, std::string_view vpc_id) const;
  std::pair<std::int64_t, std::int64_t> instance_tasks(std::string_view arn) const;

 private:
  struct Holder {
    std::string ip;
    std::int64_t tasks = 0;
  };
  struct Port {
    std::vector<Holder> holders;
    std::int64_t charged = 0;  // holders that count for ResourceUse
  };
  struct Engine {
    ResourceUse use;
    std::unordered_map<std::uint32_t, Port> ports;  // by port number and protocol
  };
  struct Vpc {
    std::int64_t interfaces = 0;
    StringMap<std::int64_t> addresses;
  };

  void add(const model::Task& task, std::int64_t by);
  void add_ports(Engine& engine, const model::PortBinding& binding, std::int64_t by, std::int64_t charged);
  void add_port(Engine& engine, std::uint16_t number, const model::PortBinding& binding, std::int64_t by,
                std::int64_t charged);
  void add_interface(const model::Task& task, std::int64_t by);

  StringMap<Engine> engines_;
  StringMap<Vpc> vpcs_;  // by account, region and id
  StringMap<std::int64_t> definitions_;
  StringMap<std::pair<std::int64_t, std::int64_t>> instances_;
};

}  // namespace slipway::store
