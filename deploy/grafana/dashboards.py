"""What does a person see at a glance? The overview dashboard, as code; `make dashboards` writes its JSON.

Rows go the way of a message: what patients feel, what waits, what comes in, what goes out, what is underneath.
"""

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from grafana_foundation_sdk.builders.common import VizLegendOptions, VizTooltipOptions
from grafana_foundation_sdk.builders.dashboard import Dashboard, QueryVariable, Row
from grafana_foundation_sdk.builders.prometheus import Dataquery
from grafana_foundation_sdk.builders.timeseries import Panel
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.common import (
    DataSourceRef,
    LegendDisplayMode,
    LegendPlacement,
    SortOrder,
    TooltipDisplayMode,
)
from grafana_foundation_sdk.models.dashboard import VariableRefresh

FOLDER = Path(__file__).resolve().parent / "dashboards"
SOURCE = DataSourceRef(type_val="prometheus", uid="prometheus")
WIDTH, HEIGHT = 8, 8  # three panels a row of 24 columns

INSTANCE = 'wa_instance=~"$wa_instance"'
RATE = "[$__rate_interval]"


@dataclass(frozen=True)
class Chart:
    title: str
    meaning: str
    unit: str  # one of Grafana's units
    lines: tuple[tuple[str, str], ...]  # (query, legend)


def quantiles(recorded: str) -> tuple[tuple[str, str], ...]:
    """The p50, p95 and p99 that deploy/prometheus/rules/recording.yml records."""
    return tuple((f"frontdesk:{recorded}:{name}", name) for name in ("p50", "p95", "p99"))


def p95(metric: str, job: str, *labels: str) -> str:
    by = ", ".join(("le", *labels))
    return f'histogram_quantile(0.95, sum by ({by}) (rate({metric}_bucket{{job=~"{job}"}}{RATE})))'


def rate(metric: str, labels: str, job: str) -> str:
    return f'sum by ({labels}) (rate({metric}{{job="{job}"}}{RATE}))'


WHAT_PATIENTS_FEEL = (
    Chart(
        "From a patient's message to its reply at the gateway",
        "End to end: recorded by ingest, answered, taken by the gateway. Waiting for a token counts.",
        "s",
        quantiles("reply_seconds"),
    ),
    Chart(
        "Replicas alive",
        "By heartbeat. Zero for a minute is an alert.",
        "short",
        (("service:frontdesk_consumers:max", "{{service}}"),),
    ),
    Chart(
        "What was decided",
        "Patients' messages by the responder's decision.",
        "ops",
        ((rate("frontdesk_decisions_total", "decision", "responder"), "{{decision}}"),),
    ),
)

WHAT_WAITS = (
    Chart(
        "Queue depth",
        "Entries that are not done with yet. More than 10 for 5 minutes is an alert.",
        "short",
        ((f"wa_instance_stream:frontdesk_queue_depth:max{{{INSTANCE}}}", "{{wa_instance}} {{stream}}"),),
    ),
    Chart(
        "Pending and parked",
        "Handed to a replica and not done with yet; put aside until a time.",
        "short",
        (
            (f"max by (wa_instance, stream) (frontdesk_pending{{{INSTANCE}}})", "{{wa_instance}} {{stream}} pending"),
            (f"max by (wa_instance) (frontdesk_parked{{{INSTANCE}}})", "{{wa_instance}} parked"),
        ),
    ),
    Chart(
        "Dead letters",
        "Given up on, each with its reason. One more is an alert.",
        "short",
        ((f"wa_instance:frontdesk_dead_letters:max{{{INSTANCE}}}", "{{wa_instance}}"),),
    ),
)

WHAT_COMES_IN = (
    Chart(
        "Webhooks by answer",
        "`unavailable` is a 503, which the gateway tries again; a 4xx it does not.",
        "reqps",
        ((rate("frontdesk_webhooks_total", "answer", "ingest"), "{{answer}}"),),
    ),
    Chart(
        "Webhook, arrival to answer",
        "The answer comes only after the message is in Redis.",
        "s",
        quantiles("webhook_seconds"),
    ),
    Chart(
        "Facts recorded and records ignored",
        "What the webhooks' records became.",
        "ops",
        (
            (rate("frontdesk_recorded_total", "type", "ingest"), "{{type}}"),
            (rate("frontdesk_ignored_total", "reason", "ingest"), "ignored: {{reason}}"),
        ),
    ),
)

