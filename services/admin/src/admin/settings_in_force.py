"""How is this service set? Every setting with its value and its default; a secret only whether it is set."""

from typing import Any, Literal, get_type_hints

import msgspec

from admin.access.principal import Role
from admin.http.endpoint import Asked, Endpoint, Nothing
from admin.settings import AdminSettings
from shared.settings import StreamSettings

HIDDEN = "••••••"


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """One setting."""

    name: str
    value: str
    """A secret's is masked, and empty when it is not set."""
    default: str
    """Empty when it is required, or nothing."""
    of: Literal["admin", "every service"]
    secret: bool = False


class SettingList(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of this replica of the admin service, which it read at its start."""

    replica: str
    items: list[Setting]


class SettingsDesk:
    """Shows settings."""

    def __init__(self, settings: AdminSettings, streams: StreamSettings, replica: str) -> None:
        self._found = SettingList(replica=replica, items=[*_told(settings, "admin"), *_told(streams, "every service")])
        self.endpoints = [Endpoint("GET", "/admin/settings", Role.OPERATOR, self.read, "settings")]

    async def read(self, asked: Asked[Nothing, None]) -> SettingList:
        """The settings in force, secrets masked. They are set by the environment alone, and read at the start."""
        return self._found


def _told(settings: msgspec.Struct, of: Literal["admin", "every service"]) -> list[Setting]:
    hints = get_type_hints(type(settings), include_extras=True)
    return [_setting(settings, field, hints[field.name], of) for field in msgspec.structs.fields(type(settings))]


def _setting(
    settings: msgspec.Struct, field: msgspec.structs.FieldInfo, hint: Any, of: Literal["admin", "every service"]
) -> Setting:
    value = getattr(settings, field.name)
    shown = "" if value is None else str(value)
    secret = is_secret(hint)
    default = "" if field.default in (msgspec.NODEFAULT, None) else str(field.default)
    return Setting(
        name=field.encode_name, value=HIDDEN if secret and shown else shown, default=default, of=of, secret=secret
    )


def is_secret(hint: Any) -> bool:
    """Whether a setting's type says so, itself or within a union."""
    parts = (hint, *getattr(hint, "__args__", ()))
    metas = (meta for part in parts for meta in getattr(part, "__metadata__", ()))
    return any((getattr(meta, "extra", None) or {}).get("secret") for meta in metas)
