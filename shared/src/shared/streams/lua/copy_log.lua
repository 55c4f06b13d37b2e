-- Copy a stretch of the log, without some of its entries, to the copy that is to take its place. Ids stay.
-- KEYS  1 fence (string)  2 log (stream)  3 copy (stream)
-- ARGV  1 our fencing number  2 the entry that the stretch begins behind  3 its last entry  4… ids that are left out
-- reply entries that were copied | fenced
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 'fenced'
end
local left_out = {}
for at = 4, #ARGV do
  left_out[ARGV[at]] = true
end
-- Asked again because the first answer got lost: what is there already is not copied twice.
local newest, from = redis.call('XREVRANGE', KEYS[3], '+', '-', 'COUNT', 1)[1], '(' .. ARGV[2]
local function parts(id)
  local ms, serial = string.match(id, '^(%d+)-(%d+)$')
  return tonumber(ms), tonumber(serial)
end
if newest then
  local ms, serial = parts(newest[1])
  local from_ms, from_serial = parts(ARGV[2])
  if ms > from_ms or (ms == from_ms and serial > from_serial) then
    from = '(' .. newest[1]
    local last_ms, last_serial = parts(ARGV[3])
    if ms > last_ms or (ms == last_ms and serial >= last_serial) then
      return 0
    end
  end
end
local copied = 0
for _, entry in ipairs(redis.call('XRANGE', KEYS[2], from, ARGV[3])) do
  if not left_out[entry[1]] then
    redis.call('XADD', KEYS[3], entry[1], unpack(entry[2]))
    copied = copied + 1
  end
end
return copied
