"""`python -m ingest`: set by the environment alone."""

from ingest.app import build
from ingest.settings import IngestSettings
from shared.service import run

if __name__ == "__main__":
    run("ingest", IngestSettings, build)
