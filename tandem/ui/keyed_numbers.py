"""Numbers that carry their own key, found in a text: bank cards, IBAN, NIR (S-23). Pure functions.

A text comes here without accents nor invisible characters (`secret_words`).
"""

import re
from collections.abc import Iterator
from itertools import accumulate

_SEPARATOR = r"[\s.\-_/:,·•|*]{0,3}"
_RUN = re.compile(rf"(?<!\d)\d(?:{_SEPARATOR}\d)*")
_PHONES = re.compile(r"(?:(?:00)?33[1-9]\d{8}|0[1-9]\d{8})+")
_CARD = re.compile(
    r"4\d{12}(?:\d{3}){0,2}|(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}"
    r"|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11}|35(?:2[89]|[3-8]\d)\d{12}"
    r"|(?:6011|64[4-9]\d|65\d\d|62\d\d)\d{12,15}|(?:5018|5020|5038|5893|6304|6759|676[1-3])\d{9,15}"
)
# Lengths of the national forms (ISO 13616); an unknown country is tried at every length.
_IBAN_LENGTHS = {
    **dict.fromkeys(("NO",), 15),
    **dict.fromkeys(("BE",), 16),
    **dict.fromkeys(("DK", "FI", "FO", "GL", "NL"), 18),
    **dict.fromkeys(("MK", "SI"), 19),
    **dict.fromkeys(("AT", "BA", "EE", "KZ", "LT", "LU", "XK"), 20),
    **dict.fromkeys(("CH", "CR", "HR", "LI", "LV"), 21),
    **dict.fromkeys(("BG", "BH", "DE", "GB", "GE", "IE", "ME", "RS"), 22),
    **dict.fromkeys(("AE", "GI", "IL", "IQ", "OM", "SO", "TL"), 23),
    **dict.fromkeys(("AD", "CZ", "ES", "MD", "PK", "RO", "SA", "SE", "SK", "TN", "VG"), 24),
    **dict.fromkeys(("LY", "PT", "ST"), 25),
    **dict.fromkeys(("IS", "TR"), 26),
    **dict.fromkeys(("BF", "BJ", "CI", "CM", "DZ", "ML", "SN", "TG", "MG"), 28),
    **dict.fromkeys(("FR", "MC", "GR", "IT", "SM", "MR", "CG", "GA", "TD", "CF"), 27),
    **dict.fromkeys(("AL", "AZ", "BY", "CY", "DO", "GT", "HU", "LB", "PL", "MA", "SV", "NI"), 28),
    **dict.fromkeys(("BR", "EG", "PS", "QA", "UA"), 29),
    **dict.fromkeys(("JO", "KW", "MU", "YE"), 30),
    **dict.fromkeys(("MT", "SC"), 31),
    **dict.fromkeys(("LC",), 32),
    **dict.fromkeys(("RU",), 33),
}
_IBAN_LENGTHS["CR"] = 22
_IBAN_LENGTHS["GQ"] = 27
_IBAN_START = re.compile(
    rf"(?<![A-Za-z0-9])[A-Za-z]{_SEPARATOR}[A-Za-z]{_SEPARATOR}\d{_SEPARATOR}\d"
)
_IBAN_SAID = re.compile(
    rf"\b(?:iban|rib)\b[^\n\d]{{0,30}}?(?:[a-z]{{2}}{_SEPARATOR}\d\d(?:{_SEPARATOR}[a-z0-9]){{10}}"
    rf"|\d(?:{_SEPARATOR}\d){{19,22}})"
)
_RIB = re.compile(
    rf"(?<![a-z0-9])(\d(?:{_SEPARATOR}\d){{9}})((?:{_SEPARATOR}[a-z0-9]){{11}})"
    rf"({_SEPARATOR}\d{_SEPARATOR}\d)(?![a-z0-9])"
)
_NIR = re.compile(
    rf"(?<!\d)([1-478]){_SEPARATOR}(\d){_SEPARATOR}(\d){_SEPARATOR}(\d){_SEPARATOR}(\d)"
    rf"{_SEPARATOR}(\d){_SEPARATOR}([\dab])((?:{_SEPARATOR}\d){{6}})"
    rf"(?:[\s.\-_/:,|(]{{0,6}}(?:cl[e]f?)?[\s:]{{0,3}}(\d){_SEPARATOR}(\d))?(?!\d)"
)
_NIR_SAID = re.compile(
    r"\b(?:nir|n[o°]?\s*ss|insee|immatriculation|secu(?:rite sociale)?|numero de secu\w*|vitale)\b"
)


