-- Before the first write of a script, for Lua has no rollback: a key is missing or of the kind that it should be.
local function fits(key, kind)
  local found = redis.call('TYPE', key).ok
  return found == 'none' or found == kind, found
end
local function is(key, kind)
  local good, found = fits(key, kind)
  if not good then
    error('WRONGTYPE ' .. key .. ' is a ' .. found .. ', expected a ' .. kind) -- a string: 6.2 takes no table
  end
end
