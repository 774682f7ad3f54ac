#include "cli/prune.h"

#include <iostream>
#include <vector>

#include "cli/data_dir.h"
#include "cli/engine_access.h"
#include "cli/options.h"
#include "cli/table.h"
#include "slipway/runtime/labels.h"
#include "slipway/runtime/task_cgroups.h"

namespace slipway::cli {
namespace {

struct Object {
  std::string kind, id, name;
  ServerState state = ServerState::Unknown;
  std::string server{};
};

std::string value_of(const runtime::Labels& labels, std::string_view key) {
  const auto found = labels.find(std::string(key));
  return found == labels.end() ? "" : found->second;
}

ServerState state_by_labels(const runtime::Labels& labels) {
  return server_state(labelled_directory(value_of(labels, runtime::kDataDirLabel)),
                      value_of(labels, runtime::kServerLabel));
}

template <class T>
T value_or_throw(runtime::EngineResult<T> result) {
  if (!result) throw CommandError("the Docker Engine says: " + result.error().message);
  return std::move(*result);
}

// A server's containers say whether it is gone. Cgroups to which nothing on the engine belongs are not needed
// by anybody (a server makes its own anew before each start), unless a process of another engine is in them.
runtime::Awaitable<void> collect_cgroups(runtime::Engine& engine, std::vector<Object>& objects) {
  const auto host = runtime::this_cgroup_host();
  const auto info = co_await engine.info();
  if (!info || !runtime::why_no_task_cgroups(*info, host).empty()) co_return;
  for (const auto& [server, in_use] : runtime::cgroup_servers(host)) {
    Object cgroup{"cgroup", server, "/slipway/" + server, in_use ? ServerState::Unknown : ServerState::Gone,
                  server};
    for (const Object& object : objects) {
      if (object.server == server) cgroup.state = object.state;
    }
    objects.push_back(std::move(cgroup));
  }
}

runtime::Awaitable<void> collect(runtime::Engine& engine, std::vector<Object>& objects) {
  const runtime::Labels ours{{std::string(runtime::kServerLabel), ""}};
  auto containers = co_await engine.list(ours);
  for (const auto& container : value_or_throw(std::move(containers))) {
    objects.push_back({"container", container.id, container.name, state_by_labels(container.labels),
                       value_of(container.labels, runtime::kServerLabel)});
  }
  auto networks = co_await engine.list_networks(ours);
  for (const auto& network : value_or_throw(std::move(networks))) {
    objects.push_back({"network", network.id, network.name, state_by_labels(network.labels)});
  }
  auto volumes = co_await engine.list_volumes(ours);
  for (const auto& volume : value_or_throw(std::move(volumes))) {
    objects.push_back({"volume", volume.name, volume.name, state_by_labels(volume.labels)});
  }
  auto cgroups = collect_cgroups(engine, objects);
  co_await std::move(cgroups);
}

runtime::Awaitable<runtime::EngineResult<void>> remove(runtime::Engine& engine, const Object& object) {
  if (object.kind == "container") return engine.remove(object.id);
  if (object.kind == "network") return engine.remove_network(object.id);
  return engine.remove_volume(object.id);
}

runtime::Awaitable<void> remove_gone(runtime::Engine& engine, const std::vector<Object>& objects) {
  for (const Object& object : objects) {
    if (object.state != ServerState::Gone) continue;
    if (object.kind == "cgroup") {
      if (runtime::remove_cgroup_server(runtime::this_cgroup_host(), object.id)) continue;
      throw CommandError("cannot remove cgroup " + object.name + ": a process runs in it");
    }
    auto result = co_await remove(engine, object);
    if (!result)
      throw CommandError("cannot remove " + object.kind + " " + object.name + ": " + result.error().message);
  }
}

const char* describe(ServerState state) {
  switch (state) {
    case ServerState::Gone:
      return "gone";
    case ServerState::Present:
      return "kept";
    case ServerState::Unknown:
      return "unknown";
  }
  return "";
}

}  // namespace

int prune(const PruneOptions& options) {
  std::vector<Object> objects;
  const auto endpoint = find_engine(options.engine);
  const auto work = [&objects](runtime::Engine& engine) { return collect(engine, objects); };
  with_engine(endpoint, work);

  Table table({"KIND", "NAME", "ITS SLIPWAY"});
  std::size_t gone = 0;
  for (const Object& object : objects) {
    table.add({object.kind, object.name, describe(object.state)});
    if (object.state == ServerState::Gone) ++gone;
  }
  if (!table.empty()) table.print();
  if (gone == 0) {
    std::cout << "nothing to remove\n";
    return 0;
  }
  if (!options.yes) {
    std::cout << gone << " to remove; do it with: slipway prune --yes\n";
    return 0;
  }
  with_engine(endpoint, [&objects](runtime::Engine& engine) { return remove_gone(engine, objects); });
  std::cout << "removed " << gone << '\n';
  return 0;
}

}  // namespace slipway::cli
