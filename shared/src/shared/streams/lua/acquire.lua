-- Take a lane that nobody works. Every taking gets a higher fencing number.
-- KEYS  1 lease (string)  2 fence (string)
-- ARGV  1 replica  2 life, ms
-- reply our fencing number | 0 when somebody holds it
if redis.call('EXISTS', KEYS[1]) == 1 then
  return 0
end
local number = redis.call('INCR', KEYS[2])
redis.call('SET', KEYS[1], string.format('%.0f', number) .. ':' .. ARGV[1], 'PX', ARGV[2])
return number
