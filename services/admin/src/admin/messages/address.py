"""Whom is it to? A number as people write it, or WhatsApp's own address of a person.

A number with `+` is what it says. One without is first read as one of the clinic's own country, as lists have them, and
then as one with its country code.
"""

import re

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

from admin.http.problems import Problem
from shared.events.spelling import written_ways

_PUNCTUATION = str.maketrans("", "", " ().-/\u00a0")
_DIGITS = re.compile(r"\d{3,17}", re.ASCII)
_PHONE = re.compile(r"[1-9]\d{7,14}", re.ASCII)  # E.164: at most 15 digits, no country code begins with 0
_LID = re.compile(r"\d{5,20}@lid", re.ASCII)
_ADDRESS = "@s.whatsapp.net"


def recipient(to: str, country: str = "", parameter: str = "to") -> str:
    """Phone digits or `<digits>@lid`, which names the chat and is what the gateway is given. Raises Problem 400.

    Without a country (ISO 3166-1, two letters) every number is taken as one with its country code. `parameter` is what
    the number is called in the request.
    """
    if _LID.fullmatch(to):
        return to
    digits = plain(to)
    found = to.removesuffix(_ADDRESS).translate(_PUNCTUATION).removeprefix("+")
    if digits and country:
        found = _of_country(digits, country) or (digits if _is_number(digits) else "")
    if not _PHONE.fullmatch(found):
        raise _no_number(country, parameter)
    return found


def plain(to: str) -> str:
    """The digits of a number without `+` that is no address of WhatsApp's; else empty."""
    digits = to.translate(_PUNCTUATION)
    return digits if _DIGITS.fullmatch(digits) else ""


def shown(to: str) -> str:
    """A recipient as people write numbers: +55 11 98765-4321."""
    try:
        return phonenumbers.format_number(phonenumbers.parse(f"+{to}"), PhoneNumberFormat.INTERNATIONAL)
    except NumberParseException:  # an address, or of no country that is known
        return to


def _of_country(digits: str, country: str) -> str:
    """The number with its country code, if it is one of this country; else empty."""
    try:
        number = phonenumbers.parse(digits, country)
    except NumberParseException:
        return ""
    found = phonenumbers.format_number(number, PhoneNumberFormat.E164).removeprefix("+")
    return found if _is_number(found) else ""


def _is_number(digits: str) -> bool:
    """Whether a country gives such numbers, also without the digit that WhatsApp leaves out of some."""
    return any(_is_given(way) for way in written_ways(digits))


def _is_given(digits: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(f"+{digits}"))
    except NumberParseException:
        return False


def _no_number(country: str, parameter: str) -> Problem:
    detail = f"`{parameter}` is a phone number with its country code, such as {_example(country)}"
    if country:
        detail += f", or one of the clinic's own country ({country}) with its area code"
    return Problem(400, detail, parameter=parameter)


def _example(country: str) -> str:
    number = phonenumbers.example_number_for_type(country, PhoneNumberType.MOBILE) if country else None
    return phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL) if number else "+55 11 98765-4321"
