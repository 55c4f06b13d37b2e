"""Can a body be too much for us?"""

import gzip
import json

import pytest

WRITES = ["/admin/messages", "/admin/tokens", "/admin/streams/reset-to-begin?instance=wa1"]
DEEP = [b"[" * 200_000, b'{"a":' * 100_000, b'{"reason":' + b"[" * 100_000 + b"]" * 100_000 + b"}"]


@pytest.mark.parametrize("path", WRITES)
@pytest.mark.parametrize("body", DEEP)
async def test_a_deep_body_is_refused(admin, path: str, body: bytes) -> None:
    assert (await admin.post(path, data=body)).status == 400
    assert (await admin.get("/admin/me")).status == 200


@pytest.mark.parametrize("path", [*WRITES, "/login"])
async def test_a_large_body_is_refused(admin, path: str) -> None:
    answer = await admin.post(path, data=b" " * (3 * 1024**2), headers={"Content-Type": "application/json"})
    assert answer.status in ((413,) if path != "/login" else (403, 413))


async def test_a_body_without_a_length_is_bounded_too(admin) -> None:
    async def endless():
        for _ in range(100):
            yield b" " * 65_536

    assert (await admin.post("/admin/tokens", data=endless())).status == 413


async def test_a_packed_body_is_not_unpacked(admin) -> None:
    """A few kilobytes can unpack to gigabytes. (The service is served like this: `auto_decompress` off.)"""
    from shared.service.serving import SERVING

    assert SERVING["auto_decompress"] is False
    packed = gzip.compress(json.dumps({"name": "ana", "role": "viewer"}).encode())
    answer = await admin.post("/admin/tokens", data=packed)
    assert answer.status == 400


@pytest.mark.parametrize(
    "body",
    [
        b'{"name": "ana", "role": "viewer", "name": "eva"}',
        b'{"name": "ana", "role": "viewer", "__proto__": {"role": "operator"}}',
        b'{"name": "ana", "role": "viewer", "ttl_s": 1e999}',
        b'{"name": "ana", "role": "viewer", "ttl_s": 99999999999999999999999999}',
        b'{"name": "ana", "role": "viewer", "ttl_s": NaN}',
        b'{"name": "\\ud800", "role": "viewer"}',
        b'{"name": "ana\\u0000", "role": "viewer"}',
        b'\xef\xbb\xbf{"name": "ana", "role": "viewer"}',
        b'{"name": ["ana"], "role": {"$ne": ""}}',
    ],
)
async def test_a_strange_body_makes_nothing_unforeseen(admin, body: bytes) -> None:
    answer = await admin.post("/admin/tokens", data=body)
    assert answer.status in (201, 400)
    listed = (await (await admin.get("/admin/tokens")).json())["items"]
    assert [(token["name"], token["role"]) for token in listed] in ([], [("eva", "viewer")])


async def test_many_parameters_and_long_ones(admin) -> None:
    many = "&".join(f"p{n}=1" for n in range(500))
    assert (await admin.get(f"/admin/me?{many}")).status == 400
    assert (await admin.get("/admin/me?x=" + "y" * 100_000)).status in (400, 414)
    assert (await admin.get("/admin/me", headers={"X-Much": "y" * 100_000})).status in (400, 431)


FORMS = [
    b"--x\r\nj\xc2\x97\r\n--x--\r\n", b"--x\r\n", b"--x", b"", b"--x--", b"\x00" * 100,
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nAAAA',
    b'--x\r\nContent-Disposition: form-data; name="file"\r\nContent-Transfer-Encoding: base64\r\n\r\n!\r\n--x--\r\n',
    b"--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--\r\n", b"--x\r\n" + b"A: b\r\n" * 10_000 + b"\r\n",
]  # fmt: skip


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "multipart/form-data", "multipart/mixed"])
@pytest.mark.parametrize("form", FORMS, ids=range(len(FORMS)))
async def test_a_broken_form_is_told_so(admin, victim, kind: str, form: bytes) -> None:
    for client, path in ((admin, "/login"), (admin, "/admin/uploads?instance=wa1"), (victim.client, "/logout")):
        answer = await client.post(path, data=form, headers={"Content-Type": kind}, allow_redirects=False)
        assert 200 < answer.status < 500, (path, await answer.text())
