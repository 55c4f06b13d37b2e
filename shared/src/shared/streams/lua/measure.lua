-- How does one instance stand? Reads only. What is missing counts as nothing.
-- KEYS  1 due (sorted set)  2 dead letters (stream)  3 log (stream)  4 head of the views (hash)  5 bot (hash)
--       6 the sender's lease (string)  7 the responder's (string)  8… work streams
-- ARGV  1… the group of each work stream
-- reply parked, dead letters, facts in the log
--       of the views: version, position, facts that they do not hold yet, facts that they missed, facts that a rebuild
--       has read (-1: none runs), the connection (MessagePack) or ""
--       until when the bot is paused, ms, or ""; who has the sender's lane, or ""; who has the responder's, or ""
--       of each work stream: entries, pending, lag (-1: unknown), the id last delivered, the oldest entry's id or ""
local function named(flat)
  local found = {}
  for at = 1, #flat, 2 do
    found[flat[at]] = flat[at + 1]
  end
  return found
end

local head, length = KEYS[4], redis.call('XLEN', KEYS[3])
local version, building = unpack(redis.call('HMGET', head, 'version', 'building'))
local v = (version or '0') .. ':'
local view = redis.call('HMGET', head, v .. 'position', v .. 'read', v .. 'skew', v .. 'missed', v .. 'connection')
local function behind()
  if length == 0 then
    return 0
  end
  if not version then
    return length
  end
  if redis.call('XREVRANGE', KEYS[3], '+', '-', 'COUNT', 1)[1][1] == view[1] then
    return 0
  end
  local told = named(redis.call('XINFO', 'STREAM', KEYS[3]))
  if view[1] == told['last-generated-id'] or not told['entries-added'] then
    return 0
  end
  return math.max(0, told['entries-added'] - tonumber(view[2] or 0) - tonumber(view[3] or 0))
end

local reply = {
  redis.call('ZCARD', KEYS[1]), redis.call('XLEN', KEYS[2]), length,
  tonumber(version or 0), view[1] or '0-0', behind(), tonumber(view[4] or 0),
  building and tonumber(redis.call('HGET', head, building .. ':read') or 0) or -1, view[5] or '',
  redis.call('HGET', KEYS[5], 'paused_until') or '', redis.call('GET', KEYS[6]) or '', redis.call('GET', KEYS[7]) or '',
}
for at = 8, #KEYS do
  local entries, group = redis.call('XLEN', KEYS[at]), {}
  local groups = redis.pcall('XINFO', 'GROUPS', KEYS[at])
  for _, flat in ipairs(groups.err and {} or groups) do
    local told = named(flat)
    if told['name'] == ARGV[at - 7] then
      group = told
    end
  end
  local oldest = entries > 0 and redis.call('XRANGE', KEYS[at], '-', '+', 'COUNT', 1)[1][1] or ''
  local lag = entries
  if group['name'] then
    lag = group['lag'] or -1
  end
  for _, value in ipairs({ entries, group['pending'] or 0, lag, group['last-delivered-id'] or '0-0', oldest }) do
    reply[#reply + 1] = value
  end
end
return reply
