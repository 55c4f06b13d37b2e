-- Keep a lane, and keep what is being worked on from looking idle to others.
-- A lease that ran out is taken again if nobody else had the lane since: the fencing number tells.
-- KEYS  1 lease (string)  2 fence (string)  3 assignment (string)  4… source streams
-- ARGV  1 our fencing number  2 replica  3 life, ms  4 group  5 consumer  6… stream index, entry id, …
-- reply 0 another replica has it | 1 kept | 2 kept, and an operator wants it handed over
is(KEYS[2], 'string')
if redis.call('GET', KEYS[2]) ~= ARGV[1] then
  return 0
end
redis.call('SET', KEYS[1], ARGV[1] .. ':' .. ARGV[2], 'PX', ARGV[3])
for at = 6, #ARGV, 2 do
  local source, id = KEYS[tonumber(ARGV[at])], ARGV[at + 1]
  local pending = redis.pcall('XPENDING', source, ARGV[4], id, id, 1, ARGV[5])
  if not pending.err and pending[1] then
    redis.call('XCLAIM', source, ARGV[4], ARGV[5], 0, id, 'JUSTID')
  end
end
-- The assignment outlives the ending of what was begun: five lives after the last renewal.
if redis.call('PEXPIRE', KEYS[3], 5 * ARGV[3]) == 1 then
  return 2
end
return 1
