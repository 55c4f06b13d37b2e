"""What do all lanes of one consumer share?"""

import random
from dataclasses import dataclass, field

from shared.clock import SYSTEM, Clock
from shared.settings import StreamSettings
from shared.streams.broken import Complaints
from shared.streams.chats import QueueOf, by_chat
from shared.streams.commit import Committer
from shared.streams.delivery import Handler
from shared.streams.reader import GroupReader
from shared.streams.scripts import Scripts
from shared.telemetry.tracing import Tracing


@dataclass(frozen=True)
class Tools:
    """The means of a consumer: who it is, how it reads and commits, and what handles its deliveries."""

    service: str
    group: str
    lane: str
    replica: str
    scripts: Scripts
    committer: Committer
    reader: GroupReader
    handler: Handler
    settings: StreamSettings
    tracing: Tracing
    complaints: Complaints
    clock: Clock = SYSTEM
    queue_of: QueueOf = by_chat
    draw: random.Random = field(default_factory=random.Random)
