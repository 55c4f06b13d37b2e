-- Let a group of each stream begin again at the first entry. What is done with is not in the stream any more, and the
-- tries of the rest are in our own hash: nothing is lost, and nothing that was sent is sent again.
-- KEYS  1 log (stream)  2… streams
-- ARGV  1 setid (pending entries stay pending) | recreate (a new group, made with its stream)
--       2 log's bound, 0 none  3 audit fact, "" to count only  4… the group of each stream
-- reply entries, pending of each stream, …
for at = 1, #KEYS do
  local kind = redis.call('TYPE', KEYS[at]).ok
  if kind ~= 'none' and kind ~= 'stream' then
    error('WRONGTYPE ' .. KEYS[at] .. ' is a ' .. kind .. ', expected a stream') -- a string: 6.2 takes no table
  end
end
local reply, total, grouped = {}, 0, {}
for at = 2, #KEYS do
  local found = redis.pcall('XPENDING', KEYS[at], ARGV[at + 2])
  if found.err and not string.find(found.err, 'NOGROUP') then
    return found
  end
  grouped[at] = not found.err
  local length = redis.call('XLEN', KEYS[at])
  total = total + length
  reply[#reply + 1] = length
  reply[#reply + 1] = grouped[at] and found[1] or 0
end
if ARGV[3] == '' then
  return reply
end
for at = 2, #KEYS do
  local group = ARGV[at + 2]
  if grouped[at] and ARGV[1] == 'setid' then
    redis.call('XGROUP', 'SETID', KEYS[at], group, '0')
  else
    if grouped[at] then
      redis.call('XGROUP', 'DESTROY', KEYS[at], group)
    end
    redis.call('XGROUP', 'CREATE', KEYS[at], group, '0', 'MKSTREAM')
  end
end
local fact = cmsgpack.unpack(ARGV[3])
fact.touched = total
if ARGV[2] == '0' then
  redis.call('XADD', KEYS[1], '*', 'e', cmsgpack.pack(fact))
else
  redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], '*', 'e', cmsgpack.pack(fact))
end
return reply
