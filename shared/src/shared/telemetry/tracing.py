"""How is one message followed through four services? A W3C trace context travels in every event.

Spans are made by hand at the places that matter (receive, process, send, settle), named by OpenTelemetry's messaging
conventions. A consumer's span has the producer's as parent, so one message is one trace, and links to it as the
conventions ask. Without an exporter configured, contexts still travel, at the cost of a few random bytes.
"""

import contextlib
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Link, NonRecordingSpan, SpanContext, SpanKind, Status, StatusCode, TraceFlags

EXPORT_TIMEOUT_S = 2  # a collector that is down must not hold up a shutdown: one last batch, two seconds
_TRACEPARENT = re.compile(
    r"(?P<version>[0-9a-f]{2})-(?P<trace>[0-9a-f]{32})-(?P<span>[0-9a-f]{16})-(?P<flags>[0-9a-f]{2})(?P<more>-.*)?\Z"
)


@dataclass(frozen=True)
class Traced:
    """A running span, as far as its owner needs it."""

    traceparent: str
    span: trace.Span | None = None

    def note(self, **attributes: str | int | float | bool) -> None:
        """Add facts to the span."""
        if self.span is not None:
            self.span.set_attributes(attributes)


class Tracing:
    """Makes spans and exports them over OTLP/HTTP; with no endpoint it only passes contexts on."""

    def __init__(self, service: str, replica: str, endpoint: str | None) -> None:
        self._provider: TracerProvider | None = None
        if endpoint:
            resource = Resource.create({"service.name": f"frontdesk-{service}", "service.instance.id": replica})
            self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
            exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces", timeout=EXPORT_TIMEOUT_S)
            self._provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=1000))
            self._tracer = self._provider.get_tracer("frontdesk")

    @contextlib.contextmanager
    def span(
        self, name: str, kind: SpanKind, parent: str | None, attributes: Mapping[str, str | int] | None = None
    ) -> Iterator[Traced]:
        """A span around a block; `parent` is a traceparent or None for a new trace. An exception marks it failed."""
        context = parse(parent)
        if self._provider is None:
            yield Traced(_format(context) if context else _fresh())
            return
        links = [Link(context)] if context and kind is SpanKind.CONSUMER else None
        around = trace.set_span_in_context(NonRecordingSpan(context)) if context else None
        with self._tracer.start_as_current_span(
            name, context=around, kind=kind, attributes=dict(attributes or {}), links=links, record_exception=False
        ) as span:
            try:
                yield Traced(_format(span.get_span_context()), span)
            except Exception as error:
                span.set_status(Status(StatusCode.ERROR, type(error).__name__))
                raise

    def shutdown(self) -> None:
        """Export what is left, within `EXPORT_TIMEOUT_S`."""
        if self._provider is not None:
            self._provider.force_flush(EXPORT_TIMEOUT_S * 1000)
            self._provider.shutdown()


def parse(traceparent: str | None) -> SpanContext | None:
    """The context in a traceparent header, or None when it is not one."""
    found = _TRACEPARENT.match(traceparent or "")
    if found is None or found["version"] == "ff" or (found["version"] == "00" and found["more"]):
        return None
    context = SpanContext(int(found["trace"], 16), int(found["span"], 16), True, TraceFlags(int(found["flags"], 16)))
    return context if context.is_valid else None


def _format(context: SpanContext) -> str:
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{int(context.trace_flags):02x}"


def _fresh() -> str:
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"
