"""May this caller use this account?"""

from __future__ import annotations

from aiohttp import web

from .instance import Instance
from .keys import WORLD
from .refused import no_instance, unauthorized


def opened(request: web.Request) -> Instance:
    """The account named in the path. As recorded, an unknown name is told even to a caller without a key."""
    world, name = request.app[WORLD], request.match_info["instance"]
    instance = world.instances.get(name)
    if instance is None:
        raise no_instance(name)
    if request.headers.get("apikey") not in (world.settings.api_key, instance.token):
        raise unauthorized()
    return instance


def global_key(request: web.Request) -> None:
    if request.headers.get("apikey") != request.app[WORLD].settings.api_key:
        raise unauthorized()
