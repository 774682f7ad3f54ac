#include "slipway/api/sts/GetCallerIdentityResponse.h"
#include "slipway/api/sts/service.h"
#include "slipway/services/identity.h"

namespace slipway::services {
namespace {

// A static key stands for its account's root user.
Reply get_caller_identity(const Caller& caller, const void*) {
  api::sts::GetCallerIdentityResponse response;
  response.user_id = caller.scope.account;
  response.account = caller.scope.account;
  response.arn = caller.principal_arn;
  return Reply::of(std::move(response));
}

}  // namespace

std::vector<Binding> sts_bindings() {
  return {{&api::sts::kServiceTable, "GetCallerIdentity", get_caller_identity}};
}

}  // namespace slipway::services
