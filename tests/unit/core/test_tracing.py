"""Does a trace context travel on unchanged, and is nonsense left behind?"""

import pytest
from opentelemetry.trace import SpanKind

from shared.telemetry.tracing import Tracing, parse

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


@pytest.mark.parametrize(("flags", "sampled"), [("00", False), ("01", True), ("02", False), ("03", True)])
def test_a_traceparent_is_read_with_its_flags(flags: str, sampled: bool) -> None:
    context = parse(f"00-{TRACE}-{SPAN}-{flags}")
    assert context
    assert f"{context.trace_id:032x}-{context.span_id:016x}" == f"{TRACE}-{SPAN}"
    assert (int(context.trace_flags), context.trace_flags.sampled, context.is_remote) == (int(flags, 16), sampled, True)


def test_a_later_version_with_more_parts_is_read() -> None:
    assert parse(f"01-{TRACE}-{SPAN}-01-what-comes-later")


@pytest.mark.parametrize(
    "wrong",
    [
        None, "", "-", "00", f"00-{TRACE}-{SPAN}", f"00-{'0' * 32}-{SPAN}-01", f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE[:-1]}-{SPAN}-01", f"00-{TRACE}-{SPAN}-1", f"00-{TRACE}-{SPAN}-zz", f"00-{'g' * 32}-{SPAN}-01",
        f"00-0x{TRACE[2:]}-{SPAN}-01", f"00-{TRACE[:15]}_{TRACE[16:]}-{SPAN}-01", f"00- {TRACE[1:]}-{SPAN}-01",
        f"ff-{TRACE}-{SPAN}-01", f"zz-{TRACE}-{SPAN}-01", f"00-{TRACE}-{SPAN}-01-extra", "\x00" * 55,
        f"00-{TRACE}-{SPAN}-0١",
    ],
)  # fmt: skip
def test_what_is_no_traceparent_is_none(wrong: str | None) -> None:
    assert parse(wrong) is None


@pytest.mark.parametrize("flags", ["00", "01", "03"])
def test_without_an_exporter_a_context_travels_on_as_it_came(flags: str) -> None:
    given = f"00-{TRACE}-{SPAN}-{flags}"
    with Tracing("sender", "r1", None).span("x", SpanKind.CONSUMER, given) as span:
        assert span.traceparent == given
        span.note(anything=1)


@pytest.mark.parametrize("given", [None, "nonsense"])
def test_without_a_context_a_new_one_begins(given: str | None) -> None:
    tracing = Tracing("sender", "r1", None)
    with tracing.span("x", SpanKind.SERVER, given) as one, tracing.span("x", SpanKind.SERVER, given) as two:
        assert parse(one.traceparent)
        assert one.traceparent != two.traceparent


def test_a_span_follows_its_parent_with_an_exporter_too() -> None:
    tracing = Tracing("sender", "r1", "http://127.0.0.1:9")
    with tracing.span("x", SpanKind.CONSUMER, f"00-{TRACE}-{SPAN}-01") as span:
        context = parse(span.traceparent)
        assert context
        assert f"{context.trace_id:032x}" == TRACE
        assert f"{context.span_id:016x}" != SPAN
