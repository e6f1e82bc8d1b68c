"""What a password may not be (ASVS 6.2): no rule of composition, no renewal, paste allowed."""

import re

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MAXIMUM_LENGTH = 128

# What people reach when a field asks for twelve characters, once digits and signs are taken off.
_FAMILIAR = (
    "motdepasse",
    "monmotdepasse",
    "password",
    "passeword",
    "azerty",
    "azertyuiop",
    "qsdfghjklm",
    "wxcvbn",
    "qwerty",
    "qwertyuiop",
    "bonjour",
    "bienvenue",
    "soleil",
    "doudou",
    "loulou",
    "chouchou",
    "marseille",
    "france",
    "iloveyou",
    "jetaime",
    "letmein",
    "welcome",
    "admin",
    "administrateur",
    "abcdefghijkl",
    "tandem",
    "aidant",
    "usager",
    "mandat",
    "mairie",
    "ccas",
    "franceservices",
    "franceconnect",
)
_LEET = str.maketrans("0134578@$!", "oieastbasi")


class FamiliarPasswordValidator:
    """Refuses a familiar word dressed with digits, one character repeated, a run of the keyboard."""

    def validate(self, password: str, user: object | None = None) -> None:  # noqa: ARG002 - Django's
        """Raises ValidationError when the password is one of the first that anyone would try."""
        if len(set(password.lower())) < 5 or self._is_familiar(password):
            raise ValidationError(
                _(
                    "Ce mot de passe est trop facile à deviner. "
                    "Choisissez par exemple quatre mots sans rapport entre eux."
                ),
                code="password_familiar",
            )

    def get_help_text(self) -> str:
        return _("Évitez un mot connu suivi de chiffres, et les suites du clavier.")

    @staticmethod
    def _is_familiar(password: str) -> bool:
        words = {*_FAMILIAR, re.sub(r"[^a-z]", "", settings.TANDEM_OPERATOR_NAME.lower())}
        for text in (password.lower(), password.lower().translate(_LEET)):
            letters = re.sub(r"[^a-z]", "", text)
            if not letters:
                # Only digits and signs: a date, a telephone number.
                return True
            rest = letters
            for word in sorted(filter(None, words), key=len, reverse=True):
                rest = rest.replace(word, "")
            if len(rest) < 4:
                return True
        return False


class MaximumLengthValidator:
    """Refuses what would make the hasher work for nothing; far beyond any real sentence."""

    def validate(self, password: str, user: object | None = None) -> None:  # noqa: ARG002 - Django's
        """Raises ValidationError past 128 characters."""
        if len(password) > MAXIMUM_LENGTH:
            raise ValidationError(
                _("Ce mot de passe est trop long : 128 caractères au plus."),
                code="password_too_long",
            )

    def get_help_text(self) -> str:
        return _("128 caractères au plus.")
