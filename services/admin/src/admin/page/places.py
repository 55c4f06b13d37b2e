"""Which pages are there? The navigation, in its order; a page that a role may not use is not in it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """One page of the navigation."""

    name: str
    """Of its words (`nav.<name>`) and its icon."""
    path: str
    route: str
    """Whoever may use this route of the API sees the page."""


PLACES = (
    Place("overview", "/", "GET /admin/overview"),
    Place("chats", "/chats", "GET /admin/conversations"),
    Place("schedule", "/schedule", "GET /admin/messages/scheduled"),
    Place("broadcasts", "/broadcasts", "GET /admin/broadcasts"),
    Place("templates", "/templates", "GET /admin/templates"),
    Place("knowledge", "/knowledge", "GET /admin/knowledge"),
    Place("dead_letters", "/dead-letters", "GET /admin/dead-letters"),
    Place("instances", "/instances", "GET /admin/instances"),
    Place("audit", "/audit", "GET /admin/audit"),
    Place("settings", "/settings", "GET /admin/settings"),
)
