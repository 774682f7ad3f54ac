#include "slipway/api/shape.h"

#include <algorithm>

namespace slipway::api {

const Operation* find_operation(const Service& service, std::string_view name) {
  const auto found = std::ranges::lower_bound(service.operations, name, {}, &Operation::name);
  return found != service.operations.end() && found->name == name ? &*found : nullptr;
}

}  // namespace slipway::api
