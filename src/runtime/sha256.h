// SHA-256 as lower-case hexadecimal text: names of docker contexts, ids of simulated objects. Pure, any
// thread.
#pragma once

#include <string>
#include <string_view>

namespace slipway::runtime {

std::string sha256_hex(std::string_view bytes);

}  // namespace slipway::runtime
