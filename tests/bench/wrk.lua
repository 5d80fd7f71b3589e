-- wrk.lua: the load of `make bench`. What to ask is in the environment: BENCH_TOKENS (comma-separated API
-- tokens), BENCH_PATH (with %d where a number goes), BENCH_MAX (numbers 1..max). With BENCH_CREATE=1 it
-- enters candidates instead: each has a valid passport of its own and a fresh Idempotency-Key, numbered
-- from BENCH_BASE.
local path = os.getenv("BENCH_PATH")
local max = tonumber(os.getenv("BENCH_MAX") or "1")
local base = tonumber(os.getenv("BENCH_BASE") or "0")
local tokens = {}
for token in string.gmatch(os.getenv("BENCH_TOKENS"), "[^,]+") do
    tokens[#tokens + 1] = token
end
local creating = os.getenv("BENCH_CREATE") == "1"

local threads = 0
function setup(thread)
    thread:set("id", threads)
    threads = threads + 1
end

-- A read's request, ready but for the number: what the load itself computes is taken from those it measures.
local asked = {}
local function prepare(token)
    local whole = wrk.format("GET", path, { ["Authorization"] = "Bearer " .. token })
    local at = string.find(whole, "%d", 1, true)
    if at == nil then
        return { head = whole }
    end
    return { head = string.sub(whole, 1, at - 1), tail = string.sub(whole, at + 2) }
end

local count = 0
function init()
    math.randomseed(os.time() * 100 + id)
    for i = 1, #tokens do
        asked[i] = prepare(tokens[i])
    end
end

-- ICAO Doc 9303 part 3: weights 7, 3, 1; a digit is itself, A is 10, < is 0.
local function check_digit(text)
    local sum = 0
    for i = 1, #text do
        local c = string.byte(text, i)
        local value = c == 60 and 0 or (c >= 65 and c - 55 or c - 48)
        sum = sum + value * ({ 7, 3, 1 })[(i - 1) % 3 + 1]
    end
    return tostring(sum % 10)
end

-- Consonants only: the folding of names would make others of them one.
local function letters(number)
    local out = {}
    for i = 1, 8 do
        out[i] = string.sub("BDFLMNRT", number % 8 + 1, number % 8 + 1)
        number = math.floor(number / 8)
    end
    return table.concat(out)
end

local function entry(number)
    -- Another in each round: a passport shown twice opens a case, which costs more than the entry.
    local series = math.floor(number / 10000000)
    local passport = string.format("%c%c%07d", 65 + math.floor(series / 26) % 26, 65 + series % 26, number % 10000000)
    local birth = string.format("%02d%02d%02d", 70 + number % 30, number % 12 + 1, number % 28 + 1)
    local expires = "311231"
    local optional = string.rep("<", 14)
    local first = "P<MAR" .. letters(number) .. "<<SAMIR"
    local checked = passport .. check_digit(passport) .. birth .. check_digit(birth) .. expires
        .. check_digit(expires) .. optional .. "<"
    local second = passport .. check_digit(passport) .. "MAR" .. birth .. check_digit(birth) .. "M"
        .. expires .. check_digit(expires) .. optional .. "<"
    return string.format('{"campaign_id":1,"mrz":"%s\\n%s","available_from":"2026-03-01",'
        .. '"available_to":"2026-08-31","languages":"fr ar","experience_months":12,"consent":true}',
        first .. string.rep("<", 44 - #first), second .. check_digit(checked))
end

function request()
    count = count + 1
    local turn = count % #tokens + 1
    if creating then
        local number = base + id * 1000000 + count
        local headers = { ["Authorization"] = "Bearer " .. tokens[turn], ["Content-Type"] = "application/json",
            ["Idempotency-Key"] = string.format("bench-%020d", number) }
        return wrk.format("POST", path, headers, entry(number))
    end
    local read = asked[turn]
    return read.tail and read.head .. math.random(max) .. read.tail or read.head
end

-- One line for the shell: requests/s, p50 and p99 in microseconds, answers that were not 2xx.
function done(summary, latency)
    local errors = summary.errors
    io.write(string.format("RESULT %.1f %d %d %d\n", summary.requests / (summary.duration / 1e6),
        latency:percentile(50), latency:percentile(99),
        errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
