-- How much waits in one instance? Reads only. What is missing counts as nothing.
-- KEYS  1 due (sorted set)  2 dead letters (stream)  3… streams
-- ARGV  1… the group of each stream
-- reply parked, dead letters, then entries and pending of each stream
local reply = { redis.call('ZCARD', KEYS[1]), redis.call('XLEN', KEYS[2]) }
for at = 3, #KEYS do
  local pending = redis.pcall('XPENDING', KEYS[at], ARGV[at - 2])
  if pending.err and not string.find(pending.err, 'NOGROUP') then
    return pending
  end
  reply[#reply + 1] = redis.call('XLEN', KEYS[at])
  reply[#reply + 1] = pending.err and 0 or pending[1]
end
return reply
