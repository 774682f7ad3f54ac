// The JSON documents of services and service deployments: what has no column of its own. Documents leave out
// defaults and ignore unknown members; reading throws JsonError for unknown words, AwsError for API-shaped
// members that are not.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "slipway/model/service.h"

namespace slipway::store {

inline constexpr std::int64_t kServiceDocumentVersion = 1;

std::string write_service_document(const model::Service& service);
// Sets the members that the document tells.
void read_service_document(std::string_view json, model::Service& service);

std::string write_deployment_document(const model::ServiceDeployment& deployment);
void read_deployment_document(std::string_view json, model::ServiceDeployment& deployment);

}  // namespace slipway::store
