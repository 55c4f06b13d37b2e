"""Does a responder that starts beside a broken clinic file answer for the others, and for that one once mended?"""

import shutil
from pathlib import Path

import pytest

from demo.stack import ROOT
from responder.app import build
from responder.model import ModelSettings
from responder.settings import ResponderSettings
from shared.errors import SettingsError
from shared.service.platform import new_platform
from shared.settings import StreamSettings
from shared.streams import keys
from tests.support.replica import Streams
from tests.support.responder import INSTANCE, Chat, responding

BREAK = ("\nname:", "\nnmae:")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The demonstration's clinic, broken, and a default one that is called otherwise."""
    folder = Path(shutil.copytree(ROOT / "clinics", tmp_path / "clinics", ignore=shutil.ignore_patterns("dosplazas*")))
    sound = (folder / "demo.yaml").read_text("utf-8")
    (folder / "demo.yaml").write_text(sound.replace(*BREAK, 1), "utf-8")
    other = sound.replace(f"instances: [{INSTANCE}]", "instances: []").replace("Jabuticabeiras", "Outras")
    (folder / "other.yaml").write_text(other, "utf-8")
    return folder


async def test_its_patients_wait_and_are_answered_once_it_is_mended(
    streams: Streams, client, redis_url: str, folder: Path
) -> None:
    chat = Chat(client, redis_url)
    async with responding(redis_url, CLINICS_DIR=str(folder), CLINIC_DEFAULT="other"):
        await chat.says("Qual o endereço?")
        await chat.taken(1)
        assert await chat.sends() == []
        broken = folder / "demo.yaml"
        mended = folder / "demo.new"  # and put in its place whole: half a file is a broken one
        mended.write_text(broken.read_text("utf-8").replace(*reversed(BREAK), 1), "utf-8")
        mended.replace(broken)
        (answer,) = await chat.answered()
    assert "Jabuticabeiras" in answer
    assert await client.xlen(keys.dead_letters(INSTANCE)) == 0
    await chat.aclose()


async def test_without_one_sound_file_it_does_not_start_and_names_the_line(redis_url: str, folder: Path) -> None:
    (folder / "other.yaml").unlink()
    settings = ResponderSettings(redis_url=redis_url, clinics_dir=str(folder))
    with pytest.raises(SettingsError, match=r"CLINICS_DIR: clinics/demo\.yaml:\d+: nmae"):
        build(settings, ModelSettings(), new_platform("responder", settings, StreamSettings()))
