-- Webhooks for wrk, each a new message in one of 1,000 chats: `wrk … -s webhook.lua URL -- TOKEN`.
local before = '{"event":"messages.upsert","instance":"bench","data":{"key":{"remoteJid":"55119'
local between = '@s.whatsapp.net","fromMe":false,"id":"'
local after = '"},"pushName":"Maria Silva","status":"DELIVERY_ACK","message":{"conversation":"oi, quero saber o preço",'
  .. '"messageContextInfo":{"deviceListMetadata":{"senderKeyHash":"AQIDBAUGBwgJCg==","senderTimestamp":"1795479000",'
  .. '"recipientKeyHash":"CgkIBwYFBAMCAQ==","recipientTimestamp":"1795479001"},"deviceListMetadataVersion":2}},'
  .. '"contextInfo":{},"messageType":"conversation","messageTimestamp":1795479370,'
  .. '"instanceId":"ad3db340-868d-4959-a70b-b3f9041162df","source":"android"},"destination":"http://ingest",'
  .. '"date_time":"2026-11-24T00:16:10.705Z","sender":"5511900000000@s.whatsapp.net",'
  .. '"server_url":"http://gateway:8080","apikey":"DEB795C3-B9B6-4C78-B72A-6F4A26E0ED08"}'
local run, sent = '', 0

function init(args)
  wrk.headers['Content-Type'] = 'application/json'
  wrk.headers['X-Webhook-Token'] = args[1]
  math.randomseed(os.time())
  run = string.format('%08X', math.random(0, 2 ^ 31 - 1))
end

function request()
  sent = sent + 1
  local chat = string.format('%08d', 10000000 + sent % 1000)
  local id = string.format('3A%s%010X', run, sent)
  return wrk.format('POST', nil, nil, before .. chat .. between .. id .. after)
end
