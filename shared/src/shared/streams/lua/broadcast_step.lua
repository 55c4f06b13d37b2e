-- Request a broadcast's next messages: each at its place in the list, once, whoever runs it and however often it dies.
-- KEYS  1 fence (string)  2 record (hash)  3 recipients (list)  4 log (stream)  5 work (stream)  6 parked (hash)
--       7 those that have not ended (set)
-- ARGV  1 our fencing number  2 log's bound, 0 none  3 how many may wait in the work stream
--       4 how many the caller knows to be requested  5 id of the last one that was, "" none  6 now, ms
--       7 the broadcast's id  8… the next messages, "" for a place of which the person was erased
-- reply how many were requested | fenced | ended: it is done or was stopped | moved: others were requested meanwhile
--       | held: the last one is parked, for quiet hours: the rest waits with it
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 'fenced'
end
is(KEYS[2], 'hash')
is(KEYS[3], 'list')
is(KEYS[4], 'stream')
is(KEYS[5], 'stream')
is(KEYS[6], 'hash')
is(KEYS[7], 'set')
local about = redis.call('HMGET', KEYS[2], 'state', 'requested', 'total')
if about[1] ~= 'running' then
  redis.call('SREM', KEYS[7], ARGV[7])
  return 'ended'
end
if about[2] ~= ARGV[4] then
  return 'moved'
end
if ARGV[5] ~= '' and redis.call('HEXISTS', KEYS[6], ARGV[5]) == 1 then
  return 'held'
end
local room = tonumber(ARGV[3]) - redis.call('XLEN', KEYS[5])
local count = math.max(0, math.min(room, #ARGV - 7))
local function tell(data)
  if ARGV[2] == '0' then
    redis.call('XADD', KEYS[4], '*', 'e', data)
  else
    redis.call('XADD', KEYS[4], 'MAXLEN', '~', ARGV[2], '*', 'e', data)
  end
end
for at = 8, 7 + count do
  if ARGV[at] ~= '' then
    tell(ARGV[at])
    redis.call('XADD', KEYS[5], '*', 'e', ARGV[at])
  end
end
if redis.call('HINCRBY', KEYS[2], 'requested', count) >= tonumber(about[3]) then
  redis.call('HSET', KEYS[2], 'state', 'done', 'ended_at', ARGV[6])
  redis.call('DEL', KEYS[3])
  redis.call('SREM', KEYS[7], ARGV[7])
end
return tostring(count)
