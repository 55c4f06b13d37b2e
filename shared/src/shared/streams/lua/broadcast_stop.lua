-- Request no more of a broadcast.
-- KEYS  1 record (hash)  2 recipients (list)  3 log (stream)  4 those that have not ended (set)
-- ARGV  1 log's bound, 0 none  2 now, ms  3 the fact, whose `left` is filled in here  4 the broadcast's id
-- reply how many get nothing | -1: it has ended already | -2: there is none
is(KEYS[1], 'hash')
is(KEYS[2], 'list')
is(KEYS[3], 'stream')
is(KEYS[4], 'set')
local about = redis.call('HMGET', KEYS[1], 'state', 'requested', 'total')
if not about[1] then
  return -2
elseif about[1] ~= 'running' then
  return -1
end
local fact = cmsgpack.unpack(ARGV[3])
fact.left = tonumber(about[3]) - tonumber(about[2])
redis.call('HSET', KEYS[1], 'state', 'stopped', 'ended_at', ARGV[2])
redis.call('DEL', KEYS[2])
redis.call('SREM', KEYS[4], ARGV[4])
if ARGV[1] == '0' then
  redis.call('XADD', KEYS[3], '*', 'e', cmsgpack.pack(fact))
else
  redis.call('XADD', KEYS[3], 'MAXLEN', '~', ARGV[1], '*', 'e', cmsgpack.pack(fact))
end
return fact.left
