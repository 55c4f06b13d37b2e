-- Make a stream anew without some entries: a deleted entry's bytes stay in its node. The groups keep their place, their
-- consumers and what is pending for whom.
-- KEYS  1 fence (string)  2 stream  3 a name that is free, for the while
-- ARGV  1 our fencing number  2… ids of the entries that are left out
-- reply how many were left out | fenced
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 'fenced'
end
local source, copy = KEYS[2], KEYS[3]
if redis.call('TYPE', source).ok ~= 'stream' then
  return 0
end
local unwanted = {}
for at = 2, #ARGV do
  unwanted[ARGV[at]] = true
end
local entries, kept, left_out = redis.call('XRANGE', source, '-', '+'), {}, 0
for _, entry in ipairs(entries) do
  if unwanted[entry[1]] then
    left_out = left_out + 1
  else
    kept[#kept + 1] = entry
  end
end
local function named(flat)
  local found = {}
  for at = 1, #flat, 2 do
    found[flat[at]] = flat[at + 1]
  end
  return found
end
local about = named(redis.call('XINFO', 'STREAM', source))
redis.call('DEL', copy)
for _, entry in ipairs(kept) do
  redis.call('XADD', copy, entry[1], unpack(entry[2]))
end
local there = {}
for _, entry in ipairs(kept) do
  there[entry[1]] = true
end
for _, flat in ipairs(redis.call('XINFO', 'GROUPS', source)) do
  local group = named(flat)
  local name = group['name']
  redis.call('XGROUP', 'CREATE', copy, name, group['last-delivered-id'], 'MKSTREAM')
  for _, consumer in ipairs(redis.call('XINFO', 'CONSUMERS', source, name)) do
    redis.call('XGROUP', 'CREATECONSUMER', copy, name, named(consumer)['name'])
  end
  for _, held in ipairs(redis.call('XPENDING', source, name, '-', '+', #entries + group['pending'] + 1)) do
    if there[held[1]] then
      redis.call('XCLAIM', copy, name, held[2], 0, held[1], 'IDLE', held[3], 'RETRYCOUNT', held[4], 'FORCE', 'JUSTID')
    end
  end
end
if redis.call('EXISTS', copy) == 1 then
  redis.call('XSETID', copy, about['last-generated-id'])
  redis.call('UNLINK', source)
  redis.call('RENAME', copy, source)
else
  redis.call('UNLINK', source)
end
return left_out
