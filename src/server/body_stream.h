// A streamed body on its way to the client, with an eye on the client meanwhile. Used by the session. Control
// thread only.
#pragma once

#include <string>

#include "server/response_writer.h"
#include "server/session.h"
#include "slipway/server/http.h"

namespace slipway::server {

struct StreamEnd {
  bool whole = false;   // the producer has ended by itself
  std::string failure;  // what it threw; empty when it was only cancelled
};

// Runs `producer` until it or the client ends, and cancels it in the second case. What the client sends
// meanwhile (further requests) is appended to `ahead`; one that sends more than 64 KiB counts as gone. The
// end mark of a whole body is left to the caller. Throws only when it is cancelled.
async::Awaitable<StreamEnd> stream_body(Connection& connection, const BodyProducer& producer, Framing framing,
                                        std::string& ahead);

// What ends a body of that framing.
std::string_view end_mark(Framing framing);

}  // namespace slipway::server
