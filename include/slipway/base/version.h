// The program's own version.
#pragma once

namespace slipway {

inline constexpr const char* kVersion = "0.1.0";

}  // namespace slipway
