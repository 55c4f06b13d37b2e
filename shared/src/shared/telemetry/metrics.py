"""What is measured? Every metric of every service, declared once, with its meaning, unit and bounded labels.

Labels never carry a chat, a message or a phone number. `wa_instance` is the WhatsApp instance, bounded by the clinics
that are connected; it is not called `instance`, because Prometheus gives that label to the replica that it scraped.
"""

from prometheus_client import Counter, Gauge, Histogram

# 1 ms to 10 s: a webhook takes a few milliseconds, a gateway call a few hundred, a proof up to 15 s.
LATENCY = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
# 5 ms to 10 min: from the patient's message to the gateway's acceptance, throttled queues included.
END_TO_END = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 30.0, 60.0, 300.0, 600.0)

# ── what waits (exported by admin, read from Redis at scrape time) ─────────────────────────────────────────────────
QUEUE_DEPTH = Gauge(
    "frontdesk_queue_depth", "Entries in a stream that are not done with yet", ["wa_instance", "stream"]
)  # stream: inbound, stream, vip
PENDING = Gauge("frontdesk_pending", "Entries handed to a consumer and not done with yet", ["wa_instance", "stream"])
PARKED = Gauge("frontdesk_parked", "Work that waits for its time", ["wa_instance"])
DEAD_LETTERS = Gauge("frontdesk_dead_letters", "Entries in the dead letter stream", ["wa_instance"])
CONSUMERS = Gauge("frontdesk_consumers", "Replicas alive by heartbeat", ["service"])
REDIS_UP = Gauge("frontdesk_redis_up", "1 when Redis answered the last question of this process, else 0")
BAD_HTTP = Counter("frontdesk_bad_http_total", "Requests that broke off or were not HTTP at all")

# ── who may (admin) ────────────────────────────────────────────────────────────────────────────────────────────────
ADMIN_REFUSED = Counter(
    "frontdesk_admin_refused_total", "Requests to the admin service that were refused, by why", ["why"]
)  # why: token, login (a wrong one), held (too many wrong ones), role

# ── the consumer loop (responder, sender) ──────────────────────────────────────────────────────────────────────────
HANDLED = Counter(
    "frontdesk_handled_total", "Entries by how their handling ended", ["service", "outcome"]
)  # outcome: done, retry, parked, rejected, exhausted, poisoned, not_ours, crashed, overtaken
HANDLE_SECONDS = Histogram(
    "frontdesk_handle_seconds", "From reading an entry to its commit", ["service"], buckets=LATENCY
)
CLAIMED = Counter("frontdesk_claimed_total", "Entries taken over from another consumer", ["service"])
LANES = Gauge("frontdesk_lanes", "Lanes (one instance's streams) that this replica works now", ["service"])
LEASES_LOST = Counter(
    "frontdesk_leases_lost_total", "Lanes that another replica took over while we held them", ["service"]
)
REDIS_ERRORS = Counter("frontdesk_redis_errors_total", "Failed conversations with Redis", ["service"])
BROKEN_KEYS = Counter(
    "frontdesk_broken_keys_total", "Times that a key of a wrong type was met, by whom", ["service"]
)  # service: ingest, and those of the loop
LOOPS_FAILED = Counter(
    "frontdesk_loops_failed_total", "Background loops that met a bug and were begun again", ["service", "loop"]
)  # loop: heartbeat, listen, tick, due (all); clinics, quiet_hours, meanings (responder); erasures, gauges, … (admin)

# ── ingest ─────────────────────────────────────────────────────────────────────────────────────────────────────────
WEBHOOKS = Counter(
    "frontdesk_webhooks_total", "Webhook requests by their answer", ["answer"]
)  # answer: accepted, duplicate, ignored, bad_request, unauthorized, unknown_instance, too_large, broken_off,
# unavailable, failed
WEBHOOK_SECONDS = Histogram("frontdesk_webhook_seconds", "From a webhook's arrival to its answer", buckets=LATENCY)
RECORDED = Counter("frontdesk_recorded_total", "Facts recorded from webhooks", ["type"])
WORK_SPARED = Counter(
    "frontdesk_receipts_spared_total", "Receipts recorded without being joined at once, because their stream was full"
)
IGNORED = Counter("frontdesk_ignored_total", "Webhook records that become no fact, by reason", ["reason"])

# ── responder ──────────────────────────────────────────────────────────────────────────────────────────────────────
DECISIONS = Counter("frontdesk_decisions_total", "Patient messages by what was decided", ["decision"])
ANSWER_SECONDS = Histogram(
    "frontdesk_answer_seconds", "Time to work out an answer, and of each stage of it", ["stage"], buckets=LATENCY
)  # stage: embedded, model; knowledge, conversation, clinic (side by side), media
CONTEXT_LATE = Counter(
    "frontdesk_context_late_total", "Stages whose result came too late for the answer", ["stage"]
)  # stage: knowledge, conversation, clinic
SIGNS = Counter(
    "frontdesk_signs_of_life_total",
    "What a patient was shown before a slow answer, by what became of it",
    ["sign", "outcome"],
)  # sign: typing (outcome: asked, shown, refused, late, spared), moment (asked, said, tight, gone, full, off, quiet)
APPOINTMENTS = Counter(
    "frontdesk_appointment_requests_total", "Tries to hand a request to a clinic's own system", ["outcome"]
)  # outcome: delivered, retried, refused, unaddressed

