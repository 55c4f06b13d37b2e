"""What is shown of the clinic's numbers?"""

import msgspec


class Connection(msgspec.Struct, frozen=True, kw_only=True):
    state: str = ""


class AtGateway(msgspec.Struct, frozen=True, kw_only=True):
    """What the gateway knows of it."""

    name: str
    state: str = ""
    number: str = ""


class Number(msgspec.Struct, frozen=True, kw_only=True):
    """An instance."""

    instance: str
    known: bool
    clinic: str
    connection: Connection
    gateway: AtGateway | None


class Numbers(msgspec.Struct, frozen=True, kw_only=True):
    items: list[Number]
    gateway_problem: str = ""


class Hook(msgspec.Struct, frozen=True, kw_only=True):
    """Where the gateway posts."""

    url: str = ""
    enabled: bool = False


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """An instance's own pace; None: as the settings say."""

    tokens_per_second: float | None
    bucket_capacity: int | None
    recipient_tokens_per_second: float | None
    new_contacts_per_day: int | None


AS_SET = Limits(
    tokens_per_second=None, bucket_capacity=None, recipient_tokens_per_second=None, new_contacts_per_day=None
)


class InFull(msgspec.Struct, frozen=True, kw_only=True):
    """An instance with all that is set for it."""

    number: Number
    hook: Hook | None
    hook_is_ours: bool
    limits: Limits
    gateway_problem: str = ""


class Qr(msgspec.Struct, frozen=True, kw_only=True):
    """What a phone scans."""

    state: str
    code: str = ""
    pairing_code: str = ""
