-- Write down a broadcast with its recipients, for the runner to request.
-- KEYS  1 record (hash)  2 recipients (list)  3 the instance's broadcasts (sorted set)  4 log (stream)
--       5 those that have not ended (set)  6 idempotency mark (string)
-- ARGV  1 log's bound, 0 none  2 id  3 asked for at, ms  4 the record's life, ms  5 how long it is listed, ms
--       6 what it is  7 fact  8 the mark's life, ms, 0 no mark  9… recipients
-- reply its id; the earlier one's when it was written down before
is(KEYS[1], 'hash')
is(KEYS[2], 'list')
is(KEYS[3], 'zset')
is(KEYS[4], 'stream')
is(KEYS[5], 'set')
is(KEYS[6], 'string')
local marked = ARGV[8] ~= '0'
local earlier = marked and redis.call('GET', KEYS[6])
if earlier then
  return earlier
end
if redis.call('EXISTS', KEYS[1]) == 1 then
  return ARGV[2]
end
if marked then
  redis.call('SET', KEYS[6], ARGV[2], 'PX', ARGV[8])
end
redis.call('HSET', KEYS[1], 'about', ARGV[6], 'state', 'running', 'requested', 0, 'total', #ARGV - 8)
redis.call('PEXPIRE', KEYS[1], ARGV[4])
for at = 9, #ARGV do
  redis.call('RPUSH', KEYS[2], ARGV[at])
end
redis.call('PEXPIRE', KEYS[2], ARGV[4])
redis.call('ZADD', KEYS[3], ARGV[3], ARGV[2])
redis.call('SADD', KEYS[5], ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', tonumber(ARGV[3]) - tonumber(ARGV[5]))
if ARGV[1] == '0' then
  redis.call('XADD', KEYS[4], '*', 'e', ARGV[7])
else
  redis.call('XADD', KEYS[4], 'MAXLEN', '~', ARGV[1], '*', 'e', ARGV[7])
end
return ARGV[2]
