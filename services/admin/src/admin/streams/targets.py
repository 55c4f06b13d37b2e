"""Which streams does an operation mean? `outbound` is the sender's two, which share a lane."""

from dataclasses import dataclass

from shared.streams import keys


@dataclass(frozen=True, slots=True)
class Target:
    """A work stream of one instance."""

    name: str
    """As metrics and answers call it: stream, vip, inbound."""
    key: str
    group: str
    service: str
    """Who works it; also the name of its lane."""


CHOICES = ("outbound", "vip", "inbound", "all")


def targets(instance: str, choice: str = "all") -> tuple[Target, ...]:
    """The streams that a choice stands for."""
    normal = Target("stream", keys.outbound(instance), keys.OUTBOUND_GROUP, "sender")
    vip = Target("vip", keys.outbound_vip(instance), keys.OUTBOUND_GROUP, "sender")
    inbound = Target("inbound", keys.inbound(instance), keys.INBOUND_GROUP, "responder")
    return {"outbound": (normal, vip), "vip": (vip,), "inbound": (inbound,), "all": (normal, vip, inbound)}[choice]
