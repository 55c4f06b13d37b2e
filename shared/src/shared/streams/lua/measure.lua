-- How much waits in one instance? Reads only. What is missing counts as nothing.
-- KEYS  1 due (sorted set)  2 dead letters (stream)  3 log (stream)  4 head of the views (hash)  5… streams
-- ARGV  1… the group of each stream
-- reply parked, dead letters, facts that the views do not hold, then entries and pending of each stream
local function behind()
  if redis.call('XLEN', KEYS[3]) == 0 then
    return 0
  end
  local about, told = redis.call('XINFO', 'STREAM', KEYS[3]), {}
  for at = 1, #about, 2 do
    told[about[at]] = about[at + 1]
  end
  local version = redis.call('HGET', KEYS[4], 'version')
  if not version then
    return told['length']
  end
  local view = redis.call('HMGET', KEYS[4], version .. ':position', version .. ':read', version .. ':skew')
  if view[1] == told['last-generated-id'] or not told['entries-added'] then
    return 0
  end
  return math.max(0, told['entries-added'] - tonumber(view[2] or 0) - tonumber(view[3] or 0))
end
local reply = { redis.call('ZCARD', KEYS[1]), redis.call('XLEN', KEYS[2]), behind() }
for at = 5, #KEYS do
  local pending = redis.pcall('XPENDING', KEYS[at], ARGV[at - 4])
  if pending.err and not string.find(pending.err, 'NOGROUP') then
    return pending
  end
  reply[#reply + 1] = redis.call('XLEN', KEYS[at])
  reply[#reply + 1] = pending.err and 0 or pending[1]
end
return reply
