// Written by scripts/generate_api.py from api-specs/toy-box. Changes here are lost.
#pragma once

#include "slipway/api/shape.h"

namespace slipway::api::toy_box {

extern const Shape kCount;
extern const Shape kData;
extern const Shape kFlag;
extern const Shape kFree;
extern const Shape kGetToyRequest;
extern const Shape kIds;
extern const Shape kLabels;
extern const Shape kName;
extern const Shape kPart;
extern const Shape kPartKind;
extern const Shape kParts;
extern const Shape kPutToyRequest;
extern const Shape kPutToyResponse;
extern const Shape kSecret;
extern const Shape kSize;
extern const Shape kTime;
extern const Shape kWeight;

}  // namespace slipway::api::toy_box
