// Pagination tokens: opaque to clients, made only of the request's own facts and the last key of a page, so
// that they survive a restart. A token belongs to one operation, account, region and filter. Used by every
// list operation. Pure; any thread.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "slipway/model/arn.h"

namespace slipway::services {

// What a token is bound to. Two requests that may share a token have equal contexts.
struct PageContext {
  std::string_view operation;  // "ListTasks"
  model::Scope scope;
  std::uint64_t filters = 0;  // filter_hash of all that narrows or orders the list, not of maxResults
};

// A hash of the filters' values in their order; absent ones are given as empty texts. The same in every run.
std::uint64_t filter_hash(std::initializer_list<std::string_view> filters);

// The token of the page after the one that ended with `last_key`. URL-safe characters only.
std::string make_page_token(const PageContext& context, std::string_view last_key);

// The last key; empty for an empty token, which asks for the first page. Throws InvalidParameterException
// "Invalid token" for a text that make_page_token did not give for this context.
std::string parse_page_token(const PageContext& context, std::string_view token);

}  // namespace slipway::services
