#include "services/ecs/tag_rules.h"

#include <algorithm>

#include "slipway/api/ecs/errors.h"

namespace slipway::services::ecs {

namespace {

constexpr std::ptrdiff_t kMostTags = 50;

auto find_key(model::Tags& tags, const std::string& key) {
  return std::find_if(tags.begin(), tags.end(), [&](const model::Tag& tag) { return tag.key == key; });
}

// Any case: AWS reserves the prefix so.
bool has_system_prefix(const std::string& key) {
  constexpr std::string_view kPrefix = "aws:";
  return key.size() >= kPrefix.size() &&
         std::equal(kPrefix.begin(), kPrefix.end(), key.begin(),
                    [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b - 'A' + 'a' : b); });
}

}  // namespace

bool is_system_tag(const model::Tag& tag) { return tag.key.starts_with("aws:"); }

model::Tags checked_tags(const std::optional<ApiTags>& tags) {
  model::Tags checked;
  if (!tags) return checked;
  for (const auto& tag : *tags) {
    const auto key = tag.key.value_or("");
    if (has_system_prefix(key)) {
      throw api::ecs::invalid_parameter("Tag keys starting with 'aws:' are reserved for system use: " + key);
    }
    if (find_key(checked, key) != checked.end()) {
      throw api::ecs::invalid_parameter("Duplicate tag keys are not allowed: " + key);
    }
    checked.push_back(model::Tag{key, tag.value.value_or("")});
  }
  return checked;
}

model::Tags merged_tags(model::Tags tags, const model::Tags& more) {
  for (const auto& tag : more) {
    const auto it = find_key(tags, tag.key);
    if (it == tags.end()) {
      tags.push_back(tag);
    } else {
      it->value = tag.value;
    }
  }
  return tags;
}

bool too_many_tags(const model::Tags& tags) {
  return std::count_if(tags.begin(), tags.end(), [](const auto& tag) { return !is_system_tag(tag); }) >
         kMostTags;
}

ApiTags tags_view(const model::Tags& tags) {
  ApiTags view;
  view.reserve(tags.size());
  for (const auto& tag : tags) {
    auto& shown = view.emplace_back();
    shown.key = tag.key;
    shown.value = tag.value;
  }
  return view;
}

}  // namespace slipway::services::ecs
