-- Write what a batch of facts comes to into one version of an instance's views, and how far it got: one step, so that
-- every fact is folded in exactly once. Nothing is written by who lost the lane, or began from another position.
-- KEYS  1 fence (string)  2 head of the views (hash)  3 log (stream)  4 changes (stream)  5… parts of the views
-- ARGV  1 our fencing number  2 version  3 the position that the batch began at  4 the position that it ends at
--       5 facts in it  6 the chats that changed, a line each, "" to tell nobody  7 bound of the changes
--       8 operations (MessagePack): verb, index into KEYS, its arguments, … Verbs: HSET HDEL HINCRBY ZADD ZREM
-- reply ok | fenced | moved. Facts that were trimmed before they could be read are counted in the head, as missed.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 'fenced'
end
local prefix = ARGV[2] .. ':'
local position = redis.call('HGET', KEYS[2], prefix .. 'position') or '0-0'
if position ~= ARGV[3] then
  return position == ARGV[4] and 'ok' or 'moved' -- ok: asked again because the first answer got lost
end
local kinds = { HSET = 'hash', HDEL = 'hash', HINCRBY = 'hash', ZADD = 'zset', ZREM = 'zset' }
local operations = cmsgpack.unpack(ARGV[8])
local function each(visit)
  for at = 1, #operations, 3 do
    visit(operations[at], KEYS[operations[at + 1]], operations[at + 2])
  end
end
-- Lua has no rollback: look at everything before the first write.
each(function(verb, key)
  is(key, kinds[verb])
end)
each(function(verb, key, args)
  if verb == 'HINCRBY' then
    for at = 1, #args, 2 do
      redis.call('HINCRBY', key, args[at], args[at + 1])
    end
  else
    redis.call(verb, key, unpack(args))
  end
end)
redis.call('HSET', KEYS[2], prefix .. 'position', ARGV[4])
local read = redis.call('HINCRBY', KEYS[2], prefix .. 'read', ARGV[5])
-- At the log's end nothing is left to read, however much was trimmed before it could be.
local about, told = redis.pcall('XINFO', 'STREAM', KEYS[3]), {}
for at = 1, about.err and 0 or #about, 2 do
  told[about[at]] = about[at + 1]
end
if told['last-generated-id'] == ARGV[4] and told['entries-added'] then
  local skew = told['entries-added'] - read
  local missed = skew - tonumber(redis.call('HGET', KEYS[2], prefix .. 'skew') or skew)
  if missed > 0 then -- more was trimmed than when this version began: they were never read
    redis.call('HINCRBY', KEYS[2], prefix .. 'missed', missed)
  end
  redis.call('HSET', KEYS[2], prefix .. 'skew', skew)
end
if ARGV[6] ~= '' then
  redis.call('XADD', KEYS[4], 'MAXLEN', '~', ARGV[7], '*', 'c', ARGV[6])
end
return 'ok'
