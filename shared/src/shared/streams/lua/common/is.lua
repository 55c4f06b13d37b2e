-- Before the first write of a script, for Lua has no rollback: a key is missing or of the kind that it should be.
local function is(key, kind)
  local found = redis.call('TYPE', key).ok
  if found ~= 'none' and found ~= kind then
    error('WRONGTYPE ' .. key .. ' is a ' .. found .. ', expected a ' .. kind) -- a string: 6.2 takes no table
  end
end
