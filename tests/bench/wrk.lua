-- wrk.lua: the load of `make bench`. What to ask is in the environment: BENCH_TOKENS (comma-separated API
-- tokens), BENCH_PATH (with %d where a number goes), BENCH_MAX (numbers 1..max), BENCH_BODY (a file
-- whose %d gets a number never used before; then it is a POST with a fresh Idempotency-Key).
local path = os.getenv("BENCH_PATH")
local max = tonumber(os.getenv("BENCH_MAX") or "1")
local base = tonumber(os.getenv("BENCH_BASE") or "0")
local tokens = {}
for token in string.gmatch(os.getenv("BENCH_TOKENS"), "[^,]+") do
    tokens[#tokens + 1] = token
end
local body
if os.getenv("BENCH_BODY") then
    local file = assert(io.open(os.getenv("BENCH_BODY")))
    body = file:read("*a")
    file:close()
end

local threads = 0
function setup(thread)
    thread:set("id", threads)
    threads = threads + 1
end

local count = 0
function init()
    math.randomseed(os.time() * 100 + id)
end

function request()
    count = count + 1
    local headers = { ["Authorization"] = "Bearer " .. tokens[count % #tokens + 1] }
    if body then
        local number = base + id * 10000000 + count
        headers["Content-Type"] = "application/json"
        headers["Idempotency-Key"] = string.format("bench-%020d", number)
        return wrk.format("POST", path, headers, (string.gsub(body, "%%d", tostring(number))))
    end
    return wrk.format("GET", (string.gsub(path, "%%d", tostring(math.random(max)))), headers)
end

-- One line for the shell: requests/s, p50 and p99 in microseconds, answers that were not 2xx.
function done(summary, latency)
    local errors = summary.errors
    io.write(string.format("RESULT %.1f %d %d %d\n", summary.requests / (summary.duration / 1e6),
        latency:percentile(50), latency:percentile(99),
        errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
