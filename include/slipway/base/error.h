// The two kinds of failure: AwsError ends a request and is thrown; Result carries what the next decision
// needs.
#pragma once

#include <boost/system/result.hpp>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace slipway {

// An error that the client sees. Thrown by codecs and handlers, caught in the dispatcher only.
// `code` is the wire name ("ClusterNotFoundException"), `status` the HTTP status.
class AwsError final : public std::runtime_error {
 public:
  AwsError(std::string code_in, const std::string& message, int status_in = 400)
      : std::runtime_error(message), code_(std::move(code_in)), status_(status_in) {}
  const std::string& code() const { return code_; }
  int status() const { return status_; }

  // The resources that the error is about, where its shape has a member for them (ECS: ConflictException).
  const std::vector<std::string>& resource_ids() const { return resource_ids_; }
  void set_resource_ids(std::vector<std::string> ids) { resource_ids_ = std::move(ids); }

 private:
  std::string code_;
  int status_;
  std::vector<std::string> resource_ids_;
};

// A broken invariant of ours: the dispatcher answers InternalFailure 500 (ServerException for ECS), a task
// scope logs it.
class BugError final : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

template <class T, class E>
using Result = boost::system::result<T, E>;

}  // namespace slipway

// Throws BugError naming the place when `cond` does not hold.
#define SLIPWAY_ASSERT(cond, meaning)                                                                     \
  do {                                                                                                    \
    if (!(cond))                                                                                          \
      throw ::slipway::BugError(std::string(__FILE__ ":") + std::to_string(__LINE__) + ": " + (meaning)); \
  } while (false)
