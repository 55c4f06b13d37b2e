-- Take a lane that nobody works. Every taking gets a higher fencing number: the time in microseconds, so that no number
-- is given out twice even when a failover or a flush took back the last ones. A lane that an operator gave to a certain
-- replica is taken by that one only; taking it settles the matter.
-- KEYS  1 lease (string)  2 fence (string)  3 assignment (string)
-- ARGV  1 replica  2 life, ms
-- reply our fencing number, as a string | 0 when somebody holds it or another is to have it
is(KEYS[2], 'string')
is(KEYS[3], 'string')
local assigned = redis.call('GET', KEYS[3])
if redis.call('EXISTS', KEYS[1]) == 1 or (assigned and assigned ~= ARGV[1]) then
  return 0
end
local time = redis.call('TIME')
local last = tonumber(redis.call('GET', KEYS[2]) or '0')
local number = string.format('%.0f', math.max(last + 1, tonumber(time[1]) * 1000000 + tonumber(time[2])))
redis.call('SET', KEYS[2], number)
redis.call('SET', KEYS[1], number .. ':' .. ARGV[1], 'PX', ARGV[2])
redis.call('DEL', KEYS[3])
return number
