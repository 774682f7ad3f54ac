#include "server/authorize.h"

namespace slipway::server {

void authorize(const services::Caller&, std::string_view, std::span<const std::string_view>) {}

}  // namespace slipway::server
