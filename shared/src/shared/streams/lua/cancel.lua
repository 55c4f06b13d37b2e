-- Take back one send that waits, parked or in its stream, and that no try was begun of since the caller looked. Whoever
-- works its lane asks `attempt` before each call, and finds it gone: nothing is sent that was taken back.
-- KEYS  1 due (sorted set)  2 parked (hash)  3 progress (hash)  4 log (stream)  5 mark of what was taken back (string)
--       6 its stream (stream)
-- ARGV  1 send id  2 its entry in the stream, "" when it is parked  3 its progress as the caller saw it, "" for none
--       4 group  5 log's bound, 0 none  6 the fact  7 mark's life, ms
-- reply cancelled | moved: look again
local kinds = { 'zset', 'hash', 'hash', 'stream', 'string', 'stream' }
for at = 1, #kinds do
  is(KEYS[at], kinds[at])
end
local id, entry = ARGV[1], ARGV[2]
if (redis.call('HGET', KEYS[3], id) or '') ~= ARGV[3] then
  return 'moved'
end
if entry == '' then
  if not redis.call('ZSCORE', KEYS[1], id) or redis.call('HEXISTS', KEYS[2], id) == 0 then
    return 'moved'
  end
  redis.call('ZREM', KEYS[1], id)
  redis.call('HDEL', KEYS[2], id)
else
  if #redis.call('XRANGE', KEYS[6], entry, entry, 'COUNT', 1) == 0 then
    return 'moved'
  end
  redis.pcall('XACK', KEYS[6], ARGV[4], entry)
  redis.call('XDEL', KEYS[6], entry)
end
redis.call('HDEL', KEYS[3], id)
if ARGV[5] == '0' then
  redis.call('XADD', KEYS[4], '*', 'e', ARGV[6])
else
  redis.call('XADD', KEYS[4], 'MAXLEN', '~', ARGV[5], '*', 'e', ARGV[6])
end
redis.call('SET', KEYS[5], '1', 'PX', ARGV[7])
return 'cancelled'
