// A tag as every taggable resource has it.
#pragma once

#include <string>
#include <vector>

namespace slipway::model {

struct Tag {
  std::string key;
  std::string value;
  bool operator==(const Tag&) const = default;
};
using Tags = std::vector<Tag>;

}  // namespace slipway::model
