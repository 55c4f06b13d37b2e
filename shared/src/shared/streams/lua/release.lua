-- Give a lane back, if it is still ours.
-- KEYS  1 lease (string)  2 fence (string)
-- ARGV  1 our fencing number
-- reply 1 given back | 0 it was not ours any more
is(KEYS[2], 'string')
if redis.call('GET', KEYS[2]) ~= ARGV[1] then
  return 0
end
return redis.call('DEL', KEYS[1])
