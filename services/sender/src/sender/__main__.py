"""`python -m sender`: set by the environment alone."""

from sender.app import build
from sender.settings import SenderSettings
from shared.service import run

if __name__ == "__main__":
    run("sender", SenderSettings, build)
