-- Give a lane to one replica: its holder lets go when it renews, and nobody else may take it meanwhile.
-- A holder that is to have it lets go as well, when others have pending entries: it takes those over on coming back.
-- KEYS  1 assignment (string)  2 lease (string)  3 log (stream)  4… streams of the lane
-- ARGV  1 replica  2 assignment's life, ms  3 group  4 log's bound, 0 none  5 audit fact, "" to count only
--       6 how many entries may be pending for others, 7 who may hold the lane, "" nobody: if it is otherwise it counts
--         only; 6 is "" when it may be as it will
-- reply {holder or "", 1 assigned | 0 nothing to do, entries pending for others in each stream…}
is(KEYS[3], 'stream')
local lease = redis.call('GET', KEYS[2]) or ''
local holder = string.match(lease, '^%d+:(.*)$') or ''
local reply, total = { holder, 0 }, 0
for at = 4, #KEYS do
  local found, others = redis.pcall('XPENDING', KEYS[at], ARGV[3]), 0
  if found.err and not string.find(found.err, 'NOGROUP') then
    return found
  end
  for _, consumer in ipairs(not found.err and found[4] or {}) do
    if consumer[1] ~= ARGV[1] then
      others = others + tonumber(consumer[2])
    end
  end
  total = total + others
  reply[#reply + 1] = others
end
local needed = holder ~= ARGV[1] or total > 0
reply[2] = needed and 1 or 0
if ARGV[5] == '' or (ARGV[6] ~= '' and (total > tonumber(ARGV[6]) or holder ~= ARGV[7])) then
  return reply
end
local fact = cmsgpack.unpack(ARGV[5])
fact.touched = total
if needed then
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
end
if ARGV[4] == '0' then
  redis.call('XADD', KEYS[3], '*', 'e', cmsgpack.pack(fact))
else
  redis.call('XADD', KEYS[3], 'MAXLEN', '~', ARGV[4], '*', 'e', cmsgpack.pack(fact))
end
return reply
