-- wrk's script: gates that send scans, no two alike. Each thread has a part of the tickets, goes through it with entries in an order that looks like none, as
-- people come, and follows with exits; one scan in twenty is somebody who tries again. So the venue fills up to its capacity, and then refuses.
--
-- wrk … scans.lua ADDRESS -- TOKENS TICKETS THREADS RUN POSITIONS
--   TOKENS     a file with a line "token gate" for each device
--   TICKETS    how many there are, T000000 and up
--   THREADS    wrk's own number of threads
--   RUN        a word that no other run has: scan ids begin with it
--   POSITIONS  where each thread goes on, "entries:exits,entries:exits,…", as the last run printed it; 0 = from the start
local threads = {}

function setup(thread)
  thread:set("number", #threads)
  table.insert(threads, thread)
end

local LEAD = 500
local STRIDE = 7919
local PATTERN = { 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 3 }
local heads, tails, tickets, first, devices = {}, {}, {}, 0, 0
local sent, stamp, prefix = 0, "", ""
entries, exits = 0, 0

function init(args)
  local count = math.floor(tonumber(args[2]) / tonumber(args[3]))
  first = number * count
  for i = 0, count - 1 do tickets[i] = string.format("T%06d", first + i * STRIDE % count) end
  prefix = string.format("%s-%d-", args[4], number)
  local at = 0
  for e, x in string.gmatch(args[5], "(%d+):(%d+)") do
    if at == number then entries, exits = tonumber(e), tonumber(x) end
    at = at + 1
  end

  local id = prefix .. "00000000"
  for line in io.lines(args[1]) do
    local token, gate = string.match(line, "(%S+) (%S+)")
    for type, name in ipairs({ "entry", "exit" }) do
      local middle = string.format('","gate":"%s","scan_type":"%s","scan_id":"', gate, name)
      local length = string.len('{"ticket_id":"T000000') + string.len(middle) + string.len(id) + string.len('","timestamp":"2000-01-01T00:00:00Z"}')
      heads[devices * 2 + type] = string.format(
        'POST /api/scans HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n{"ticket_id":"',
        wrk.headers["Host"] or "localhost", token, length)
      tails[devices * 2 + type] = middle .. prefix
    end
    devices = devices + 1
  end
end

function request()
  if sent % 256 == 0 then stamp = os.date('!","timestamp":"%Y-%m-%dT%H:%M:%SZ"}') end
  sent = sent + 1
  local type, place = 1, 0
  local what = PATTERN[sent % 20 + 1]
  if what == 2 and exits + LEAD < entries then
    type, place, exits = 2, exits, exits + 1
  elseif what == 3 then
    place = math.max(0, entries - LEAD / 2)
  else
    place, entries = entries, entries + 1
  end
  local kind = sent % devices * 2 + type
  return heads[kind] .. tickets[place % (#tickets + 1)] .. tails[kind] .. string.format("%08d", sent) .. stamp
end

function done(summary, latency, requests)
  local positions = {}
  for _, thread in ipairs(threads) do table.insert(positions, thread:get("entries") .. ":" .. thread:get("exits")) end
  io.write(string.format("result %d %d %d %d %d %d %d %s\n", summary.requests, summary.duration, summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write, summary.errors.timeout,
    latency:percentile(50), latency:percentile(99), table.concat(positions, ",")))
end
