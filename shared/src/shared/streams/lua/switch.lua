-- Change which version of an instance's views serves or is being built, if the lane is still ours.
-- KEYS  1 fence (string)  2 head of the views (hash)  3 log (stream)
-- ARGV  1 our fencing number
--       2 begin: a version is to be built | serve: it is built and serves from now on | forget: an old one is gone
--       3 version  4 the version that served before, 0 none  5 now, ms  6 the order that is carried out, "" none
--       7 the schema of the states
-- reply ok | fenced | behind: the log has facts that the new version has not read
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 'fenced'
end
local head, version, old = KEYS[2], ARGV[3], ARGV[4]
if ARGV[2] == 'begin' then
  local about, told = redis.pcall('XINFO', 'STREAM', KEYS[3]), {}
  for at = 1, about.err and 0 or #about, 2 do
    told[about[at]] = about[at + 1]
  end
  local trimmed = (told['entries-added'] or 0) - (told['length'] or 0)
  redis.call('HSET', head, 'building', version, 'order', ARGV[6], 'began', ARGV[5],
    'building_schema', ARGV[7], version .. ':position', '0-0',
    version .. ':read', 0, version .. ':skew', trimmed)
elseif ARGV[2] == 'serve' then
  local position = redis.call('HGET', head, version .. ':position') or '0-0'
  if old ~= '0' and #redis.call('XRANGE', KEYS[3], '(' .. position, '+', 'COUNT', 1) > 0 then
    return 'behind'
  end
  redis.call('HSET', head, 'version', version, 'schema', ARGV[7], 'served', ARGV[5],
    'facts', redis.call('HGET', head, version .. ':read') or '0')
  local order = redis.call('HGET', head, 'order')
  if order and order ~= '' then
    redis.call('HSET', head, 'done', order)
  end
  redis.call('HDEL', head, 'building', 'order')
  if old ~= '0' then
    redis.call('HSET', head, 'old', old)
  end
else
  redis.call('HDEL', head, 'old', version .. ':position', version .. ':read', version .. ':skew',
    version .. ':missed', version .. ':connection')
end
return 'ok'
