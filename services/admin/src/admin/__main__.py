"""`python -m admin`: set by the environment alone."""

from admin.app import build
from admin.settings import AdminSettings
from shared.service import run

if __name__ == "__main__":
    run("admin", AdminSettings, build)
