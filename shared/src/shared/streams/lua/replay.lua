-- Put a dead letter to work again, unless the log shows that it was done meanwhile.
-- KEYS  1 dead letters (stream)  2 log (stream)  3 work (stream)  4 progress (hash)
-- ARGV  1 the dead letter's entry id  2 the work's bytes  3 work's bound, 0 none  4 log's bound, 0 none
--       5 progress field  6 progress that it begins with, "" none
--       7 the last entry of the log that the caller has looked at  8 the event to look for behind it, "" not to look
--       9… facts
-- reply ok | gone: the dead letter is no longer there | full | done: it was done meanwhile | again: look anew, too much
--       was logged since; nothing was written but for ok
is(KEYS[1], 'stream')
is(KEYS[2], 'stream')
is(KEYS[3], 'stream')
is(KEYS[4], 'hash')
if #redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1], 'COUNT', 1) == 0 then
  return 'gone'
end
local bound = tonumber(ARGV[3])
if bound > 0 and redis.call('XLEN', KEYS[3]) >= bound then
  return 'full'
end

local SENT = { ['send.accepted.v1'] = true, ['send.delivered.v1'] = true, ['send.read.v1'] = true }
local ANSWERED = { ['reply.drafted.v1'] = true, ['reply.suppressed.v1'] = true }
local function does(fact, id)
  if SENT[fact.type] and fact.send_id == id then
    return true
  end
  for _, answered in ipairs(ANSWERED[fact.type] and fact.answers or {}) do
    if answered == id then
      return true
    end
  end
  return false
end
local SENDS = string.find(KEYS[3], '}:stream', 1, true)
local MOST = 2000 -- a few milliseconds of looking
if ARGV[8] ~= '' then
  local newer = redis.call('XRANGE', KEYS[2], '(' .. ARGV[7], '+', 'COUNT', MOST)
  if #newer == MOST then
    return 'again'
  end
  for _, entry in ipairs(newer) do
    local data = entry[2][2]
    if SENDS and string.find(data, 'send.echoed.', 1, true) then
      return 'again' -- whose words these are, the caller can tell
    end
    if string.find(data, ARGV[8], 1, true) then
      local read, fact = pcall(cmsgpack.unpack, data)
      if read and type(fact) == 'table' and does(fact, ARGV[8]) then
        return 'done'
      end
    end
  end
end

redis.call('XDEL', KEYS[1], ARGV[1])
redis.call('XADD', KEYS[3], '*', 'e', ARGV[2])
if ARGV[6] ~= '' then
  redis.call('HSET', KEYS[4], ARGV[5], ARGV[6])
end
for at = 9, #ARGV do
  if ARGV[4] == '0' then
    redis.call('XADD', KEYS[2], '*', 'e', ARGV[at])
  else
    redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[4], '*', 'e', ARGV[at])
  end
end
return 'ok'
