-- Keep a file until it is sent, within what an instance's files may take together.
-- KEYS  1 the file (hash)  2 the instance's files (sorted set: `<id> <bytes>` by when it goes, ms)
-- ARGV  1 its id  2 bytes  3 most bytes together  4 now, ms  5 its life, ms  6… fields and values
-- reply 0 kept | when the first of those that are kept goes, ms: there is no room
is(KEYS[1], 'hash')
is(KEYS[2], 'zset')
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', ARGV[4])
local taken = 0
for _, one in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do
  taken = taken + tonumber(string.match(one, ' (%d+)$') or 0)
end
local first = redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')
if #first > 0 and taken + tonumber(ARGV[2]) > tonumber(ARGV[3]) then
  return math.floor(tonumber(first[2]))
end
redis.call('HSET', KEYS[1], unpack(ARGV, 6))
redis.call('PEXPIRE', KEYS[1], ARGV[5])
local goes = tonumber(ARGV[4]) + tonumber(ARGV[5])
redis.call('ZADD', KEYS[2], goes, ARGV[1] .. ' ' .. ARGV[2])
if redis.call('PTTL', KEYS[2]) < tonumber(ARGV[5]) then
  redis.call('PEXPIRE', KEYS[2], ARGV[5])
end
return 0
