-- Order the views of an instance to be rebuilt, and write down who did. An order that waits or runs is joined.
-- KEYS  1 head of the views (hash)  2 log (stream)
-- ARGV  1 order's id  2 log's bound, 0 none  3 audit fact  4 1: also when one is under way, it does not suffice
-- reply the order's id
local head = KEYS[1]
is(KEYS[2], 'stream')
local wanted = redis.call('HGET', head, 'wanted')
local waits = wanted and wanted ~= (redis.call('HGET', head, 'done') or '')
if waits and ARGV[4] ~= '1' then
  return wanted
end
redis.call('HSET', head, 'wanted', ARGV[1])
if ARGV[3] ~= '' then
  if ARGV[2] == '0' then
    redis.call('XADD', KEYS[2], '*', 'e', ARGV[3])
  else
    redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[2], '*', 'e', ARGV[3])
  end
end
return ARGV[1]
