-- What is known of a token? Its use is noted, at most once in a while.
-- KEYS  1 tokens (hash)  2 last used (hash)
-- ARGV  1 digest  2 now, ms  3 a while, ms
-- reply what is known of it | "" nothing
local known = redis.call('HGET', KEYS[1], ARGV[1])
if not known then
  return ''
end
if tonumber(ARGV[2]) - tonumber(redis.call('HGET', KEYS[2], ARGV[1]) or 0) >= tonumber(ARGV[3]) then
  redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
end
return known
