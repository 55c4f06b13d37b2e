"""Which rooms does the API have? The page's handlers call the same ones."""

from dataclasses import dataclass, fields

from admin.bot import Bot
from admin.contacts import Contacts
from admin.conversations.room import Conversations
from admin.deadletters.room import DeadLetters
from admin.http.endpoint import Endpoint
from admin.instances import Instances
from admin.library import Library
from admin.settings import AdminSettings
from admin.templates.room import Templates
from admin.views.views import Views
from shared.service import Platform


@dataclass(frozen=True)
class Rooms:
    """All of them."""

    conversations: Conversations
    contacts: Contacts
    bot: Bot
    dead_letters: DeadLetters
    templates: Templates

    @property
    def endpoints(self) -> list[Endpoint]:
        """Their routes."""
        return [endpoint for field in fields(self) for endpoint in getattr(self, field.name).endpoints]


def furnish(settings: AdminSettings, platform: Platform, instances: Instances, views: Views) -> Rooms:
    """Every room, on one platform."""
    library = Library(platform.redis, settings.clinics_dir, settings.clinic_default)
    return Rooms(
        conversations=Conversations(platform, instances, views, library),
        contacts=Contacts(platform, instances),
        bot=Bot(platform, instances, library),
        dead_letters=DeadLetters(platform, instances),
        templates=Templates(library),
    )
