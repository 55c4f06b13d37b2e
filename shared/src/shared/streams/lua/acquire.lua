-- Take a lane that nobody works. Every taking gets a higher fencing number. A lane that an operator gave to a certain
-- replica is taken by that one only; taking it settles the matter.
-- KEYS  1 lease (string)  2 fence (string)  3 assignment (string)
-- ARGV  1 replica  2 life, ms
-- reply our fencing number | 0 when somebody holds it or another is to have it
local assigned = redis.call('GET', KEYS[3])
if redis.call('EXISTS', KEYS[1]) == 1 or (assigned and assigned ~= ARGV[1]) then
  return 0
end
local number = redis.call('INCR', KEYS[2])
redis.call('SET', KEYS[1], string.format('%.0f', number) .. ':' .. ARGV[1], 'PX', ARGV[2])
redis.call('DEL', KEYS[3])
return number
