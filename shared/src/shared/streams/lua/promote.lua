-- Move parked work whose time has come back to its streams. Redis's clock decides. What finds its stream full is put
-- off, in its order, and holds nothing else.
-- KEYS  1 due (sorted set)  2 parked (hash)  3… the streams that work may go back to
-- ARGV  1 how many at the most  2 the streams' bound, 0 none
-- reply {moved, ms until the next or -1}
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local known = {}
for at = 3, #KEYS do
  known[KEYS[at]] = true
end
local bound, moved, put_off = tonumber(ARGV[2]), 0, 0
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, ARGV[1])) do
  local item = redis.call('HGET', KEYS[2], id)
  local cut = item and string.find(item, '\n', 1, true)
  local stream = cut and string.sub(item, 1, cut - 1)
  local ours, settled = stream and known[stream], not stream
  if ours and bound > 0 and redis.call('XLEN', stream) >= bound then
    redis.call('ZADD', KEYS[1], now + 1000 + put_off, id)
    put_off = put_off + 1
  elseif ours then
    redis.call('XADD', stream, '*', 'e', string.sub(item, cut + 1))
    moved = moved + 1
    settled = true
  end
  if settled then
    redis.call('ZREM', KEYS[1], id)
    redis.call('HDEL', KEYS[2], id)
  end
end
local next = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
if #next == 0 then
  return { moved, -1 }
end
return { moved, math.max(0, tonumber(next[2]) - now) }
