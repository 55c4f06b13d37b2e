"""Is the gateway never sent to fetch a file from where only it can look, however the address is written?"""

import pytest

from admin.http.problems import Problem
from admin.messages.sources import Lookup, check_source
from shared.events import Media, Text, VoiceNote

PRIVATE = [
    "http://10.0.0.1/a.png", "http://192.168.1.1/", "http://172.16.9.9/", "http://127.0.0.1/", "http://127.1/",
    "http://169.254.169.254/latest/meta-data/", "http://100.64.0.1/", "http://0.0.0.0/", "http://0/",
    "http://2130706433/", "http://0x7f.0.0.1/", "http://0177.0.0.1/", "http://[::1]/", "http://[fe80::1%25eth0]/",
    "http://[fd00::1]/", "http://[::ffff:10.0.0.1]/", "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/",
    "http://224.0.0.1/", "http://redis/", "http://redis:6379/", "http://db.internal/", "http://printer.local/",
    "http://x.svc.cluster.local./",
]  # fmt: skip
NEVER = [
    "file:///etc/passwd", "ftp://example.org/a", "gopher://example.org/", "javascript:alert(1)", "http://", "https:///a",
    "http://localhost/", "http://LOCALHOST:8080/", "http://localhost./", "http://user:pw@example.org/",
    "http://example.org\\@10.0.0.1/", "http://exa mple.org/", "http://example.org:99999/", "http://[::1/",
    "data:image/png;base64,AAAA", "upload:", "upload:../../etc", "not base64!",
]  # fmt: skip


def refused(source: str, **about: bool) -> Problem:
    with pytest.raises(Problem) as told:
        check_source(source, **about)
    assert (told.value.status, told.value.more["parameter"]) == (400, "media.source")
    return told.value


@pytest.mark.parametrize("source", PRIVATE)
def test_a_private_address_is_refused_unless_the_setting_allows_it(source: str) -> None:
    assert "MEDIA_ALLOW_PRIVATE" in refused(source).detail
    check_source(source, allow_private=True)


@pytest.mark.parametrize("source", NEVER)
def test_what_the_gateway_takes_from_nobody_is_refused_by_any_setting(source: str) -> None:
    refused(source)
    refused(source, allow_private=True)


@pytest.mark.parametrize(
    "source",
    [
        "https://example.org/a.png", "http://93.184.216.34/a", "https://[2606:2800:220:1::]/a", "HTTPS://EXAMPLE.ORG:8443",
        "https://clínica.example/mapa.png", "AAAA", "upload:019a2b3c-4d5e-7f60-8a9b-0c1d2e3f4051",
    ],
)  # fmt: skip
def test_everything_else_may_go(source: str) -> None:
    check_source(source)


def looking(*addresses: str, allow_private: bool = False) -> Lookup:
    async def resolve(host: str) -> list[str]:
        assert host == "files.example.org"
        return list(addresses)

    return Lookup(allow_private, resolve)


@pytest.mark.parametrize("addresses", [("10.0.0.1",), ("93.184.216.34", "127.0.0.1"), ("::1",), ("fe80::1%eth0",)])
async def test_a_name_that_leads_to_a_private_address_is_refused(addresses: tuple[str, ...]) -> None:
    content = Media(mediatype="image", source="https://files.example.org/a.png")
    with pytest.raises(Problem, match="private address"):
        await looking(*addresses).check(content)
    await looking(*addresses, allow_private=True).check(content)


@pytest.mark.parametrize("addresses", [(), ("93.184.216.34",)])
async def test_a_name_that_is_public_or_not_known_here_may_go(addresses: tuple[str, ...]) -> None:
    await looking(*addresses).check(VoiceNote(source="https://files.example.org/a.ogg"))
    await looking("10.0.0.1").check(Text(text="http://files.example.org"))
