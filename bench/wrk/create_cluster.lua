-- CreateCluster with a new name in every request: wrk ... -- TARGET AUTHORIZATION PREFIX
-- One thread only, because each has a counter of its own. All names have the same length, so that the request is one
-- format: wrk.format() would take a good part of the machine that is measured.
require("result")

local template
local count = 0

function init(args)
  local body = string.format('{"clusterName":"%s%%08d"}', args[3])
  template = string.format("POST / HTTP/1.1\r\nHost: %s:%s\r\nContent-Type: application/x-amz-json-1.1\r\n" ..
    "X-Amz-Target: %s\r\nAuthorization: %s\r\nContent-Length: %d\r\n\r\n", wrk.host, wrk.port, args[1], args[2],
    #string.format(body, 0)) .. body
end

function request()
  count = count + 1
  return string.format(template, count)
end
