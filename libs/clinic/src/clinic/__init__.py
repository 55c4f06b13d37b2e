"""Who is the clinic that we answer for, and what does it say about itself?"""

from clinic.clinics import Clinics, Refreshed
from clinic.errors import ClinicError
from clinic.load import load
from clinic.model import Clinic, Document, Holiday, Insurance, Service
from clinic.text import LANGUAGES, Language, Text
from clinic.texts import check_text, with_texts

__all__ = [
    "LANGUAGES",
    "Clinic",
    "ClinicError",
    "Clinics",
    "Document",
    "Holiday",
    "Insurance",
    "Language",
    "Refreshed",
    "Service",
    "Text",
    "check_text",
    "load",
    "with_texts",
]
