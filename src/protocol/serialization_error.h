// The one error of the codecs. Texts for a value of the wrong type are those that AWS's JSON front end was
// seen to send (Athena, SES and CodeDeploy, 2025-2026, in public test suites that were run against AWS); a
// body that is no JSON at all gets no text from AWS, ours says where it breaks.
#pragma once

#include <string_view>

#include "slipway/api/shape.h"
#include "slipway/base/error.h"

namespace slipway::protocol {

// How deep lists, maps and structures may stand in each other in a request.
inline constexpr std::size_t kMaxDepth = 64;

// SerializationException, 400.
AwsError serialization_error(const std::string& message);

// A scalar where another type belongs. `found` is the token: "STRING_VALUE", "NUMBER_VALUE", "DECIMAL_VALUE",
// "TRUE_VALUE", "FALSE_VALUE". `wanted` may be of any kind.
AwsError wrong_scalar(std::string_view found, api::Kind wanted);
AwsError unexpected_list();
AwsError unexpected_structure();
AwsError too_deep();

}  // namespace slipway::protocol
