// Labels that every engine object of ours carries (contract.md, "Docker objects"). Nothing without our id is
// touched.
#pragma once

#include <string_view>

namespace slipway::runtime {

inline constexpr std::string_view kServerLabel = "dev.slipway.server";  // id of the data dir
inline constexpr std::string_view kDataDirLabel =
    "dev.slipway.data-dir";  // where it is: `slipway prune` looks there

}  // namespace slipway::runtime
