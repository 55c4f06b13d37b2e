"""What does a form of the conversation say to the API?"""

from typing import Any

from admin.messages.uploads import Uploaded
from admin.page.forms import Form


def picked(templates: Any, name: str) -> Any:
    """The template of this name, if the clinic has it."""
    return next((item for item in templates.items if item.name == name), None) if templates and name else None


def reply_of(given: Form, file: Uploaded | None = None) -> dict[str, Any]:
    """A file with the text beneath it if one is sent, a template if one was picked, else the text."""
    quoted = {"quoted_id": given.text("quoted_id")} if given.text("quoted_id") else {}
    if file is not None:
        return quoted | {"media": media_of(file, given.text("text"))}
    return quoted | ({"template": filled(given)} if given.text("template") else {"text": given.text("text")})


def media_of(file: Uploaded, caption: str) -> dict[str, str]:
    """A file that is kept, as it is to be sent."""
    return {"mediatype": file.mediatype, "source": file.source, "file_name": file.file_name, "caption": caption}


def filled(given: Form) -> dict[str, Any]:
    """A template with its variables."""
    language = {"language": given.text("language")} if given.text("language") else {}
    return {"name": given.text("template"), "variables": given.named("v."), **language}


def pause_of(given: Form) -> dict[str, Any]:
    """For so many minutes; without an end when none are given."""
    minutes = given.number("minutes")
    return {"reason": given.text("reason"), **({"minutes": minutes} if minutes else {})}


def contact_of(given: Form) -> dict[str, Any]:
    """All that the form shows."""
    return {
        "name": given.text("name"), "notes": given.text("notes"),
        "vip": given.checked("vip"), "opted_out": given.checked("opted_out"),
    }  # fmt: skip
