-- Take a token and write down that a send is about to be attempted: one step, so that every attempt has its token and
-- every token its attempt. Time is Redis's own, shared by all replicas.
-- KEYS  1 source (stream)  2 log (stream)  3 progress (hash)  4 fence (string)  5 instance's bucket (hash)
--       6 recipient's bucket (hash)  7 new contacts that were written to today (set)  8 known contacts (set)
--       9 the instance's own limits (hash), which go before the settings in ARGV 9…12
--      10 until when new contacts are paused, ms (string with a time to live)
-- ARGV  1 group  2 consumer  3 entry id  4 our fencing number  5 log's bound, 0 none
--       6 progress field  7 progress  8 event bytes
--       9 tokens/s, 0 unlimited  10 capacity  11 tokens/s per recipient, 0 unlimited
--       12 new contacts a day, 0 unlimited  13 1: it is a reply, whose chat is no new contact  14… the chat's names
-- reply {ok, 1 when it goes to a new contact else 0} | {wait, ms, scope} with scope instance or recipient
--       | {spent}: the day's new contacts | {paused, until} | {fenced} | {other} | {gone}
--       | {trimmed}: deleted from its stream by hand, and still pending for us
local source, group, consumer, id = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
is(KEYS[4], 'string')
is(source, 'stream')
if redis.call('GET', KEYS[4]) ~= ARGV[4] then
  return { 'fenced' }
end
local pending = redis.pcall('XPENDING', source, group, id, id, 1)
if pending.err and not string.find(pending.err, 'NOGROUP') then
  return pending
end
local held = not pending.err and pending[1]
if held and held[2] ~= consumer then
  return { 'other' }
end
if #redis.call('XRANGE', source, id, id, 'COUNT', 1) == 0 then
  return { held and 'trimmed' or 'gone' } -- who takes a send back acknowledges it, too
end

-- A chat becomes known by writing to us, or when WhatsApp takes a message for it: not by an attempt.
-- Lua has no rollback: look at everything before the first write; at what new contacts go by, only for those.
local is_new = ARGV[13] ~= '1'
if is_new then
  is(KEYS[8], 'set')
  is(KEYS[7], 'set')
  is(KEYS[10], 'string')
end
is(KEYS[2], 'stream')
is(KEYS[3], 'hash')
is(KEYS[9], 'hash')
for at = 14, #ARGV do
  is_new = is_new and redis.call('SISMEMBER', KEYS[8], ARGV[at]) == 0
end
if redis.call('HGET', KEYS[3], ARGV[6]) == ARGV[7] then
  return { 'ok', is_new and 1 or 0 } -- asked again because the first answer got lost
end

local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)

-- A bucket is {tokens at a time}; what has come in since is added when somebody looks.
local function level(key, rate, capacity)
  local state = redis.call('HMGET', key, 'tokens', 'at')
  local tokens = tonumber(state[1]) or capacity
  local since = now - (tonumber(state[2]) or now)
  if since < 0 then -- the clock went back (a failover): the time until it is there again fills the bucket, too
    redis.call('HSET', key, 'at', string.format('%.0f', now))
    since = 0
  end
  return math.min(capacity, tokens + since * rate / 1000)
end
local function take(key, tokens, rate, capacity, life)
  redis.call('HSET', key, 'tokens', string.format('%.6f', tokens - 1), 'at', string.format('%.0f', now))
  redis.call('PEXPIRE', key, math.max(math.ceil(capacity / rate * 1000) + 60000, life))
end
-- Longer than a bucket takes to fill at this rate: a rate that is lowered meanwhile must not find a new one, full.
local WEEK = 604800000
local function wait(tokens, rate, scope)
  return { 'wait', math.max(1, math.ceil((1 - tokens) / rate * 1000)), scope }
end

local own = redis.call('HMGET', KEYS[9], 'tokens_per_second', 'bucket_capacity', 'recipient_tokens_per_second',
  'new_contacts_per_day')
local function limit(at)
  return tonumber(own[at] or '') or tonumber(ARGV[8 + at])
end
-- A call comes a little later than its token, and not always by the same little: 50 ms of the burst are kept back, so
-- that the calls themselves stay within capacity + rate * t.
local JITTER_S = 0.05
local rate = limit(1)
local capacity = math.max(1, limit(2) - rate * JITTER_S)
local recipient_rate, daily = limit(3), limit(4)
if rate > 0 then
  is(KEYS[5], 'hash')
end
if recipient_rate > 0 then
  is(KEYS[6], 'hash')
end

local tokens = rate > 0 and level(KEYS[5], rate, capacity) or 1
local recipient_tokens = recipient_rate > 0 and level(KEYS[6], recipient_rate, 1) or 1
-- What holds one chat comes first: the token is left for the others.
local paused = is_new and redis.call('GET', KEYS[10])
if paused then
  return { 'paused', paused }
end
if is_new and daily > 0 and redis.call('SISMEMBER', KEYS[7], ARGV[14]) == 0
  and redis.call('SCARD', KEYS[7]) >= daily then
  return { 'spent' }
end
if recipient_tokens < 1 then
  return wait(recipient_tokens, recipient_rate, 'recipient')
end
if tokens < 1 then
  return wait(tokens, rate, 'instance')
end

if rate > 0 then
  take(KEYS[5], tokens, rate, capacity, WEEK)
end
if recipient_rate > 0 then
  take(KEYS[6], recipient_tokens, recipient_rate, 1, 0)
end
if is_new then
  redis.call('SADD', KEYS[7], ARGV[14])
  redis.call('PEXPIRE', KEYS[7], 172800000)
end
redis.call('HSET', KEYS[3], ARGV[6], ARGV[7])
if ARGV[5] == '0' then
  redis.call('XADD', KEYS[2], '*', 'e', ARGV[8])
else
  redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[5], '*', 'e', ARGV[8])
end
return { 'ok', is_new and 1 or 0 }
