// Between the engine's contract and the Docker Engine API's JSON, for API 1.41 and later. Pure, any thread.
// A decoder throws nothing: what it cannot read becomes EngineErrorKind::Failed.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "slipway/runtime/engine.h"

namespace slipway::runtime::docker {

// The minor numbers of the API versions that are spoken ("1.41": Docker 20.10).
constexpr int kOldestApi = 41, kNewestApi = 50;
// From here on a container can be created with several networks.
constexpr int kManyEndpointsApi = 44;

// The body of POST /containers/create for API 1.`api`.
std::string encode_container(const ContainerSpec& spec, int api);
// What is left to POST to /networks/{first}/connect before the start: (network, body).
std::vector<std::pair<std::string, std::string>> encode_connects(const ContainerSpec& spec,
                                                                 const std::string& id, int api);
std::string encode_network(const NetworkSpec& spec);
std::string encode_volume(const VolumeSpec& spec);
// The value of the query parameter `filters` (not yet percent-encoded).
std::string encode_label_filter(const Labels& labels);
// Those of container events that change what inspect shows.
std::string encode_event_filter(const Labels& labels);

// "1.41" is 41; nullopt for anything that is not 1.N.
std::optional<int> decode_api_version(std::string_view text);
EngineResult<EngineInfo> decode_info(const std::string& body);
EngineResult<ImageInfo> decode_image(const std::string& body);
// The member "Id" of a created object.
EngineResult<std::string> decode_id(const std::string& body);
EngineResult<ContainerStatus> decode_container(const std::string& body);
// Whether the container of that inspect answer has a terminal; false when it does not say.
bool decode_tty(const std::string& body);
EngineResult<std::vector<ContainerStatus>> decode_containers(const std::string& body);
EngineResult<NetworkInfo> decode_network(const std::string& body);
EngineResult<std::vector<NetworkInfo>> decode_networks(const std::string& body);
EngineResult<std::vector<VolumeInfo>> decode_volumes(const std::string& body);
// A refusal: {"message": "…"} unchanged, or the body as it is.
EngineError decode_error(int status, const std::string& body);

// Percent-encodes a query value, or (with `keep` = "/:@") a path.
std::string url_encode(std::string_view text, std::string_view keep = {});

// RFC 3339 with up to nine digits of a second; nullopt for the zero time (year 1) and for what is no time.
std::optional<TimePoint> parse_time(std::string_view text);

}  // namespace slipway::runtime::docker
