#include "slipway/api/iam/GetUserRequest.h"
#include "slipway/api/iam/GetUserResponse.h"
#include "slipway/api/iam/ListRolesRequest.h"
#include "slipway/api/iam/ListRolesResponse.h"
#include "slipway/api/iam/errors.h"
#include "slipway/api/iam/service.h"
#include "slipway/services/identity.h"

namespace slipway::services {
namespace {

// AWS differs: a local account was never created. Its root user must have a date all the same; the same one
// everywhere, so that answers do not change between machines: 2014-11-13T00:00:00Z.
constexpr TimePoint kAccountCreated{Seconds{1'415'836'800}};

// Without a name: the caller, which is the account's root user; AWS gives it neither a name nor a path.
Reply get_user(const Caller& caller, const void* input) {
  const auto& request = *static_cast<const api::iam::GetUserRequest*>(input);
  if (request.user_name) {
    throw api::iam::no_such_entity("The user with name " + *request.user_name + " cannot be found.");
  }
  api::iam::User user;
  user.user_id = caller.scope.account;
  user.arn = caller.principal_arn;
  user.create_date = kAccountCreated;
  api::iam::GetUserResponse response;
  response.user = std::move(user);
  return Reply::of(std::move(response));
}

// IAM's words for a member that breaks a constraint of its model.
AwsError constraint_broken(const std::string& value, const std::string& member,
                           const std::string& constraint) {
  return AwsError("ValidationError", "1 validation error detected: Value '" + value + "' at '" + member +
                                         "' failed to satisfy constraint: Member must " + constraint);
}

void check(const api::iam::ListRolesRequest& request) {
  if (request.max_items && *request.max_items < 1) {
    throw constraint_broken(std::to_string(*request.max_items), "maxItems",
                            "have value greater than or equal to 1");
  }
  if (request.max_items && *request.max_items > 1000) {
    throw constraint_broken(std::to_string(*request.max_items), "maxItems",
                            "have value less than or equal to 1000");
  }
  if (request.path_prefix && !request.path_prefix->starts_with('/')) {
    throw constraint_broken(*request.path_prefix, "pathPrefix",
                            "satisfy regular expression pattern: \\u002F[\\u0021-\\u007F]*");
  }
  // No list was ever cut short, so no marker was ever given out.
  if (request.marker) throw AwsError("ValidationError", "Invalid Marker.");
}

Reply list_roles(const Caller&, const void* input) {
  check(*static_cast<const api::iam::ListRolesRequest*>(input));
  api::iam::ListRolesResponse response;
  response.roles.emplace();
  response.is_truncated = false;
  return Reply::of(std::move(response));
}

}  // namespace

std::vector<Binding> iam_bindings() {
  return {{&api::iam::kServiceTable, "GetUser", get_user},
          {&api::iam::kServiceTable, "ListRoles", list_roles}};
}

}  // namespace slipway::services
