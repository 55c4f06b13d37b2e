"""Which file came in a form? Its only field is `file`, it ends where it says, and it is not too large."""

import contextlib

from aiohttp import BodyPartReader, MultipartReader, web

from admin.http.problems import Problem
from admin.http.reading import BROUGHT, File

MOST_BYTES = 16 * 1024**2  # in base64 22 MB in one gateway call, which has 30 s; more is better given as a URL


def _checked(file: File) -> File:
    """Raises Problem."""
    if len(file.data) > MOST_BYTES:
        raise _too_large()
    if not file.data:
        raise _empty()
    return file


async def file_of(request: web.Request) -> File:
    """The name and the bytes of the only file, which the page may have read already. Raises Problem."""
    if (brought := request.get(BROUGHT)) is not None:
        return _checked(brought)
    if not request.content_type.startswith("multipart/"):
        raise Problem(415, "send the file as multipart/form-data, in a field `file`")
    with contextlib.suppress(ValueError):  # what is not multipart after all
        form = await request.multipart()
        async for part in form:
            if not isinstance(part, BodyPartReader) or part.name != "file":
                raise Problem(400, f"unknown field {getattr(part, 'name', None)!r}; known here: file", parameter="file")
            data = await _bytes(part)
            await _end(form)
            return File(part.filename or "", data)
    raise Problem(400, "there is no field `file` in the form", parameter="file")


async def _end(form: MultipartReader) -> None:
    """Raises Problem 400 unless the form ends behind the file: one that was cut off there would pass for a whole."""
    try:
        more = await form.next()
    except ValueError:
        raise Problem(400, "the form is cut off: its last boundary is missing", parameter="file") from None
    if more is not None:
        raise Problem(400, "there is more in the form than one file", parameter="file")


async def _bytes(part: BodyPartReader) -> bytes:
    data = bytearray()
    while chunk := await part.read_chunk(256 * 1024):
        data += chunk
        if len(data) > MOST_BYTES:
            raise _too_large()
    if not data:
        raise _empty()
    return bytes(data)


def _too_large() -> Problem:
    return Problem(413, f"a file has at most {MOST_BYTES // 1024**2} MiB", parameter="file")


def _empty() -> Problem:
    return Problem(400, "the file is empty", parameter="file")
