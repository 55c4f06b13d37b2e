"""Which rooms does the API have? The page's handlers call the same ones."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, fields

from aiohttp import web

from admin.access.audit import Audit
from admin.bot import Bot
from admin.broadcasts.room import Broadcasts
from admin.broadcasts.runner import Runner
from admin.contacts import Contacts
from admin.conversations.room import Conversations
from admin.deadletters.room import DeadLetters
from admin.doctoring.room import Doctor
from admin.elsewhere import Elsewhere
from admin.gateway import Gateway
from admin.http.endpoint import Endpoint
from admin.instances import Instances
from admin.knowledge.room import KnowledgeDesk
from admin.library import Library
from admin.messages.accepting import Accepting
from admin.messages.routes import Messages
from admin.messages.uploads import Uploads
from admin.numbers.room import InstancesDesk
from admin.outside import Outside
from admin.overview.room import Overview
from admin.overview.surveying import Surveyor
from admin.privacy.erasing import Eraser
from admin.privacy.room import Privacy
from admin.prometheus import Prometheus
from admin.settings import AdminSettings
from admin.settings_in_force import SettingsDesk
from admin.stories import Stories
from admin.streams.workers import Workers
from admin.templates.room import Templates
from admin.views.views import Views
from shared.service import Platform

Running = Callable[[web.Application], AsyncIterator[None]]


@dataclass(frozen=True)
class Rooms:
    """All of them."""

    messages: Messages
    conversations: Conversations
    contacts: Contacts
    bot: Bot
    stories: Stories
    dead_letters: DeadLetters
    overview: Overview
    templates: Templates
    broadcasts: Broadcasts
    privacy: Privacy
    instances: InstancesDesk
    knowledge: KnowledgeDesk
    settings: SettingsDesk
    doctor: Doctor
    running: list[Running] = field(default_factory=list)
    """What runs beside the requests, for `cleanup_ctx`."""

    @property
    def endpoints(self) -> list[Endpoint]:
        """Their routes."""
        rooms = [getattr(self, room.name) for room in fields(self) if room.name != "running"]
        return [endpoint for room in rooms for endpoint in room.endpoints]


def furnish(settings: AdminSettings, platform: Platform, instances: Instances, views: Views, audit: Audit) -> Rooms:
    """Every room, on one platform."""
    library = Library(platform.redis, settings.clinics_dir, settings.clinic_default)
    outside = Outside()
    gateway = Gateway(settings.evolution_server_url, settings.evolution_api_key, outside)
    instances.elsewhere = Elsewhere(gateway, library).knows
    uploads = Uploads(platform, instances, settings.uploads_max_mib)
    surveyor = Surveyor(platform, Workers(platform.redis), views)
    accepting = Accepting(platform, uploads, allow_private=settings.media_allow_private)
    return Rooms(
        running=[outside.running, Runner(platform).running, Eraser(platform).running],
        messages=Messages(platform, instances, library, uploads, accepting),
        conversations=Conversations(platform, instances, views, library, accepting, surveyor),
        contacts=Contacts(platform, instances),
        bot=Bot(platform, instances, library),
        stories=Stories(instances, views),
        overview=Overview(platform, instances, surveyor, audit, Prometheus(settings.prometheus_url, outside), library),
        dead_letters=DeadLetters(platform, instances, library),
        templates=Templates(library),
        instances=InstancesDesk(platform, settings, instances, views, library, gateway),
        knowledge=KnowledgeDesk(platform, library, audit),
        settings=SettingsDesk(settings, platform.streams, platform.replica),
        doctor=Doctor(platform, settings, library, gateway, outside),
        broadcasts=Broadcasts(platform, instances, views, library),
        privacy=Privacy(platform, instances, views),
    )
