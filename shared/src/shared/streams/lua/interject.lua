-- Say something before the answer, while the question's entry is still being worked on: once, and only when it holds up
-- nobody else. Whoever lost the lane, or comes after the answer, says nothing.
-- KEYS  1 source (stream)  2 log (stream)  3 fence (string)  4 mark that it was said (string)
--       5 the answer's work stream  6 the other work stream  7 instance's bucket (hash)  8 its own limits (hash)
-- ARGV  1 entry id  2 our fencing number  3 log's bound, 0 none  4 work stream's bound, 0 none  5 event bytes
--       6 mark's life, ms  7 tokens/s, 0 unlimited  8 bucket's capacity  9 tokens that must be there
-- reply said | before | fenced | gone | tight | full
is(KEYS[3], 'string')
is(KEYS[1], 'stream')
is(KEYS[2], 'stream')
is(KEYS[5], 'stream')
is(KEYS[6], 'stream')
is(KEYS[7], 'hash')
is(KEYS[8], 'hash')
if redis.call('GET', KEYS[3]) ~= ARGV[2] then
  return 'fenced'
end
if #redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1], 'COUNT', 1) == 0 then
  return 'gone'
end
if redis.call('EXISTS', KEYS[4]) == 1 then
  return 'before'
end
local waiting = redis.call('XLEN', KEYS[5]) + redis.call('XLEN', KEYS[6])
if tonumber(ARGV[4]) > 0 and redis.call('XLEN', KEYS[5]) >= tonumber(ARGV[4]) then
  return 'full'
end
local own = redis.call('HMGET', KEYS[8], 'tokens_per_second', 'bucket_capacity')
local rate = tonumber(own[1] or '') or tonumber(ARGV[7])
local capacity = tonumber(own[2] or '') or tonumber(ARGV[8])
if rate > 0 then
  local time = redis.call('TIME')
  local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
  local state = redis.call('HMGET', KEYS[7], 'tokens', 'at')
  local since = math.max(0, now - (tonumber(state[2]) or now))
  local tokens = math.min(capacity, (tonumber(state[1]) or capacity) + since * rate / 1000)
  if waiting > 0 or tokens < tonumber(ARGV[9]) then
    return 'tight'
  end
end
redis.call('SET', KEYS[4], '1', 'PX', ARGV[6])
if ARGV[3] == '0' then
  redis.call('XADD', KEYS[2], '*', 'e', ARGV[5])
else
  redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[3], '*', 'e', ARGV[5])
end
redis.call('XADD', KEYS[5], '*', 'e', ARGV[5])
return 'said'
