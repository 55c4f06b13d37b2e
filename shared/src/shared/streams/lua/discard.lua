-- Throw dead letters away, and tell who did.
-- KEYS  1 dead letters (stream)  2 log (stream)
-- ARGV  1 log's bound, 0 none  2 audit fact  3… entry ids
-- reply how many were there; with none, nothing was written
is(KEYS[1], 'stream')
is(KEYS[2], 'stream')
local audit, gone = cmsgpack.unpack(ARGV[2]), 0
for at = 3, #ARGV do
  gone = gone + redis.call('XDEL', KEYS[1], ARGV[at])
end
if gone > 0 then
  audit.touched = gone
  if ARGV[1] == '0' then
    redis.call('XADD', KEYS[2], '*', 'e', cmsgpack.pack(audit))
  else
    redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[1], '*', 'e', cmsgpack.pack(audit))
  end
end
return gone
