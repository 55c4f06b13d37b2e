-- Is whoever fails too often held back? A failure is counted first, so that many at once are held like many in turn.
-- KEYS  1… counters (strings)
-- ARGV  1 failed | look  2 the window, ms  3… how many each counter allows
-- reply ms until all counters allow it again; 0: now
local longest = 0
for at, key in ipairs(KEYS) do
  local before = tonumber(redis.call('GET', key) or 0)
  if ARGV[1] == 'failed' and redis.call('INCR', key) == 1 then
    redis.call('PEXPIRE', key, ARGV[2])
  end
  if before >= tonumber(ARGV[at + 2]) then
    longest = math.max(longest, redis.call('PTTL', key))
  end
end
return longest
