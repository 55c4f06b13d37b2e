-- Put the copy in the log's place, if it holds all but what was left out. Its last id and its count of entries stay
-- those of the log: whoever reads behind a position goes on there.
-- KEYS  1 fence (string)  2 log (stream)  3 copy (stream)
-- ARGV  1 our fencing number  2 the last entry that was looked at
-- reply ok | fenced | more: entries came since
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 'fenced'
end
if #redis.call('XRANGE', KEYS[2], '(' .. ARGV[2], '+', 'COUNT', 1) > 0 then
  return 'more'
end
if redis.call('EXISTS', KEYS[2]) == 0 then
  return 'ok'
end
if redis.call('EXISTS', KEYS[3]) == 0 then -- everything was left out
  redis.call('XADD', KEYS[3], '0-1', 'e', '')
  redis.call('XDEL', KEYS[3], '0-1')
end
local about, told = redis.call('XINFO', 'STREAM', KEYS[2]), {}
for at = 1, #about, 2 do
  told[about[at]] = about[at + 1]
end
if told['entries-added'] then
  redis.call('XSETID', KEYS[3], told['last-generated-id'], 'ENTRIESADDED', told['entries-added'], 'MAXDELETEDID',
    told['max-deleted-entry-id'])
else
  redis.call('XSETID', KEYS[3], told['last-generated-id'])
end
redis.call('UNLINK', KEYS[2])
redis.call('RENAME', KEYS[3], KEYS[2])
return 'ok'
