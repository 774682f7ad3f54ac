// The image of the doctor's probe containers, made without any registry: this very program and the shared
// libraries that it runs with. Any thread.
#pragma once

#include <string>

namespace slipway::cli {

// A tar of the root file system: /slipway, each library where the program looks for it. Throws CommandError
// when a file cannot be read.
std::string probe_root();

}  // namespace slipway::cli
