// Which service, operation and protocol a request means, whose account and region it addresses, and who asks.
// Pure; the first stages of the request pipeline.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "slipway/api/shape.h"

namespace slipway::protocol {

// The parts of an HTTP request that identification looks at. Header views are empty when the header is
// missing.
struct RequestHead {
  std::string_view method;
  std::string_view target;  // path and query, as sent
  std::string_view host;
  std::string_view content_type;
  std::string_view amz_target;       // X-Amz-Target
  std::string_view smithy_protocol;  // Smithy-Protocol
  std::string_view authorization;
  std::string_view body;
};

// Of `Credential=<key>/<yyyymmdd>/<region>/<service>/aws4_request` in the Authorization header, or
// X-Amz-Credential of a presigned URL. Empty strings where nothing is said.
struct CredentialScope {
  std::string access_key;
  std::string region;
  std::string service;
};
CredentialScope parse_credential_scope(const RequestHead& head);

struct Identified {
  const api::Service* service = nullptr;      // nullptr: no service of ours
  const api::Operation* operation = nullptr;  // nullptr: unknown to the model
  std::string operation_name;                 // as asked, also when unknown
  std::string json_version;                   // "1.0" or "1.1" by the content type, for JSON services
  bool cbor = false;                          // asked in Smithy RPC v2 CBOR
};

// Order: X-Amz-Target; smithy route; credential scope with Action; Action and Version alone; Host. See
// companion-services.md 1.2. `services` are those compiled in.
Identified identify(const RequestHead& head, const CredentialScope& scope,
                    std::span<const api::Service* const> services);

}  // namespace slipway::protocol
