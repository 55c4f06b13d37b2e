-- Forget a token, with the fact of who did it. Its sessions end with it: each use of one looks here.
-- KEYS  1 tokens (hash)  2 names (hash)  3 last used (hash)  4 audit (stream)
-- ARGV  1 name  2 audit fact  3 audit's bound
-- reply 1 | 0 there is none of this name
local digest = redis.call('HGET', KEYS[2], ARGV[1])
if not digest then
  return 0
end
redis.call('XADD', KEYS[4], 'MAXLEN', '~', ARGV[3], '*', 'e', ARGV[2])
redis.call('HDEL', KEYS[1], digest)
redis.call('HDEL', KEYS[2], ARGV[1])
redis.call('HDEL', KEYS[3], digest)
return 1
