"""What did the doctor find, and how is it mended, in the reader's language? By the shapes of its English sentences."""

import re
from collections.abc import Mapping

from admin.page import refusals
from admin.page.shapes import Shapes
from admin.page.words import Words

SHAPES: Mapping[str, str] = {
    "server": r"(?P<server>\w+ \d[\w.]*)",
    "version_old": r"Redis (?P<version>[\d.]+) is the oldest that this was tried with: .+",
    "aof_off": r"appendonly is off: .+",
    "aof_on": r"append-only file, fsync (?P<how>\w+)",
    "aof_set": r"set `appendonly yes` \(.+\)",
    "aof_broken": r"the last write of the append-only file failed",
    "aof_look": r"look at Redis's log, and at the space on its disk",
    "fsync_no": r"appendfsync is no: .+",
    "fsync_set": r"set `appendfsync everysec`, or `always`",
    "evicts": r"maxmemory-policy is (?P<policy>\S+): .+",
    "evicts_not": r"set `maxmemory-policy noeviction`",
    "filled": r"(?P<percent>\d+) % of maxmemory are used",
    "more_memory": r"give Redis more memory, or lower WA_LOG_MAXLEN",
    "used": r"(?P<used>\d+) MiB used, of (?P<bound>\d+)",
    "used_unbound": r"(?P<used>\d+) MiB used, no limit",
    "skew": r"(?P<ms>\d+) ms apart from Redis's",
    "keep_time": r"have both machines keep time by NTP .+",
    "tokens_well": r"of a decent length, and none of the demonstration's",
    "tokens_weak": r"(?P<every>.+) can be guessed: too short, or the demonstration's",
    "tokens_new": r"make new ones: `openssl rand -hex 32`",
    "alive": r"(?P<services>\d+ \w+(?:, \d+ \w+)*)",
    "not_alive": r"(?P<missing>no \w+(?: and no \w+)*) is alive",
    "start": r"start it, and look at its log: .+",
    "clinics_names": r"(?P<names>[\w-]+(?:, [\w-]+)*)",
    "clinics_broken": r"broken: (?P<why>.+)",
    "clinics_mend": r"mend it: a responder that runs goes on .+",
    "clinics_mend_all": r"mend the file, or set CLINICS_DIR and CLINIC_DEFAULT: .+",
    "redis_away": r"it does not answer: (?P<why>.+); nothing is taken, answered or sent meanwhile",
    "redis_start": r"start it, and check REDIS_URL: .+",
    "unknown_alive": r"nobody can say who is alive while .+",
    "gateway_none": r"none is set",
    "gateway_set": r"set EVOLUTION_SERVER_URL and EVOLUTION_API_KEY of the admin service",
    "gateway_check": r"check EVOLUTION_SERVER_URL and EVOLUTION_API_KEY, and that the gateway runs",
    "gateway_well": r"Evolution API (?P<version>\S+), (?P<n>\d+) instances?",
    "not_connected": r"not connected: (?P<names>.+)",
    "scan": r"scan the QR code of each",
    "address_unset": r"INGEST_PUBLIC_URL is not set",
    "address_set": r"set it to where the gateway reaches ingest, .+",
    "address_silent": r"(?P<url>\S+) does not answer us: (?P<why>.+)",
    "address_running": r"is ingest running there, and its port open\? .+",
    "address_strange": r"(?P<url>\S+) answers (?P<status>\d+)",
    "address_itself": r"INGEST_PUBLIC_URL must lead to ingest itself: .+",
    "address_well": r"(?P<url>\S+) answers",
    "hooks_unsaid": r"of (?P<n>\d+) of (?P<of>\d+) the gateway did not tell within \d+ s: (?P<names>.+)",
    "hooks_look": r"look at the gateway's log, and check again",
    "hooks_well": r"those of (?P<names>.+) post to ingest",
    "hooks_unheard": r"nothing was heard yet of (?P<names>.+)",
    "hooks_write": r"write to it from another phone; .+",
    "hooks_all": r"none of their own that posts to ingest, but something came in all the same: .+ \((?P<heard>.+)\)",
    "hooks_wrong": r"they do not post to ingest, and nothing came in since they were set, .+?: (?P<each>.+)",
    "hooks_set": r"set them: POST \S+, or one click in the page\. .+",
    "events_lack": r"not all that are needed are posted: (?P<names>.+)",
    "events_add": r"add them to the webhook's events, .+",
    "token_unset": r"WEBHOOK_TOKEN is not set here",
    "token_set": r"set WEBHOOK_TOKEN of the admin service as it is ingest's, .+",
    "token_well": r"the gateway presents ours",
    "token_wrong": r"ingest refuses \(401\) what the gateway posts, and it is lost: (?P<each>.+)",
    "token_header": r"set the webhook's header to .+",
    "refused": r"(?P<n>\d+) came without our token within the hour .+, the last (?P<heard>.+) for '(?P<name>.*)'",
    "refused_mend": r"if that is the gateway's: .+",
}
_EACH = ("none is set", "switched off", "posts to", "another token than WEBHOOK_TOKEN", "no token")
"""What may stand in brackets behind a number's name."""


def said(t: Words, sentence: str) -> str | None:
    """The sentence in the reader's language; None when its shape is not known, and it stays as it is."""
    return _SAID.said(t, sentence) or refusals.said(t, sentence)


def _value(t: Words, what: str, value: str) -> str | int:
    match what:
        case "n":
            return int(value)
        case "services":
            return re.sub(r"(\d+) (\w+)", lambda found: f"{_service(t, found[2])}: {found[1]}", value)
        case "missing":
            return ", ".join(_service(t, name) for name in re.findall(r"no (\w+)", value))
        case "every":
            return value.replace(" and ", ", ")
        case "each":
            return re.sub(
                rf"\(({'|'.join(_EACH)})", lambda found: f"({t(f'check.each_{_EACH.index(found[1])}')}", value
            )
        case "heard":
            return re.sub(r"(\d+) (min|h) ago", lambda found: t(f"check.ago_{found[2]}", n=int(found[1])), value)
    return value


def _service(t: Words, name: str) -> str:
    return t.known(f"service.{name}", name)


_SAID = Shapes("check", SHAPES, _value)
