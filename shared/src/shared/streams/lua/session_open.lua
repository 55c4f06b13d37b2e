-- Begin a session, with the fact of who logged in.
-- KEYS  1 session (hash)  2 audit (stream)
-- ARGV  1 digest of the token that it came from  2 now, ms  3 its life while idle, ms  4 audit fact  5 audit's bound
-- reply 1
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[5], '*', 'e', ARGV[4])
redis.call('HSET', KEYS[1], 'token', ARGV[1], 'since', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
