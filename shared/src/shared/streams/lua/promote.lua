-- Move parked work whose time has come back to its streams. Redis's clock decides. What finds its stream full keeps its
-- place in the order, and holds nothing of other streams; so does what finds it to be no stream.
-- KEYS  1 due (sorted set)  2 parked (hash)  3… the streams that work may go back to
-- ARGV  1 how many at the most  2 the streams' bound, 0 none  3 how many to look at at the most
--       4 ms until what found its stream full is looked at again
-- reply {moved, ms until the next or -1}
is(KEYS[1], 'zset')
is(KEYS[2], 'hash')
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local known, full = {}, {}
for at = 3, #KEYS do
  known[KEYS[at]] = true
  full[KEYS[at]] = not fits(KEYS[at], 'stream')
end
local most, bound, looks = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local moved, passed, blocked, looked, over = 0, 0, false, 0, false

local function settle(id)
  redis.call('ZREM', KEYS[1], id)
  redis.call('HDEL', KEYS[2], id)
end
local function look(id)
  local item = redis.call('HGET', KEYS[2], id)
  local cut = item and string.find(item, '\n', 1, true)
  local stream = cut and string.sub(item, 1, cut - 1)
  if not stream then
    settle(id)
  elseif not known[stream] then
    passed = passed + 1
  elseif full[stream] or (bound > 0 and redis.call('XLEN', stream) >= bound) then
    full[stream], blocked, passed = true, true, passed + 1
  else
    redis.call('XADD', stream, '*', 'e', string.sub(item, cut + 1))
    settle(id)
    moved = moved + 1
  end
end
while not over do
  local ids = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', passed, 100)
  for _, id in ipairs(ids) do
    if moved < most and looked < looks then
      look(id)
      looked = looked + 1
    end
  end
  over = #ids < 100 or moved >= most or looked >= looks
end
if moved >= most and redis.call('ZCOUNT', KEYS[1], '-inf', now) > passed then
  return { moved, 0 }
end
local again = blocked and tonumber(ARGV[4]) or -1
local next = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. string.format('%.0f', now), '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
if #next > 0 then
  local wait = tonumber(next[2]) - now
  again = again < 0 and wait or math.min(again, wait)
end
return { moved, again }
