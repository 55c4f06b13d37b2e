-- Make a token known, with the fact of who did it; unless its name is taken.
-- KEYS  1 tokens (hash)  2 names (hash)  3 audit (stream)
-- ARGV  1 name  2 digest  3 what is known of it  4 audit fact  5 audit's bound
-- reply 1 | 0 the name is taken
if redis.call('HEXISTS', KEYS[2], ARGV[1]) == 1 then
  return 0
end
redis.call('XADD', KEYS[3], 'MAXLEN', '~', ARGV[5], '*', 'e', ARGV[4])
redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
return 1
