-- The same AWS JSON request over and over: wrk ... -- TARGET AUTHORIZATION BODY
require("result")

function init(args)
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/x-amz-json-1.1"
  wrk.headers["X-Amz-Target"] = args[1]
  wrk.headers["Authorization"] = args[2]
  wrk.body = args[3]
end
