-- Hand entries that were left alone to the holder of a lane, and to nobody else. One step of the scan.
-- KEYS  1 stream  2 fence (string)
-- ARGV  1 group  2 consumer  3 our fencing number  4 left alone for, ms  5 cursor  6 how many at the most
-- reply {fenced} | {ok, next cursor, {{id, {field, value, …}}, …}, {id of an entry that was trimmed while pending, …}}
is(KEYS[1], 'stream')
is(KEYS[2], 'string')
if redis.call('GET', KEYS[2]) ~= ARGV[3] then
  return { 'fenced' }
end
local reply = redis.pcall('XAUTOCLAIM', KEYS[1], ARGV[1], ARGV[2], ARGV[4], ARGV[5], 'COUNT', ARGV[6])
if reply.err and string.find(reply.err, 'NOGROUP') then
  redis.call('XGROUP', 'CREATE', KEYS[1], ARGV[1], '0', 'MKSTREAM')
  return { 'ok', '0-0', {}, {} }
end
if reply.err then
  return reply
end
-- Redis 7 names trimmed entries in a third element and forgets them. 6.2 gives nothing in their place and keeps them
-- pending: they are looked for here, and ended.
local found, lost, holes = {}, reply[3] or {}, false
for at = 1, #reply[2] do
  local entry = reply[2][at]
  if entry and entry[1] and entry[2] then
    found[#found + 1] = entry
  else
    holes = true
  end
end
if holes then
  for _, pending in ipairs(redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', 10000, ARGV[2])) do
    if #redis.call('XRANGE', KEYS[1], pending[1], pending[1], 'COUNT', 1) == 0 then
      lost[#lost + 1] = pending[1]
      redis.call('XACK', KEYS[1], ARGV[1], pending[1])
    end
  end
end
return { 'ok', reply[1], found, lost }
