-- Hand new entries to the holder of a lane, and to nobody else: a replica that slept through the loss of its lane would
-- otherwise take entries that the next holder then does not see in their order.
-- KEYS  1 stream  2 fence (string)
-- ARGV  1 group  2 consumer  3 our fencing number  4 how many at the most
-- reply {fenced} | {ok, {{id, {field, value, …}}, …}}
is(KEYS[1], 'stream')
is(KEYS[2], 'string')
if redis.call('GET', KEYS[2]) ~= ARGV[3] then
  return { 'fenced' }
end
local function read()
  return redis.pcall('XREADGROUP', 'GROUP', ARGV[1], ARGV[2], 'COUNT', ARGV[4], 'STREAMS', KEYS[1], '>')
end
local reply = read()
if reply and reply.err and string.find(reply.err, 'NOGROUP') then
  redis.call('XGROUP', 'CREATE', KEYS[1], ARGV[1], '0', 'MKSTREAM')
  reply = read()
end
if reply and reply.err then
  return reply
end
return { 'ok', reply and reply[1] and reply[1][2] or {} }
