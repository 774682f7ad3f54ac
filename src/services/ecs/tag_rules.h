// Tags: what a request may set, and how they are kept and shown. Pure. The lengths, characters and counts are
// in rules.json; here is what a single rule cannot say.
#pragma once

#include <optional>
#include <vector>

#include "slipway/api/ecs/Tag.h"
#include "slipway/model/tag.h"

namespace slipway::services::ecs {

using ApiTags = std::vector<api::ecs::Tag>;

// Tags of the system ("aws:ecs:clusterName"): nobody sets or removes them, and they do not count.
bool is_system_tag(const model::Tag& tag);

// The given tags, absent values as empty ones. Throws InvalidParameterException for a key given twice or one
// of the system's.
model::Tags checked_tags(const std::optional<ApiTags>& tags);

// `tags` with `more` set over them, in the order of first appearance.
model::Tags merged_tags(model::Tags tags, const model::Tags& more);
// Whether more are the user's own than a resource may have.
bool too_many_tags(const model::Tags& tags);
inline constexpr const char* kTooManyTags =
    "The maximum number of tags that can be applied to a resource is 50.";

ApiTags tags_view(const model::Tags& tags);

}  // namespace slipway::services::ecs
