#include "slipway/protocol/identify.h"

#include <algorithm>
#include <cctype>
#include <vector>

#include "protocol/form.h"
#include "slipway/protocol/codec.h"

namespace slipway::protocol {
namespace {

using api::Service;
using Services = std::span<const Service* const>;

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(
      a, b, {}, [](unsigned char c) { return std::tolower(c); },
      [](unsigned char c) { return std::tolower(c); });
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }

std::string_view query_of(std::string_view target) {
  const std::size_t mark = target.find('?');
  return mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
}

// "application/x-amz-json-1.1; charset=utf-8" -> "application/x-amz-json-1.1"
std::string_view media_type(std::string_view content_type) {
  content_type = content_type.substr(0, content_type.find(';'));
  while (!content_type.empty() && content_type.back() == ' ') content_type.remove_suffix(1);
  return content_type;
}

// <key>/<yyyymmdd>/<region>/<service>/aws4_request; signature version 4a has no region.
CredentialScope parse_credential(std::string_view credential) {
  const auto parts = split(credential, '/');
  CredentialScope scope;
  scope.access_key = parts.front();
  if (parts.back() != "aws4_request") return scope;
  if (parts.size() >= 4) scope.service = parts[parts.size() - 2];
  if (parts.size() >= 5) scope.region = parts[parts.size() - 3];
  return scope;
}

// A field of the form body, or of the query string.
std::string parameter(const RequestHead& head, std::string_view name) {
  if (equal_ignoring_case(media_type(head.content_type), "application/x-www-form-urlencoded")) {
    auto value = form_value(head.body, name);
    if (!value.empty()) return value;
  }
  return form_value(query_of(head.target), name);
}

void set_operation(Identified& found, std::string_view name) {
  found.operation_name = name;
  if (found.service) found.operation = api::find_operation(*found.service, name);
}

void set_json_version(Identified& found, const RequestHead& head) {
  const std::string_view type = media_type(head.content_type);
  if (equal_ignoring_case(type, "application/x-amz-json-1.0")) {
    found.json_version = "1.0";
  } else if (equal_ignoring_case(type, "application/x-amz-json-1.1")) {
    found.json_version = "1.1";
  } else if (found.service) {
    found.json_version = found.service->json_version;
  }
}

// `<prefix>.<Operation>`; prefixes may contain dots (CloudTrail's does).
Identified by_target(const RequestHead& head, Services services) {
  Identified found;
  const std::size_t dot = head.amz_target.rfind('.');
  const std::string_view prefix = head.amz_target.substr(0, dot == std::string_view::npos ? 0 : dot);
  const auto service = std::ranges::find_if(
      services, [&](const Service* s) { return !prefix.empty() && s->target_prefix == prefix; });
  if (service != services.end()) found.service = *service;
  set_operation(found, head.amz_target.substr(dot == std::string_view::npos ? 0 : dot + 1));
  return found;
}

// /service/<name>/operation/<Operation>, where the name is that of the target prefix.
Identified by_smithy_route(const RequestHead& head, Services services) {
  Identified found;
  found.cbor = true;
  const auto parts = split(path_of(head.target), '/');
  if (parts.size() != 5 || parts[1] != "service" || parts[3] != "operation") return found;
  const auto service = std::ranges::find(services, parts[2], &Service::target_prefix);
  if (service != services.end()) found.service = *service;
  set_operation(found, parts[4]);
  return found;
}

// Of several candidates (both load balancer APIs sign with one name) the one of that version, else the first
// that knows the operation, else the first.
const Service* choose(const std::vector<const Service*>& candidates, std::string_view action,
                      std::string_view version) {
  for (const Service* service : candidates) {
    if (!version.empty() && service->api_version == version) return service;
  }
  for (const Service* service : candidates) {
    if (api::find_operation(*service, action)) return service;
  }
  return candidates.empty() ? nullptr : candidates.front();
}

Identified by_scope(const RequestHead& head, const CredentialScope& scope, Services services) {
  std::vector<const Service*> candidates;
  std::ranges::copy_if(services, std::back_inserter(candidates),
                       [&](const Service* s) { return s->signing_name == scope.service; });
  Identified found;
  if (candidates.empty()) return found;
  const std::string action = parameter(head, "Action");
  found.service = choose(candidates, action, parameter(head, "Version"));
  set_operation(found, action);
  return found;
}

// Unsigned: AssumeRoleWithWebIdentity and AssumeRoleWithSAML are, so the action alone must do.
Identified by_action(const RequestHead& head, Services services) {
  Identified found;
  const std::string action = parameter(head, "Action");
  if (action.empty()) return found;
  const std::string version = parameter(head, "Version");
  for (const Service* service : services) {
    const bool form_protocol = service->protocol == "query" || service->protocol == "ec2";
    const bool right_version = version.empty() || service->api_version == version;
    if (form_protocol && right_version && api::find_operation(*service, action)) found.service = service;
  }
  set_operation(found, action);
  return found;
}

// `<endpoint prefix>.<region>…`; the longest prefix wins ("api.ecr" over "api").
Identified by_host(const RequestHead& head, Services services) {
  Identified found;
  for (const Service* service : services) {
    const std::string_view prefix = service->endpoint_prefix;
    const bool matches = head.host.size() > prefix.size() && head.host[prefix.size()] == '.' &&
                         equal_ignoring_case(head.host.substr(0, prefix.size()), prefix);
    const bool longer = !found.service || prefix.size() > found.service->endpoint_prefix.size();
    if (matches && longer) found.service = service;
  }
  return found;
}

Identified find(const RequestHead& head, const CredentialScope& scope, Services services) {
  if (!head.amz_target.empty()) return by_target(head, services);
  if (equal_ignoring_case(head.smithy_protocol, "rpc-v2-cbor")) return by_smithy_route(head, services);
  // A scope that names another service means that service, whatever the action.
  if (!scope.service.empty()) return by_scope(head, scope, services);
  Identified found = by_action(head, services);
  if (found.service) return found;
  Identified host = by_host(head, services);
  set_operation(host, found.operation_name);
  return host;
}

}  // namespace

CredentialScope parse_credential_scope(const RequestHead& head) {
  constexpr std::string_view kCredential = "Credential=";
  std::string_view header = head.authorization;
  const std::size_t start = header.find(kCredential);
  if (start != std::string_view::npos) {
    header.remove_prefix(start + kCredential.size());
    return parse_credential(header.substr(0, header.find_first_of(", ")));
  }
  // Signature version 2 and S3's old scheme say only the key: `AWS <key>:<signature>`.
  constexpr std::string_view kOld = "AWS ";
  if (header.starts_with(kOld)) return {std::string(header.substr(4, header.find(':', 4) - 4)), {}, {}};
  return parse_credential(form_value(query_of(head.target), "X-Amz-Credential"));
}

Identified identify(const RequestHead& head, const CredentialScope& scope, Services services) {
  Identified found = find(head, scope, services);
  set_json_version(found, head);
  return found;
}

}  // namespace slipway::protocol
