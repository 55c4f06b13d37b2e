"""What does it take to know who asks? Everything of this package, put together for one application."""

from aiohttp import web

from admin.access.audit import Audit
from admin.access.callers import Callers
from admin.access.gate import Gate
from admin.access.headers import secure
from admin.access.login import Login, Render
from admin.access.sessions import Sessions
from admin.access.throttle import Throttle
from admin.access.tokens import Tokens
from admin.access.tokens_desk import TokensDesk
from admin.settings import AdminSettings
from shared.service import Platform


class Access:
    """The gate, the login and the tokens."""

    def __init__(self, settings: AdminSettings, platform: Platform, audit: Audit, render: Render | None = None) -> None:
        tokens = Tokens(platform, audit, settings.admin_token)
        sessions, throttle = Sessions(platform, audit, tokens), Throttle(platform.scripts)
        self._callers = Callers(settings.trusted_proxies)
        self._gate = Gate(tokens, sessions, throttle, self._callers, settings.metrics_token)
        self._login = Login(tokens, sessions, throttle, self._callers, render)
        self.endpoints = TokensDesk(tokens, platform.clock).endpoints

    def guard(self, app: web.Application) -> None:
        """Shut every route that is not open, add those of the login, and the headers that every answer carries."""
        app.middlewares.append(self._gate.middleware)
        app.on_response_prepare.append(secure(self._callers))
        self._login.add_to(app)
