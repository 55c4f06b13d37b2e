"""A patient is answered in the language they write."""

import pytest

from clinic.language import Language, detect, words

TEXTS: dict[Language, list[str]] = {
    "pt": [
        "oi",
        "bom dia",
        "olá, tudo bem?",
        "obrigada",
        "vcs abrem sábado?",
        "qto custa a limpeza",
        "quanto é a consulta?",
        "tem estacionamento?",
        "quero marcar uma consulta",
        "preciso remarcar",
        "onde fica?",
        "aceita convênio?",
        "qual o endereço",
        "não consigo respirar",
        "amanhã vocês atendem?",
        "posso tomar água antes do exame",
        "meu exame ficou pronto?",
        "horario de atendimento",
        "dá pra parcelar no cartão",
        "que horas fecha hoje",
        "to com dor de dente",
        "valor da vacina",
        "tbm quero saber o preço",
        "limpeza de pele",
        "moça, me ajuda",
    ],
    "es": [
        "hola",
        "buenos días",
        "buenas tardes, ¿cómo están?",
        "gracias",
        "¿a qué hora abren?",
        "cuanto cuesta la limpieza",
        "¿tienen estacionamiento?",
        "quiero pedir una cita",
        "necesito cambiar mi turno",
        "¿dónde están?",
        "aceptan seguro?",
        "cual es la direccion",
        "no puedo respirar",
        "mañana atienden?",
        "puedo tomar agua antes del examen",
        "mi examen está listo?",
        "horario de los sabados por favor",
        "se puede pagar en cuotas",
        "a que hora cierran hoy",
        "me duele una muela",
        "precio de la vacuna",
        "tambien quiero saber cuánto vale",
        "limpieza de cutis",
        "señorita, me ayuda",
        "hay lugar para el viernes?",
    ],
    "en": [
        "hello",
        "good morning",
        "hi, how are you?",
        "thanks",
        "are you open on saturday?",
        "how much is a cleaning",
        "is there parking?",
        "I want to book an appointment",
        "need to reschedule",
        "where are you?",
        "do you take insurance?",
        "what's the address",
        "i can't breathe",
        "open tomorrow?",
        "can I drink water before the test",
        "are my results ready?",
        "opening hours",
        "can i pay by card",
        "what time do you close today",
        "my tooth hurts",
        "price of the vaccine",
        "u open tmrw?",
        "blood test",
        "pls help me",
        "is the dentist in today",
    ],
}


@pytest.mark.parametrize(("language", "text"), [(one, text) for one, texts in TEXTS.items() for text in texts])
def test_a_short_text_tells_its_language(language: Language, text: str) -> None:
    other: Language = "en" if language == "pt" else "pt"
    assert detect(text) == language
    assert detect(text, default=other) == language


@pytest.mark.parametrize("text", ["", "👍", "1", "hpv", "...", "12/05"])
def test_a_text_that_tells_nothing_takes_the_hint_then_the_default(text: str) -> None:
    assert detect(text, default="es") == "es"
    assert detect(text, default="es", hint="en") == "en"
    assert detect(text, default="es", hint="klingon") == "es"


def test_a_clear_text_is_stronger_than_the_hint() -> None:
    assert detect("how much is the cleaning?", hint="pt") == "en"
    assert detect("vocês abrem amanhã?", hint="en") == "pt"


def test_only_the_languages_of_the_clinic_are_chosen() -> None:
    assert detect("how much is the cleaning?", among=("pt", "es")) in ("pt", "es")


def test_accents_case_short_forms_and_drawn_out_letters_are_read_through() -> None:
    assert words("Oiiii, VC abre AMANHÃ?") == ["oi", "voce", "abre", "amanha"]
    assert words("I can't, thx") == ["i", "cant", "thanks"]


def test_a_very_long_text_costs_no_more_than_its_opening() -> None:
    assert len(words("palavra " * 100_000)) < 100
