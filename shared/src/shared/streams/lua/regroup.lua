-- Let a group of each stream begin again at the first entry. What is done with is not in the stream any more, and the
-- tries of the rest are in our own hash: nothing is lost, and nothing that was sent is sent again. Entries that the
-- caller found in the log as sent are taken out.
-- KEYS  1 log (stream)  2 progress (hash)  3… streams
-- ARGV  1 setid (pending entries stay pending) | recreate (a new group, made with its stream)
--       2 log's bound, 0 none  3 audit fact, "" to count only
--       4 how many entries it may deliver again at the most: with more it counts only; "" any number
--       5… of each stream: its group, how many of its entries were sent, and of each of these its id and its send's
-- reply entries that are delivered again, pending of the stream, entries taken out, of each stream …
for at = 1, #KEYS do
  is(KEYS[at], at == 2 and 'hash' or 'stream')
end
local streams, next_arg = {}, 5
for at = 3, #KEYS do
  local one = { key = KEYS[at], group = ARGV[next_arg], sent = {} }
  local found = redis.pcall('XPENDING', one.key, one.group)
  if found.err and not string.find(found.err, 'NOGROUP') then
    return found
  end
  one.grouped = not found.err
  one.pending = one.grouped and found[1] or 0
  local count = tonumber(ARGV[next_arg + 1])
  for nth = 1, count do
    local id, send = ARGV[next_arg + 2 * nth], ARGV[next_arg + 2 * nth + 1]
    if #redis.call('XRANGE', one.key, id, id) == 1 then
      one.sent[#one.sent + 1] = { id, send }
    end
  end
  next_arg = next_arg + 2 + 2 * count
  streams[#streams + 1] = one
end
local reply, total = {}, 0
for _, one in ipairs(streams) do
  local left = redis.call('XLEN', one.key) - #one.sent
  total = total + left
  reply[#reply + 1] = left
  reply[#reply + 1] = one.pending
  reply[#reply + 1] = #one.sent
end
if ARGV[3] == '' or (ARGV[4] ~= '' and total > tonumber(ARGV[4])) then
  return reply
end
for _, one in ipairs(streams) do
  for _, entry in ipairs(one.sent) do
    if one.grouped then
      redis.call('XACK', one.key, one.group, entry[1])
    end
    redis.call('XDEL', one.key, entry[1])
    redis.call('HDEL', KEYS[2], entry[2])
  end
  if one.grouped and ARGV[1] == 'setid' then
    redis.call('XGROUP', 'SETID', one.key, one.group, '0')
  else
    if one.grouped then
      redis.call('XGROUP', 'DESTROY', one.key, one.group)
    end
    redis.call('XGROUP', 'CREATE', one.key, one.group, '0', 'MKSTREAM')
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
