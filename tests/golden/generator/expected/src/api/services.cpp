// Written by scripts/generate_api.py from api-specs/operations.txt. Changes here are lost.
#include "slipway/api/services.h"

#include "slipway/api/toy_box/service.h"

namespace slipway::api {
namespace {
constexpr const Service* kAll[] = {&toy_box::kServiceTable};
}  // namespace

constinit const std::span<const Service* const> kServices{kAll};

}  // namespace slipway::api
