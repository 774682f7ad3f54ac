// How label filters match, in both engines. Pure, any thread.
#pragma once

#include <algorithm>

#include "slipway/runtime/engine.h"

namespace slipway::runtime {

// Whether `have` carries each of `wanted`; an empty wanted value asks for the label's presence only.
inline bool labels_match(const Labels& have, const Labels& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&have](const auto& label) {
    const auto found = have.find(label.first);
    return found != have.end() && (label.second.empty() || found->second == label.second);
  });
}

}  // namespace slipway::runtime
