-- Was this write, by its Idempotency-Key, done before? If not, it is this caller's to do.
-- KEYS  1 answer (hash)
-- ARGV  1 digest of what is asked  2 this caller's mark  3 how long a caller may take, ms  4 the memory, ms
--       5 again: do it once more when an earlier caller never ended | never
--       6 now, ms
-- reply {do} | {done, the answer} | {busy, ms to wait} | {lost} | {other}
local asked, by, begun, answer = unpack(redis.call('HMGET', KEYS[1], 'asked', 'by', 'begun', 'answer'))
if asked then
  if asked ~= ARGV[1] then
    return { 'other' }
  elseif answer then
    return { 'done', answer }
  end
  local left = tonumber(begun) + tonumber(ARGV[3]) - tonumber(ARGV[6])
  if left > 0 then
    return { 'busy', left }
  elseif ARGV[5] ~= 'again' then
    return { 'lost' }
  end
end
redis.call('HSET', KEYS[1], 'asked', ARGV[1], 'by', ARGV[2], 'begun', ARGV[6])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return { 'do' }
