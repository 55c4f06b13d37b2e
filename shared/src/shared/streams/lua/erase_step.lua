-- Write down how far an erasure is, if it is ours and under way: who lost the lane must not bring back what ended.
-- KEYS  1 fence (string)  2 erasures under way (hash)
-- ARGV  1 our fencing number  2 id  3 order
-- reply ok | fenced
if redis.call('GET', KEYS[1]) ~= ARGV[1] or redis.call('HEXISTS', KEYS[2], ARGV[2]) == 0 then
  return 'fenced'
end
redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
return 'ok'
