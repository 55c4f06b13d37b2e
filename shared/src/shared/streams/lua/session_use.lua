-- Whose session is this? Its life is prolonged, unless it is only looked at; one that is too old, or whose token is gone, ends here.
-- KEYS  1 session (hash)  2 tokens (hash)
-- ARGV  1 now, ms  2 its life while idle, ms; 0: only look  3 its whole life, ms  4 digest of the settings' token
-- reply {} no session | {digest of the token, what is known of the token; "" for the settings' own}
local token, since = unpack(redis.call('HMGET', KEYS[1], 'token', 'since'))
if not token then
  return {}
end
local known = token == ARGV[4] and '' or redis.call('HGET', KEYS[2], token)
local left = tonumber(since) + tonumber(ARGV[3]) - tonumber(ARGV[1])
if not known or left <= 0 then
  redis.call('DEL', KEYS[1])
  return {}
end
if tonumber(ARGV[2]) > 0 then
  redis.call('PEXPIRE', KEYS[1], math.min(left, tonumber(ARGV[2])))
end
return { token, known }
