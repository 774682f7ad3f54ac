// Written by scripts/generate_api.py from api-specs/toy-box. Changes here are lost.
#include "slipway/api/toy_box/service.h"
#include "tables.h"

// Members that are not named keep their defaults.
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

namespace slipway::api {
namespace toy_box {
namespace {
constexpr std::string_view PutToy_errors[] = {"ToyBroken", "BoxFaultException"};
constexpr Operation kOperations[] = {
    {.name = "DropToy", .http_method = "POST", .http_uri = "/"},
    {.name = "GetToy", .http_method = "GET", .http_uri = "/toys/{id}", .served = true, .input = &kGetToyRequest},
    {.name = "PutToy", .http_method = "POST", .http_uri = "/", .host_prefix = "data-", .served = true, .input = &kPutToyRequest, .output = &kPutToyResponse, .result_wrapper = "PutToyResult", .errors = PutToy_errors},
};
}  // namespace

constinit const slipway::api::Service kServiceTable{.name = "toy-box", .service_id = "Toy Box", .api_version = "2020-01-01", .protocol = "json", .json_version = "1.1", .target_prefix = "ToyBox_20200101", .signing_name = "toybox", .endpoint_prefix = "toybox", .xml_namespace = "https://toy.example/doc/", .operations = kOperations};
}  // namespace toy_box
}  // namespace slipway::api
