-- How many chats of an instance have each status, and what was counted there on one day? Reads only.
-- KEYS  1 the days' counts (hash)  2 the ends of pauses (sorted set)  3… the chats of each status (sorted sets)
-- ARGV  1 now, ms  2 the day, by its number  3 how many buckets a stage has  4 the stages, with spaces between
--       5 what else is counted, with spaces between
-- reply how many pauses are over; the chats of each status; the day's counts: field, value, field, value, …
local fields, counted = {}, {}
for name in string.gmatch(ARGV[5], '%S+') do
  fields[#fields + 1] = ARGV[2] .. ' ' .. name
end
for stage in string.gmatch(ARGV[4], '%S+') do
  for bucket = 0, ARGV[3] - 1 do
    fields[#fields + 1] = ARGV[2] .. ' ' .. stage .. '/' .. bucket
  end
end
for at, value in ipairs(redis.call('HMGET', KEYS[1], unpack(fields))) do
  if value then
    counted[#counted + 1] = fields[at]
    counted[#counted + 1] = value
  end
end
local reply = { redis.call('ZCOUNT', KEYS[2], '-inf', ARGV[1]) }
for at = 3, #KEYS do
  reply[#reply + 1] = redis.call('ZCARD', KEYS[at])
end
reply[#reply + 1] = counted
return reply
