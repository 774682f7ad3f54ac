// slipway prune: removes containers, networks, volumes and cgroups of Slipways that are gone.
#pragma once

#include "cli/options.h"

namespace slipway::cli {

struct PruneOptions {
  bool yes = false;  // without: only lists
  EngineOptions engine;
};

int prune(const PruneOptions& options);

}  // namespace slipway::cli
