-- Record one fact once, and hand its work on: the dedupe mark, the log and the work stream in one step.
-- KEYS  1 seen mark (string)  2 log (stream)  3 work (stream)  4 echoes of these words (sorted set)
--       5 known contacts (set)  6 when staff spoke in the chat (string)  7 mark of a send of ours with this message id (string)
--       8 due (sorted set)  9 sends that wait for this contact to be known (hash)
--      10 when somebody else than the bot spoke in the chat (string)
-- ARGV  1 mark's life, ms  2 log's bound, 0 none  3 event bytes  4 work stream's bound, 0 no work
--       5 echo or ""  6 echo's time, ms  7 echoes' life, ms  8 contact or ""
--       9 when staff spoke, ms, or ""  10 life of KEYS 6, ms  11 1: the fact matters more than the work
--      12 life of KEYS 10, ms
-- reply {1} recorded | {2} recorded without its work, whose stream is full
--       {3} recorded, and what waited for the contact is due | {0} recorded before
--       {-1} the work stream is full, nothing written
--       Behind the number: keys of another type. What was to be written there is left out: a message matters more.
is(KEYS[2], 'stream')
is(KEYS[3], 'stream')
local kinds = { [4] = 'zset', [5] = 'set', [6] = 'string', [8] = 'zset', [9] = 'hash' }
local broken = {}
local function sound(at)
  local good = fits(KEYS[at], kinds[at])
  if not good then
    broken[#broken + 1] = KEYS[at]
  end
  return good
end
if redis.call('EXISTS', KEYS[1]) == 1 then
  return { 0 }
end
local bound, works = tonumber(ARGV[4]), tonumber(ARGV[4]) > 0
if works and redis.call('XLEN', KEYS[3]) >= bound then
  if ARGV[11] ~= '1' then
    return { -1 }
  end
  works = false
end
redis.call('SET', KEYS[1], '1', 'PX', ARGV[1])
if ARGV[2] == '0' then
  redis.call('XADD', KEYS[2], '*', 'e', ARGV[3])
else
  redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[2], '*', 'e', ARGV[3])
end
if works then
  redis.call('XADD', KEYS[3], '*', 'e', ARGV[3])
end
if ARGV[5] ~= '' and sound(4) then
  redis.call('ZADD', KEYS[4], ARGV[6], ARGV[5])
  redis.call('ZREMRANGEBYSCORE', KEYS[4], '-inf', tonumber(ARGV[6]) - tonumber(ARGV[7]))
  redis.call('PEXPIRE', KEYS[4], ARGV[7])
end
-- Who writes to us is no new contact any more: what was put aside for that reason goes out now.
local freed = false
if ARGV[8] ~= '' then
  if sound(5) then
    redis.call('SADD', KEYS[5], ARGV[8])
  end
  local waiting = sound(9) and redis.call('HKEYS', KEYS[9]) or {}
  if #waiting > 0 and sound(8) then
    for _, id in ipairs(waiting) do
      redis.call('ZADD', KEYS[8], 'XX', 0, id)
    end
    redis.call('DEL', KEYS[9])
    freed = true
  end
end
-- What we sent ourselves is no word of the staff, however the gateway tells it.
if ARGV[9] ~= '' and redis.call('EXISTS', KEYS[7]) == 0 then
  if sound(6) then
    redis.call('SET', KEYS[6], ARGV[9], 'PX', ARGV[10])
  end
  redis.call('SET', KEYS[10], ARGV[9], 'PX', ARGV[12])
end
local alone = bound > 0 and not works
return { alone and 2 or freed and 3 or 1, unpack(broken) }