WHAT_GOES_OUT = (
    Chart(
        "Sends by outcome",
        "`unconfirmed` was handed over; `unknown` waits for proof.",
        "ops",
        (
            (rate("frontdesk_sends_total", "outcome", "sender"), "{{outcome}}"),
            (f'sum(rate(frontdesk_unproven_total{{job="sender"}}{RATE}))', "never proven"),
            (f"sum(rate(frontdesk_shed_total{RATE}))", "expired in a full stream"),
        ),
    ),
    Chart(
        "What receipts told",
        "Of accepted sends. `unconfirmed` has no receipt yet: the phone is off, or the number is in trouble.",
        "ops",
        (
            (rate("frontdesk_deliveries_total", "outcome", "sender"), "{{outcome}}"),
            (f'sum(rate(frontdesk_receipts_spared_total{{job="ingest"}}{RATE}))', "recorded, not joined"),
            (rate("frontdesk_new_contact_pauses_total", "cause", "sender"), "new contacts paused: {{cause}}"),
        ),
    ),
    Chart(
        "Gateway calls, p95",
        "By call.",
        "s",
        ((p95("frontdesk_gateway_seconds", "sender", "call"), "{{call}}"),),
    ),
    Chart(
        "Senders for which the gateway answers",
        "Where it does not, calls are held back and messages wait.",
        "short",
        (
            ('sum(frontdesk_gateway_up{job="sender"})', "answers"),
            ('count(frontdesk_gateway_up{job="sender"})', "senders"),
        ),
    ),
    Chart(
        "Waiting for a token",
        "How long the pace that keeps the number from being banned held sends back.",
        "s",
        (
            (p95("frontdesk_throttled_seconds", "sender"), "p95"),
            (
                f'sum(rate(frontdesk_throttled_seconds_sum{{job="sender"}}{RATE}))'
                f' / sum(rate(frontdesk_throttled_seconds_count{{job="sender"}}{RATE}))',
                "mean",
            ),
        ),
    ),
)

WHAT_THE_MODEL_DOES = (
    Chart(
        "What came of the model's turns",
        "`answered` went out; all others fell back. Its calls by how they ended.",
        "ops",
        (
            (rate("frontdesk_model_answers_total", "outcome", "responder"), "{{outcome}}"),
            (rate("frontdesk_model_calls_total", "outcome", "responder"), "call: {{outcome}}"),
        ),
    ),
    Chart(
        "Waiting for the model, p95",
        "To the first piece of the answer, and to the whole of it.",
        "s",
        (
            (p95("frontdesk_model_first_token_seconds", "responder"), "first piece"),
            (p95("frontdesk_model_seconds", "responder"), "whole"),
        ),
    ),
    Chart(
        "Turns that wait for a free slot",
        "Now, over all responders.",
        "short",
        (('sum(frontdesk_model_waiting{job="responder"})', "waiting"),),
    ),
    Chart(
        "Replies not sent, and tools",
        "Rejected by which check; calls of tools by how they ended.",
        "ops",
        (
            (rate("frontdesk_model_rejected_total", "check", "responder"), "rejected: {{check}}"),
            (
                f'sum by (tool, outcome) (rate(frontdesk_model_tools_total{{job="responder"}}{RATE}))',
                "{{tool}} {{outcome}}",
            ),
        ),
    ),
    Chart(
        "Tokens",
        "Used per second, and what they cost in a day at this rate, in dollars.",
        "short",
        (
            (rate("frontdesk_model_tokens_total", "kind", "responder"), "{{kind}}/s"),
            (f'sum(rate(frontdesk_model_cost_dollars_total{{job="responder"}}{RATE})) * 86400', "dollars/day"),
        ),
    ),
    Chart(
        "Stages of an answer, p95",
        "`knowledge`, `conversation` and `clinic` are looked for side by side; those that came too late, per second.",
        "s",
        (
            (p95("frontdesk_answer_seconds", "responder", "stage"), "{{stage}}"),
            (rate("frontdesk_context_late_total", "stage", "responder"), "too late: {{stage}}"),
        ),
    ),
    Chart(
        "What patients saw meanwhile",
        'Typing and "one moment" before a slow answer, by what became of it.',
        "ops",
        ((f"sum by (sign, outcome) (rate(frontdesk_signs_of_life_total{RATE}))", "{{sign}} {{outcome}}"),),
    ),
    Chart(
        "Appointment requests",
        "Tries to hand a request to the clinic's own system.",
        "ops",
        ((rate("frontdesk_appointment_requests_total", "outcome", "responder"), "{{outcome}}"),),
    ),
    Chart(
        "Voice notes and pictures",
        "Turned into text, by how it ended.",
        "ops",
        (
            (
                f'sum by (kind, outcome) (rate(frontdesk_media_read_total{{job="responder"}}{RATE}))',
                "{{kind}} {{outcome}}",
            ),
        ),
    ),
)