def digits_of(text: str) -> str:
    return re.sub(r"\D", "", text)


def _luhn(digits: str) -> bool:
    doubled = (int(d) * (1 + i % 2) for i, d in enumerate(reversed(digits)))
    return sum(n // 10 + n % 10 for n in doubled) % 10 == 0


def _mod97(text: str) -> int:
    return int("".join(str(int(c, 36)) for c in text)) % 97


def _windows(groups: list[str], shortest: int, longest: int) -> Iterator[str]:
    """Neighbouring groups of digits, put together, of a length between the two."""
    for start in range(len(groups)):
        for joined in accumulate(groups[start:]):
            if len(joined) > longest:
                break
            if len(joined) >= shortest:
                yield joined


def holds_card(text: str) -> bool:
    """13 to 19 digits that begin as an issuer's do and have a right Luhn key.

    A run of phone numbers is none, and 14 digits whose first nine hold are a SIRET.
    """
    for run in _RUN.finditer(text):
        groups = re.findall(r"\d+", run.group())
        if _PHONES.fullmatch("".join(groups)):
            continue
        for number in _windows(groups, 13, 19):
            siret = len(number) == 14 and _luhn(number[:9])
            if _CARD.fullmatch(number) and _luhn(number) and not siret:
                return True
    return False


def holds_iban(text: str) -> bool:
    """An IBAN of any country with a right key, a French RIB with its own, or one said as such."""
    for start in _IBAN_START.finditer(text):
        tail = re.match(rf"(?:[A-Za-z0-9]{_SEPARATOR}){{5,34}}", text[start.start() :])
        compact = re.sub(r"[^A-Z0-9]", "", tail.group().upper()) if tail else ""
        known = _IBAN_LENGTHS.get(compact[:2])
        unknown = range(15, 35) if re.match(r"[A-Z]{2}\d\d", start.group()) else range(0)
        lengths = (known,) if known else unknown
        for length in lengths:
            value = compact[:length]
            # « de 06 12… » begins as a German IBAN does: in small letters, nearly all is figures.
            fewest = 10 if start.group()[:2].isupper() else length * 3 // 4
            if len(value) < length or len(digits_of(value)) < fewest:
                continue
            if _mod97(value[4:] + value[:4]) == 1:
                return True
    lower = text.lower()
    return bool(_IBAN_SAID.search(lower)) or any(map(_is_rib, _RIB.finditer(lower)))


def _is_rib(found: re.Match[str]) -> bool:
    bank, account, key = (re.sub(r"[^a-z0-9]", "", part) for part in found.groups())
    # Letters of an account are worth 1 to 9, again and again; S begins at 2.
    figures = "".join(
        c if c.isdigit() else "12345678912345678923456789"[ord(c) - 97] for c in account
    )
    if len(set(bank + figures + key)) < 3:
        return False
    return (89 * int(bank[:5]) + 15 * int(bank[5:]) + 3 * int(figures) + int(key)) % 97 == 0


def holds_nir(text: str) -> bool:
    """13 characters with their key; without key, or with a wrong one, when the words say what it is."""
    lower = text.lower()
    return any(_is_nir(found, lower[: found.start()]) for found in _NIR.finditer(lower))


def _is_nir(found: re.Match[str], before: str) -> bool:
    *head, tail, key_tens, key_units = found.groups()
    number = "".join(head) + digits_of(tail)
    month = int(number[3:5])
    if not (1 <= month <= 12 or 20 <= month <= 42 or 50 <= month <= 99):
        return False
    if number[6] in "ab" and number[5] != "2":
        return False
    if _NIR_SAID.search(before[-60:]):
        return True
    plain = number.replace("2a", "19", 1) if number[5:7] == "2a" else number
    plain = plain[:5] + "18" + plain[7:] if number[5:7] == "2b" else plain
    return key_tens is not None and int(key_tens + key_units) == 97 - int(plain) % 97
