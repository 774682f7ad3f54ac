// `Content-Encoding: gzip` of request bodies. Pure, any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace slipway::server {

enum class GunzipResult { Done, Malformed, TooLarge };

// Appends what `compressed` holds to `out`. TooLarge as soon as `out` would exceed `limit` bytes: a small
// body that unfolds into gigabytes costs no more than the limit.
GunzipResult gunzip(std::string_view compressed, std::size_t limit, std::string& out);

}  // namespace slipway::server
