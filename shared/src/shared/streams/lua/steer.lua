-- Do what somebody decided about a chat, a contact or an instance, and tell of it: all of it, or none.
-- KEYS  1 log (stream)  2… what the operations name
-- ARGV  1 log's bound, 0 none
--       2… operations:  when KEY FIELD VALUE        only if the hash has this value there ("": nothing)
--                       unless KEY FIELD VALUE      only if the hash has nothing there, or this value
--                       if KEY VALUE                only if the string has this value ("": nothing)
--                       put KEY N FIELD VALUE …     set fields of a hash, N arguments
--                       drop KEY FIELD              remove a field of a hash
--                       text KEY VALUE              set a string ("": remove it)
--                       life KEY MS                 the time to live that KEY has at the least; 0: it does not expire
--                       fact BYTES                  append to the log
--       (KEY: index into KEYS)
-- reply ok | the number of the first condition, from 1, that did not hold; nothing was written then
local size = { when = 4, unless = 4, ['if'] = 3, drop = 3, text = 3, life = 3, fact = 2 }
local kind = { when = 'hash', unless = 'hash', put = 'hash', drop = 'hash', ['if'] = 'string', text = 'string' }
local function each(visit)
  local at = 2
  while at <= #ARGV do
    local op = ARGV[at]
    visit(op, at + 1, KEYS[tonumber(ARGV[at + 1]) or 0])
    at = at + (op == 'put' and 3 + tonumber(ARGV[at + 2]) or size[op])
  end
end

-- Lua has no rollback: look at everything before the first write.
local conditions, failed = 0, 0
local function expect(holds)
  conditions = conditions + 1
  if not holds and failed == 0 then
    failed = conditions
  end
end
each(function(op, at, key)
  if op == 'fact' then
    is(KEYS[1], 'stream')
  elseif kind[op] then
    is(key, kind[op])
  end
  if op == 'when' then
    expect((redis.call('HGET', key, ARGV[at + 1]) or '') == ARGV[at + 2])
  elseif op == 'unless' then
    local found = redis.call('HGET', key, ARGV[at + 1]) or ''
    expect(found == '' or found == ARGV[at + 2])
  elseif op == 'if' then
    expect((redis.call('GET', key) or '') == ARGV[at + 1])
  end
end)
if failed > 0 then
  return tostring(failed)
end
each(function(op, at, key)
  if op == 'put' then
    redis.call('HSET', key, unpack(ARGV, at + 2, at + 1 + tonumber(ARGV[at + 1])))
  elseif op == 'drop' then
    redis.call('HDEL', key, ARGV[at + 1])
  elseif op == 'text' then
    if ARGV[at + 1] == '' then
      redis.call('DEL', key)
    else
      redis.call('SET', key, ARGV[at + 1])
    end
  elseif op == 'life' then
    if ARGV[at + 1] == '0' then
      redis.call('PERSIST', key)
    elseif redis.call('PTTL', key) ~= -2 then
      redis.call('PEXPIRE', key, math.max(redis.call('PTTL', key), tonumber(ARGV[at + 1])))
    end
  elseif op == 'fact' then
    if ARGV[1] == '0' then
      redis.call('XADD', KEYS[1], '*', 'e', ARGV[at])
    else
      redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], '*', 'e', ARGV[at])
    end
  end
end)
return 'ok'
