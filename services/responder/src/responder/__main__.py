"""`python -m responder`: set by the environment alone."""

from responder.app import build
from responder.settings import ResponderSettings
from shared.service import run

if __name__ == "__main__":
    run("responder", ResponderSettings, build)
