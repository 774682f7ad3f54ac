// Whatever a request head says: identification ends, throws nothing and is consistent. Lines of the input are
// the method, target, host, content type, X-Amz-Target, Smithy-Protocol and Authorization; the rest is the
// body.
#include "slipway/protocol/identify.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "slipway/api/services.h"

namespace {

std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  slipway::protocol::RequestHead head;
  for (std::string_view* part : {&head.method, &head.target, &head.host, &head.content_type, &head.amz_target,
                                 &head.smithy_protocol, &head.authorization}) {
    *part = take_line(text);
  }
  head.body = text;
  const auto scope = slipway::protocol::parse_credential_scope(head);
  const auto found = slipway::protocol::identify(head, scope, slipway::api::kServices);
  if (found.operation && (!found.service || found.operation->name != found.operation_name)) std::abort();
  return 0;
}
