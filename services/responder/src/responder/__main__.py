"""`python -m responder`: set by the environment alone."""

import os

from responder.app import build
from responder.model import ModelSettings
from responder.settings import ResponderSettings
from shared.service import run
from shared.settings import load

if __name__ == "__main__":
    run("responder", ResponderSettings, lambda own, platform: build(own, load(ModelSettings, os.environ), platform))
