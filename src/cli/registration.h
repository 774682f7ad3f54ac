// Registering a task definition from a file once: the same file again is the revision that is there.
#pragma once

#include <string>

#include "cli/ecs_client.h"
#include "cli/stack_files.h"

namespace slipway::cli {

struct Registration {
  std::string arn;
  std::string name;   // "web:3"
  bool made = false;  // registered now
};

// The tag by which a revision is known to come from a file of this content.
inline constexpr const char* kSourceTag = "dev.slipway.source";

// The latest ACTIVE revision of the family when it came from the same content, else a new one. Throws
// EcsError.
Registration register_once(const EcsClient& client, const StackFile& file);

}  // namespace slipway::cli
