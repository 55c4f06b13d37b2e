-- Move entries that nobody works on to the dead letters, and the group behind them. An entry stays when it has a try
-- begun since the caller looked, or when its consumer had it in hand a moment ago.
-- KEYS  1 source (stream)  2 log (stream)  3 progress (hash)  4 dead letters (stream)
-- ARGV  1 group  2 idle from, ms  3 log's bound, 0 none  4 audit fact, "" to count only
--       5 the id behind which the group goes on, "" to leave it  6 reason
--       7… of each entry, in their order:  id  move|keep  progress field  progress as the caller saw it  fact
-- reply {moved, left, 1 when an entry stays that nobody is bound to: the group must not pass it}
local source, group, idle, log_bound = KEYS[1], ARGV[1], tonumber(ARGV[2]), ARGV[3]
is(KEYS[1], 'stream')
is(KEYS[2], 'stream')
is(KEYS[3], 'hash')
is(KEYS[4], 'stream')
local function tell(fact)
  if log_bound == '0' then
    redis.call('XADD', KEYS[2], '*', 'e', fact)
  else
    redis.call('XADD', KEYS[2], 'MAXLEN', '~', log_bound, '*', 'e', fact)
  end
end
local function bytes(fields)
  for at = 1, #fields, 2 do
    if fields[at] == 'e' then
      return fields[at + 1]
    end
  end
  return ''
end
local function parts(id)
  local ms, serial = string.match(id, '^(%d+)-(%d+)$')
  return tonumber(ms or id), tonumber(serial or 0)
end
local function behind(id, other)
  local ms, serial = parts(id)
  local other_ms, other_serial = parts(other)
  return ms > other_ms or (ms == other_ms and serial > other_serial)
end

local dry, moved, left, blocked = ARGV[4] == '', 0, 0, 0
for at = 7, #ARGV, 5 do
  local id, word, field, seen, fact = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], ARGV[at + 4]
  local entry = redis.call('XRANGE', source, id, id, 'COUNT', 1)[1]
  if entry then
    local pending = redis.pcall('XPENDING', source, group, id, id, 1)
    local held = not pending.err and pending[1]
    local progress = redis.call('HGET', KEYS[3], field) or ''
    if word == 'keep' or progress ~= seen or (held and tonumber(held[3]) < idle) then
      left = left + 1
      blocked = held and blocked or 1
    else
      moved = moved + 1
      if not dry then
        redis.call('XADD', KEYS[4], '*', 'reason', ARGV[6], 'stream', source, 'entry', id,
          'e', bytes(entry[2]), 'progress', progress)
        redis.pcall('XACK', source, group, id)
        redis.call('XDEL', source, id)
        redis.call('HDEL', KEYS[3], field)
        tell(fact)
      end
    end
  end
end
if dry then
  return { moved, left, blocked }
end
if ARGV[5] ~= '' and blocked == 0 then
  local groups = redis.pcall('XINFO', 'GROUPS', source)
  for _, about in ipairs(not groups.err and groups or {}) do
    local named = {}
    for at = 1, #about, 2 do
      named[about[at]] = about[at + 1]
    end
    if named['name'] == group and behind(ARGV[5], named['last-delivered-id']) then
      redis.call('XGROUP', 'SETID', source, group, ARGV[5])
    end
  end
end
local audit = cmsgpack.unpack(ARGV[4])
audit.touched = moved
tell(cmsgpack.pack(audit))
return { moved, left, blocked }
