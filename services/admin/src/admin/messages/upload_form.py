"""Which file came in a form? Its only field is `file`, it ends where it says, and it is not too large."""

import contextlib

from aiohttp import BodyPartReader, MultipartReader, web

from admin.http.problems import Problem

MOST_BYTES = 16 * 1024**2  # in base64 22 MB in one gateway call, which has 30 s; more is better given as a URL


async def file_of(request: web.Request) -> tuple[str, bytes]:
    """The name and the bytes of the only file. Raises Problem."""
    if not request.content_type.startswith("multipart/"):
        raise Problem(415, "send the file as multipart/form-data, in a field `file`")
    with contextlib.suppress(ValueError):  # what is not multipart after all
        form = await request.multipart()
        async for part in form:
            if not isinstance(part, BodyPartReader) or part.name != "file":
                raise Problem(400, f"unknown field {getattr(part, 'name', None)!r}; known here: file", parameter="file")
            data = await _bytes(part)
            await _end(form)
            return part.filename or "", data
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
            raise Problem(413, f"a file has at most {MOST_BYTES // 1024**2} MiB", parameter="file")
    if not data:
        raise Problem(400, "the file is empty", parameter="file")
    return bytes(data)