# ── responder: the model ────────────────────────────────────────────────────────────────────────────────────────────
MODEL_CALLS = Counter(
    "frontdesk_model_calls_total", "Calls to the model's endpoint by how they ended", ["outcome"]
)  # outcome: ok, first_token, deadline, rate_limited, unavailable, disconnected, refused, malformed
MODEL_ANSWERS = Counter(
    "frontdesk_model_answers_total", "Turns given to the model by what came of them", ["outcome"]
)  # outcome: answered, off, budget, busy, too_many_rounds, rejected, and those of calls
MODEL_REJECTED = Counter(
    "frontdesk_model_rejected_total",
    "Replies of the model that were not sent, by the check that they failed",
    ["check"],
)
MODEL_TOOLS = Counter(
    "frontdesk_model_tools_total", "Tool calls of the model", ["tool", "outcome"]
)  # tool: the five there are, unknown; outcome: ok, refused
MODEL_FIRST_TOKEN_SECONDS = Histogram(
    "frontdesk_model_first_token_seconds", "From a call's start to the first piece of its answer", buckets=LATENCY
)
MODEL_SECONDS = Histogram(
    "frontdesk_model_seconds", "From giving a turn to the model to its answer or failure", buckets=END_TO_END
)
MODEL_TOKENS = Counter("frontdesk_model_tokens_total", "Tokens used", ["kind"])  # kind: prompt, completion
MODEL_COST = Counter("frontdesk_model_cost_dollars_total", "What the model cost, by the prices that are set")
MODEL_WAITING = Gauge("frontdesk_model_waiting", "Turns that wait for a free slot now")
MEDIA_READ = Counter(
    "frontdesk_media_read_total", "Voice notes and pictures turned into text, by how it ended", ["kind", "outcome"]
)  # kind: audio, image; outcome: ok, and those of calls

# ── sender ─────────────────────────────────────────────────────────────────────────────────────────────────────────
SENDS = Counter(
    "frontdesk_sends_total", "Send attempts by outcome", ["outcome"]
)  # outcome: accepted, unconfirmed, transient, permanent, unknown, not_connected, misconfigured, expired,
# dead_lettered, opted_out, quiet_hours, new_contacts (put aside, or refused by WhatsApp's limit on them)
NEW_CONTACT_PAUSES = Counter(
    "frontdesk_new_contact_pauses_total",
    "Times that an instance stopped writing to new contacts, by what told it to",
    ["cause"],
)  # cause: answer (the gateway named error 463), receipts (several errors after the acceptance)
SHED = Counter("frontdesk_shed_total", "Expired sends that were ended to make room in a full stream")
GATEWAY_SECONDS = Histogram("frontdesk_gateway_seconds", "Duration of gateway calls", ["call"], buckets=LATENCY)
REPLY_SECONDS = Histogram(
    "frontdesk_reply_seconds",
    "From recording a patient's message to the gateway's acceptance of the reply",
    buckets=END_TO_END,
)
GATEWAY_UP = Gauge("frontdesk_gateway_up", "1 while the gateway answers, 0 while calls to it are held back")
THROTTLED_SECONDS = Histogram("frontdesk_throttled_seconds", "Time that a send waited for its token", buckets=LATENCY)
DELIVERIES = Counter(
    "frontdesk_deliveries_total", "Accepted sends by what receipts told of them", ["outcome"]
)  # outcome: delivered, read, failed (the receipt says error), unconfirmed (no receipt in SEND_UNCONFIRMED_AFTER_S)
UNPROVEN = Counter("frontdesk_unproven_total", "Sends whose outcome could never be proven")

# ── admin: the views ───────────────────────────────────────────────────────────────────────────────────────────────
VIEWS_FOLDED = Counter("frontdesk_views_folded_total", "Facts of the log that were folded into the views")
VIEWS_BEHIND = Gauge("frontdesk_views_behind", "Facts of the log that the views do not hold yet", ["wa_instance"])
VIEWS_MISSED = Gauge(
    "frontdesk_views_missed",
    "Facts that left the log before the views held them; only of instances that it happened to, until a rebuild",
    ["wa_instance"],
)
VIEWS_FAILED = Counter(
    "frontdesk_views_failed_total", "Times that work on an instance's views broke off, to be begun again"
)
ERASURES_BROKE_OFF = Counter(
    "frontdesk_erasures_broke_off_total", "Times that the erasure of a person broke off, to be begun again"
)
VIEWS_REBUILD_SECONDS = Histogram(
    "frontdesk_views_rebuild_seconds", "Duration of a rebuild of the views, from its beginning to its serving",
    buckets=(0.1, 0.5, 1.0, 5.0, 15.0, 30.0, 60.0, 120.0, 300.0, 900.0),
)  # fmt: skip
