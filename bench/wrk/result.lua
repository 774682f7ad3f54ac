-- Required by the other scripts (bench/lib/wrk.py sets LUA_PATH): the outcome as one line of JSON.
function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"requests": %d, "microseconds": %d, "p50": %d, "p99": %d, "bytes": %d, "refused": %d, "broken": %d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), summary.bytes,
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
