-- End (or hold) one entry of a lane: consume it and write what followed from it, or write nothing at all.
-- Nothing is written when another replica took the lane (its fencing number is higher), when the entry is pending
-- for another consumer, or when it is gone. One that was only trimmed is still pending for us: what became of it counts.
-- KEYS  1 source (stream)  2 log (stream)  3 progress (hash)  4 fence (string)  5 dead letters (stream)
--       6 due (sorted set)  7 parked (hash)  8… whatever the operations name
-- ARGV  1 group  2 consumer  3 entry id  4 our fencing number  5 log's bound, 0 none
--       6 progress field  7 "" to consume the entry, else the progress to hold it with
--       8… operations:  fact BYTES                 append to the log
--                       work KEY BOUND BYTES       append to a work stream (KEY: index into KEYS)
--                       mark KEY LIFE_MS VALUE     set a string with a time to live; 0: remove it
--                       park ID DUE_MS STREAM BYTES  put aside until a time, then back to STREAM
--                       unpark ID                  forget what was put aside
--                       tries BYTES                keep the consumed entry's progress
--                       also ID PROGRESS_FIELD     consume this entry of the source too
--                       join KEY MEMBER            add to a set
--                       leave KEY MEMBER           take out of a set
--                       state KEY LIFE_MS N FIELD VALUE …  set fields of a hash, N arguments, and its time to live
--                       dead N FIELD VALUE …       append to the dead letters, N arguments
-- reply ok | fenced | other | gone | full
--       Behind ok, each on a line: keys of state, join and leave that are of another type. What was to be written there is
--       left out, for the rest must not wait for it: a call that was made is known to nobody else.
local source, log, progress, fence = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local group, consumer, id = ARGV[1], ARGV[2], ARGV[3]

is(fence, 'string')
is(source, 'stream')
is(progress, 'hash')
if redis.call('GET', fence) ~= ARGV[4] then
  return 'fenced'
end
local pending = redis.pcall('XPENDING', source, group, id, id, 1)
if pending.err and not string.find(pending.err, 'NOGROUP') then
  return pending
end
local held = not pending.err and pending[1]
if held and held[2] ~= consumer then
  return 'other'
end
if not held and #redis.call('XRANGE', source, id, id, 'COUNT', 1) == 0 then
  return 'gone'
end

if ARGV[7] ~= '' and redis.call('HGET', progress, ARGV[6]) == ARGV[7] then
  return 'ok' -- asked again because the first answer got lost
end

local size = { fact = 2, work = 4, mark = 4, park = 5, unpark = 2, tries = 2, also = 3, join = 3, leave = 3 }
local function length(op, at)
  if op == 'dead' then
    return 2 + tonumber(ARGV[at])
  elseif op == 'state' then
    return 4 + tonumber(ARGV[at + 2])
  end
  return size[op]
end
local function each(visit)
  local at = 8
  while at <= #ARGV do
    local op = ARGV[at]
    visit(op, at + 1)
    at = at + length(op, at + 1)
  end
end

-- Lua has no rollback: look at everything before the first write.
local full, other, broken, beside = false, false, {}, { state = 'hash', join = 'set', leave = 'set' }
each(function(op, at)
  if beside[op] then
    local key = KEYS[tonumber(ARGV[at])]
    if not broken[key] and not fits(key, beside[op]) then
      broken[key], broken[#broken + 1] = true, key
    end
  elseif op == 'fact' then
    is(log, 'stream')
  elseif op == 'dead' then
    is(KEYS[5], 'stream')
  elseif op == 'park' or op == 'unpark' then
    is(KEYS[6], 'zset')
    is(KEYS[7], 'hash')
  elseif op == 'also' then
    local found = redis.pcall('XPENDING', source, group, ARGV[at], ARGV[at], 1)
    other = other or (not found.err and found[1] and found[1][2] ~= consumer)
  elseif op == 'work' then
    is(KEYS[tonumber(ARGV[at])], 'stream')
    local bound, waiting = tonumber(ARGV[at + 1]), redis.call('XLEN', KEYS[tonumber(ARGV[at])])
    full = full or (bound > 0 and waiting >= bound)
  end
end)
if other then
  return 'other'
end
if full then
  return 'full'
end

if ARGV[7] == '' then
  redis.pcall('XACK', source, group, id)
  redis.call('XDEL', source, id)
  redis.call('HDEL', progress, ARGV[6])
else
  redis.call('HSET', progress, ARGV[6], ARGV[7])
end
each(function(op, at)
  if beside[op] and broken[KEYS[tonumber(ARGV[at])]] then
    return
  end
  if op == 'fact' then
    if ARGV[5] == '0' then
      redis.call('XADD', log, '*', 'e', ARGV[at])
    else
      redis.call('XADD', log, 'MAXLEN', '~', ARGV[5], '*', 'e', ARGV[at])
    end
  elseif op == 'work' then
    redis.call('XADD', KEYS[tonumber(ARGV[at])], '*', 'e', ARGV[at + 2])
  elseif op == 'mark' then
    if ARGV[at + 1] == '0' then
      redis.call('DEL', KEYS[tonumber(ARGV[at])])
    else
      redis.call('SET', KEYS[tonumber(ARGV[at])], ARGV[at + 2], 'PX', ARGV[at + 1])
    end
  elseif op == 'park' then
    redis.call('ZADD', KEYS[6], ARGV[at + 1], ARGV[at])
    redis.call('HSET', KEYS[7], ARGV[at], ARGV[at + 2] .. '\n' .. ARGV[at + 3])
  elseif op == 'unpark' then
    redis.call('ZREM', KEYS[6], ARGV[at])
    redis.call('HDEL', KEYS[7], ARGV[at])
  elseif op == 'tries' then
    redis.call('HSET', progress, ARGV[6], ARGV[at])
  elseif op == 'also' then
    redis.pcall('XACK', source, group, ARGV[at])
    redis.call('XDEL', source, ARGV[at])
    redis.call('HDEL', progress, ARGV[at + 1])
  elseif op == 'join' then
    redis.call('SADD', KEYS[tonumber(ARGV[at])], ARGV[at + 1])
  elseif op == 'leave' then
    redis.call('SREM', KEYS[tonumber(ARGV[at])], ARGV[at + 1])
  elseif op == 'state' then
    redis.call('HSET', KEYS[tonumber(ARGV[at])], unpack(ARGV, at + 3, at + 2 + tonumber(ARGV[at + 2])))
    redis.call('PEXPIRE', KEYS[tonumber(ARGV[at])], ARGV[at + 1])
  elseif op == 'dead' then
    redis.call('XADD', KEYS[5], '*', unpack(ARGV, at + 1, at + tonumber(ARGV[at])))
  end
end)
return table.concat({ 'ok', unpack(broken) }, '\n')
