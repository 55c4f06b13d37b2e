-- Keep the answer to a write for its Idempotency-Key, or forget that it was begun, when it changed nothing.
-- KEYS  1 answer (hash)
-- ARGV  1 this caller's mark  2 the answer, "" to forget
-- reply 1 | 0 it is another caller's meanwhile
if redis.call('HGET', KEYS[1], 'by') ~= ARGV[1] then
  return 0
end
if ARGV[2] == '' then
  redis.call('DEL', KEYS[1])
else
  redis.call('HSET', KEYS[1], 'answer', ARGV[2])
end
return 1
