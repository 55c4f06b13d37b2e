"""Where do a running simulator's parts hang?"""

from __future__ import annotations

from aiohttp import web

from .world import World

WORLD = web.AppKey("world", World)
