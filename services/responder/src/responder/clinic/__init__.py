"""Who is the clinic that we answer for, and what does it say about itself?"""

from responder.clinic.clinics import Clinics, Refreshed
from responder.clinic.errors import ClinicError
from responder.clinic.load import load
from responder.clinic.model import Clinic, Document, Holiday, Insurance, Service
from responder.clinic.text import LANGUAGES, Language, Text

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
    "load",
]
