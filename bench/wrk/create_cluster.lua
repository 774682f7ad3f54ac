-- CreateCluster with a new name in every request: wrk ... -- TARGET AUTHORIZATION PREFIX
-- One thread only, because each has a counter of its own.
require("result")

local prefix
local count = 0

function init(args)
  wrk.headers["Content-Type"] = "application/x-amz-json-1.1"
  wrk.headers["X-Amz-Target"] = args[1]
  wrk.headers["Authorization"] = args[2]
  prefix = args[3]
end

function request()
  count = count + 1
  return wrk.format("POST", "/", nil, string.format('{"clusterName":"%s%08d"}', prefix, count))
end