WHAT_IS_UNDERNEATH = (
    Chart(
        "Failed conversations with Redis",
        "By service; and the services that no answer reaches now.",
        "ops",
        (
            (f"sum by (service) (rate(frontdesk_redis_errors_total{RATE}))", "{{service}}"),
            ("sum by (job) (1 - frontdesk_redis_up)", "{{job}}: replicas without Redis"),
        ),
    ),
    Chart(
        "Handled entries by outcome",
        "The consumer loops of responder and sender.",
        "ops",
        ((f"sum by (service, outcome) (rate(frontdesk_handled_total{RATE}))", "{{service}} {{outcome}}"),),
    ),
    Chart(
        "Taken over from others",
        "Entries claimed from a silent replica, lanes lost to another, and the lanes worked now.",
        "short",
        (
            (f"sum by (service) (rate(frontdesk_claimed_total{RATE}))", "{{service}} claimed/s"),
            (f"sum by (service) (rate(frontdesk_leases_lost_total{RATE}))", "{{service}} lanes lost/s"),
            ("sum by (service) (frontdesk_lanes)", "{{service}} lanes"),
        ),
    ),
    Chart(
        "Handling, p95",
        "From reading an entry to its commit.",
        "s",
        ((p95("frontdesk_handle_seconds", "responder|sender", "service"), "{{service}}"),),
    ),
    Chart(
        "Working out an answer, p95",
        "By stage.",
        "s",
        ((p95("frontdesk_answer_seconds", "responder", "stage"), "{{stage}}"),),
    ),
    Chart(
        "Requests that were no HTTP",
        "Broken off, or not HTTP at all, by the service that they came to.",
        "reqps",
        ((f"sum by (job) (rate(frontdesk_bad_http_total{RATE}))", "{{job}}"),),
    ),
)

WHAT_STAFF_SEE = (
    Chart(
        "Views: facts behind",
        "Facts that chats, messages and figures do not show yet, or never will: trimmed before they were read.",
        "short",
        (
            (f"max by (wa_instance) (frontdesk_views_behind{{{INSTANCE}}})", "{{wa_instance}}"),
            (f"max by (wa_instance) (frontdesk_views_missed{{{INSTANCE}}})", "{{wa_instance}}, missed"),
        ),
    ),
    Chart(
        "Views: facts folded",
        "Facts that were folded into the views, rebuilds included.",
        "short",
        ((f'sum(rate(frontdesk_views_folded_total{{job="admin"}}{RATE}))', "facts/s"),),
    ),
    Chart(
        "Views: work that broke off",
        "To be begun again: a lease that went to another replica, an error of Redis. Erasures, too.",
        "short",
        (
            (f'sum(rate(frontdesk_views_failed_total{{job="admin"}}{RATE}))', "views"),
            (f'sum(rate(frontdesk_erasures_broke_off_total{{job="admin"}}{RATE}))', "erasures"),
        ),
    ),
    Chart(
        "Views: rebuilds, p95",
        "From a rebuild's beginning until the new views serve.",
        "s",
        ((p95("frontdesk_views_rebuild_seconds", "admin"), "p95"),),
    ),
    Chart(
        "Admin: refused",
        "Requests with a wrong token or password, from an address that is held back, or beyond the caller's role.",
        "reqps",
        ((rate("frontdesk_admin_refused_total", "why", "admin"), "{{why}}"),),
    ),
)

ROWS = (
    ("What patients feel", WHAT_PATIENTS_FEEL),
    ("What waits", WHAT_WAITS),
    ("What comes in", WHAT_COMES_IN),
    ("What goes out", WHAT_GOES_OUT),
    ("What the model does", WHAT_THE_MODEL_DOES),
    ("What staff see", WHAT_STAFF_SEE),
    ("What is underneath", WHAT_IS_UNDERNEATH),
)


def panel(number: int, chart: Chart) -> Panel:
    built = (
        Panel()
        .id(number)
        .title(chart.title)
        .description(chart.meaning)
        .datasource(SOURCE)
        .unit(chart.unit)
        .min(0)
        .height(HEIGHT)
        .span(WIDTH)
        .legend(
            VizLegendOptions()
            .display_mode(LegendDisplayMode.LIST)
            .placement(LegendPlacement.BOTTOM)
            .show_legend(True)
            .calcs([])
        )
        .tooltip(VizTooltipOptions().mode(TooltipDisplayMode.MULTI).sort(SortOrder.DESCENDING))
    )
    for letter, (query, legend) in zip("ABCDE", chart.lines, strict=False):
        built.with_target(Dataquery().expr(query).legend_format(legend).ref_id(letter).range())
    return built


def wa_instance() -> QueryVariable:
    """The choice of WhatsApp instances at the top."""
    return (
        QueryVariable("wa_instance")
        .label("WhatsApp instance")
        .datasource(SOURCE)
        .query("label_values(frontdesk_queue_depth, wa_instance)")
        .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
        .multi(True)
        .include_all(True)
        .all_value(".*")
    )


def with_rows(dashboard: Dashboard, rows: Iterable[tuple[str, tuple[Chart, ...]]]) -> Dashboard:
    numbers = count(1)
    for title, charts in rows:
        dashboard.with_row(Row(title).id(next(numbers)))
        for chart in charts:
            dashboard.with_panel(panel(next(numbers), chart))
    return dashboard


def overview() -> Dashboard:
    start = (
        Dashboard("Frontdesk: overview")
        .uid("frontdesk-overview")
        .tags(["frontdesk"])
        .refresh("10s")
        .time("now-30m", "now")
        .timezone("browser")
        .with_variable(wa_instance())
    )
    return with_rows(start, ROWS)


def rendered() -> dict[Path, str]:
    """Every dashboard's file and what belongs in it."""
    return {FOLDER / "overview.json": JSONEncoder(sort_keys=True, indent=2).encode(overview().build()) + "\n"}


def main() -> int:
    for path, text in rendered().items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
