-- Write down what came of an erasure, and forget whom it was about: one step.
-- KEYS  1 fence (string)  2 erasures under way (hash)  3 what came of them (hash)  4 log (stream)
-- ARGV  1 our fencing number  2 id  3 record  4 fact  5 log's bound, 0 none
-- reply ok | fenced
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 'fenced'
end
redis.call('HLEN', KEYS[3])
redis.call('XLEN', KEYS[4])
if redis.call('HDEL', KEYS[2], ARGV[2]) == 0 then
  return 'ok' -- asked again because the first answer got lost
end
redis.call('HSET', KEYS[3], ARGV[2], ARGV[3])
if ARGV[5] == '0' then
  redis.call('XADD', KEYS[4], '*', 'e', ARGV[4])
else
  redis.call('XADD', KEYS[4], 'MAXLEN', '~', ARGV[5], '*', 'e', ARGV[4])
end
return 'ok'
