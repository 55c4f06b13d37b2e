"""What the clinic has written down is found in the patient's words and language."""

from pathlib import Path

import msgspec
import pytest

from clinic import Clinic, Document, load
from clinic.knowledge import Knowledge
from clinic.knowledge.chunks import chunks
from clinic.knowledge.spelling import Speller

SEARCHES = [
    ("pt", "tem estacionamento?", "parking.md#estacionamento"),
    ("pt", "estacionamneto", "parking.md#estacionamento"),
    ("pt", "ESTACIONAR O CARRO", "parking.md#estacionamento"),
    ("pt", "da pra parcelar", "payment.md#parcelamento"),
    ("pt", "cartao de credito", "payment.md#formas-de-pagamento"),
    ("pt", "cadeirante", "accessibility.md#cadeira-de-rodas-e-elevador"),
    ("pt", "segunda via do exame", "documents.md#segunda-via-de-exames"),
    ("pt", "retirada do resultado por outra pessoa", "results.md#outra-pessoa-pode-retirar"),
    ("pt", "clareamento doi?", "dental.md#clareamento-dói"),
    ("pt", "faltei e agora? multa?", "cancellation.md#falta-sem-aviso"),
    ("es", "¿dónde aparcar el coche?", "parking.es.md#estacionamiento"),
    ("es", "cuotas", "payment.es.md#cuotas"),
    ("es", "silla de ruedas", "accessibility.es.md#silla-de-ruedas-y-ascensor"),
    ("es", "perro", "accessibility.es.md#perro-guía"),
    ("en", "car park", "parking.en.md#parking"),
    ("en", "wheelchairs", "accessibility.en.md#wheelchair-and-lift"),
    ("en", "instalment", "payment.en.md#instalments"),
    ("en", "sick note", "documents.en.md#sick-notes-and-attendance-notes"),
]


@pytest.mark.parametrize(("language", "text", "source"), SEARCHES)
def test_the_section_that_answers_comes_first(knowledge: Knowledge, language: str, text: str, source: str) -> None:
    hits = knowledge.search(text, language)  # type: ignore[arg-type]
    assert hits[0].source == f"knowledge/{source}"


@pytest.mark.parametrize("text", ["", "?", "o que é que você", "xyzzy", 'a" OR NEAR(', "* ^ : -", "{language}"])
def test_nothing_worth_looking_for_finds_nothing_and_breaks_nothing(knowledge: Knowledge, text: str) -> None:
    assert knowledge.search(text, "pt") == []


def test_the_limit_holds_and_the_best_is_first(knowledge: Knowledge) -> None:
    hits = knowledge.search("exame resultado documento consulta", "pt", limit=3)
    assert len(hits) == 3
    assert [hit.coverage for hit in hits] == sorted((hit.coverage for hit in hits), reverse=True)


def test_keywords_are_found_and_never_shown(knowledge: Knowledge) -> None:
    assert knowledge.search("manobrista", "pt")[0].source == "knowledge/parking.md#estacionamento"
    assert not any("keywords" in text or "<!--" in text or "manobrista" in text for text in knowledge.texts)


def test_a_word_that_the_files_do_not_know_counts_against_the_hit(knowledge: Knowledge) -> None:
    known, unknown = knowledge.search("receita", "pt")[0], knowledge.search("receita de bolo de cenoura", "pt")[0]
    assert known.coverage == pytest.approx(1)
    assert unknown.coverage < 0.5


def test_a_topic_that_is_not_translated_is_answered_from_the_first_language(written: Path) -> None:
    folder = written.parent / "small" / "knowledge"
    (folder / "garden.md").write_text("# Garden\n\nThe garden is for everybody.\n")
    (folder / "parking.pt.md").write_text("# Estacionamento\n\nHá um pátio.\n")
    knowledge = Knowledge.build(load(written))
    assert [hit.source for hit in knowledge.search("garden", "pt")] == ["knowledge/garden.md#garden"]
    assert [hit.source for hit in knowledge.search("parking", "pt")] == ["knowledge/parking.pt.md#estacionamento"]
    assert [hit.language for hit in knowledge.search("pátio", "pt")] == ["pt"]


def test_only_changed_files_are_cut_again(clinic: Clinic) -> None:
    first = Knowledge.build(clinic)
    changed = Document("knowledge/parking.md", "parking", "pt", "# Estacionamento\n\nAgora há manobrista.\n")
    documents = tuple(changed if one.source == changed.source else one for one in clinic.documents)
    second = Knowledge.build(msgspec.structs.replace(clinic, documents=documents), first)
    same = set(first._files) & set(second._files)
    assert len(same) == len(clinic.documents) - 1
    assert all(first._files[key] is second._files[key] for key in same)
    assert second.search("estacionamento", "pt")[0].text == "Agora há manobrista."


def test_markdown_is_cut_at_headings_and_long_sections_at_sentences() -> None:
    text = "Intro.\n\n# A\n\none\ntwo\n\n- x\n- **y**\n\n## B\n\n" + "Long sentence here. " * 60 + "\n# C\n"
    found = list(chunks(Document("knowledge/a.md", "a", "en", text)))
    assert [one.title for one in found[:3]] == ["a", "A", "A / B"]
    assert found[1].text == "one two\n• x\n• *y*"
    assert all(len(one.text) <= 600 and one.text.endswith(".") for one in found[2:])
    assert {one.source for one in found[2:]} == {"knowledge/a.md#b"}


@pytest.mark.parametrize(
    ("written", "meant"),
    [("limpesa", "limpeza"), ("lmipeza", "limpeza"), ("limpeeza", "limpeza"), ("limpez", "limpeza"), ("casal", "casal"),
     ("pelo", "pelo"), ("eletrocadiogrma", "eletrocardiograma"), ("sofa", "sofa"), ("x" * 500, "x" * 500)],
)  # fmt: skip
def test_a_slip_is_mended_and_another_word_is_not(written: str, meant: str) -> None:
    assert Speller(["limpeza", "canal", "pele", "eletrocardiograma"], slips=2)(written) == meant
