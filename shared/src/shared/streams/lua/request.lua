-- Take one message that is to be sent, once for its idempotency key: on its stream now, or parked until its time.
-- KEYS  1 idempotency mark (string)  2 log (stream)  3 work (stream)  4 due (sorted set)  5 parked (hash)
-- ARGV  1 mark's value  2 mark's life, ms, 0 no mark  3 log's bound, 0 none  4 bound of the work stream and of due
--       5 due, ms, 0 now  6 id  7 event bytes  8 the fact that it is scheduled, "" when it goes now
--       9 the fact that it is refused, for a full stream
-- reply {ok} | {seen, the mark's value at the first time} | {full}: only the refusal was written
is(KEYS[1], 'string')
is(KEYS[2], 'stream')
is(KEYS[3], 'stream')
is(KEYS[4], 'zset')
is(KEYS[5], 'hash')
local marked = ARGV[2] ~= '0'
local earlier = marked and redis.call('GET', KEYS[1])
if earlier then
  return { 'seen', earlier }
end
local parks, bound = ARGV[5] ~= '0', tonumber(ARGV[4])
local function tell(fact)
  if ARGV[3] == '0' then
    redis.call('XADD', KEYS[2], '*', 'e', fact)
  else
    redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[3], '*', 'e', fact)
  end
end
local waiting = parks and redis.call('ZCARD', KEYS[4]) or redis.call('XLEN', KEYS[3])
if waiting >= bound then
  tell(ARGV[9])
  return { 'full' }
end
if marked then
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
end
tell(ARGV[7])
if parks then
  tell(ARGV[8])
  redis.call('ZADD', KEYS[4], ARGV[5], ARGV[6])
  redis.call('HSET', KEYS[5], ARGV[6], KEYS[3] .. '\n' .. ARGV[7])
else
  redis.call('XADD', KEYS[3], '*', 'e', ARGV[7])
end
return { 'ok' }
