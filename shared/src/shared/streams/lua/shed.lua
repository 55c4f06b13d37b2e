-- Make room in a full stream: end the entries that the caller found expired, with no try under way. One with other
-- tries than the caller saw stays, and so does whatever the caller did not name.
-- KEYS  1 work (stream)  2 log (stream)  3 progress (hash)
-- ARGV  1 group  2 log's bound, 0 none
--       3… of each entry:  entry id  progress field  progress as the caller saw it, "" for none  the fact
-- reply how many were ended
is(KEYS[1], 'stream')
is(KEYS[2], 'stream')
is(KEYS[3], 'hash')
local ended = 0
for at = 3, #ARGV, 4 do
  local id, field, seen, fact = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]
  local there = #redis.call('XRANGE', KEYS[1], id, id, 'COUNT', 1) == 1
  if there and (redis.call('HGET', KEYS[3], field) or '') == seen then
    redis.pcall('XACK', KEYS[1], ARGV[1], id)
    redis.call('XDEL', KEYS[1], id)
    redis.call('HDEL', KEYS[3], field)
    if ARGV[2] == '0' then
      redis.call('XADD', KEYS[2], '*', 'e', fact)
    else
      redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[2], '*', 'e', fact)
    end
    ended = ended + 1
  end
end
return ended
