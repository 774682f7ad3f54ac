// The facts behind a standing: what the kernel says of this process, and what the engine knows of it.
#include <unistd.h>

#include <array>
#include <fstream>
#include <iterator>

#include "slipway/app/standing.h"

namespace slipway::app {
namespace {

using runtime::Awaitable;
using runtime::ContainerStatus;

std::string read_text(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// By id only: a container's name may happen to be what was looked for.
Awaitable<std::optional<ContainerStatus>> find_container(runtime::Engine* engine, std::string id) {
  auto seen = co_await engine->inspect(id);
  if (!seen || !seen->id.starts_with(id)) co_return std::nullopt;
  co_return std::move(*seen);
}

}  // namespace

Surroundings read_surroundings() {
  std::array<char, 256> name{};
  gethostname(name.data(), name.size() - 1);
  Surroundings seen;
  seen.host_name = name.data();
  seen.mountinfo = read_text("/proc/self/mountinfo");
  seen.cgroup = read_text("/proc/self/cgroup");
  return seen;
}

Awaitable<Standing> find_standing(runtime::Engine& engine, Surroundings seen, runtime::EngineInfo info,
                                  std::string engine_url) {
  StandingFacts facts;
  facts.host_name = seen.host_name;
  facts.engine_url = std::move(engine_url);
  facts.engine = std::move(info);
  for (const std::string& id : container_ids(seen)) {
    auto looking = find_container(&engine, id);
    facts.self = co_await std::move(looking);
    if (facts.self) break;
  }
  constexpr std::string_view kShared = "container:";
  if (facts.self && facts.self->network_mode.starts_with(kShared)) {
    auto looking = find_container(&engine, facts.self->network_mode.substr(kShared.size()));
    facts.network_owner = co_await std::move(looking);
  }
  co_return decide_standing(facts);
}

}  // namespace slipway::app
