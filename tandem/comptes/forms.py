"""Forms of comptes: strings in, values out."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tandem.comptes.gesture_fields import GestureFieldsMixin


class PasswordInput(forms.PasswordInput):
    """Shown or hidden at will (comptes.js); pasting is welcome."""

    def __init__(self, autocomplete: str) -> None:
        super().__init__(attrs={"autocomplete": autocomplete, "data-password": ""})


class LoginForm(forms.Form):
    """An address and a password."""

    email = forms.EmailField(
        label=_("Adresse électronique"),
        max_length=254,
        error_messages={
            "invalid": _("Cette adresse ne semble pas complète. Par exemple : nom@mairie.fr")
        },
        widget=forms.EmailInput(attrs={"autocomplete": "username webauthn"}),
    )
    password = forms.CharField(
        label=_("Mot de passe"),
        max_length=1000,
        strip=False,
        widget=PasswordInput("current-password"),
    )


class SecondFactorForm(GestureFieldsMixin):
    """A second factor, and nothing else."""


class _NewPassword(forms.Form):
    password = forms.CharField(
        label=_("Nouveau mot de passe"),
        help_text=_(
            "12 caractères au moins. Une phrase de quatre mots sans rapport est facile à retenir. "
            "Vous pouvez le coller depuis un gestionnaire de mots de passe."
        ),
        max_length=1000,
        strip=False,
        widget=PasswordInput("new-password"),
    )
    again = forms.CharField(
        label=_("Le même, une seconde fois"),
        max_length=1000,
        strip=False,
        widget=PasswordInput("new-password"),
    )

    def clean(self) -> dict[str, object]:
        data = super().clean() or {}
        if data.get("password") and data.get("again") and data["password"] != data["again"]:
            self.add_error(
                "again", _("Les deux mots de passe sont différents. Tapez deux fois le même.")
            )
        return data


class ActivationForm(_NewPassword):
    """The first password."""


class PasswordForm(_NewPassword, GestureFieldsMixin):
    """A new password."""

    present = forms.CharField(
        label=_("Mot de passe actuel"),
        max_length=1000,
        strip=False,
        widget=PasswordInput("current-password"),
    )
    field_order = ("present", "password", "again")


class TotpForm(GestureFieldsMixin):
    """The first code of an application."""

    code = forms.CharField(
        label=_("Code à six chiffres que l’application montre"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric", "size": 8}),
    )


class AddPasskeyForm(GestureFieldsMixin):
    """A new passkey, and a name to know it by."""

    name = forms.CharField(
        label=_("Nom de cette clé"),
        help_text=_("Pour la reconnaître : « Ordinateur du bureau », « Clé USB bleue »."),
        max_length=60,
        required=False,
    )
    credential = forms.CharField(
        label=_("Clé"),
        max_length=8_000,
        error_messages={"required": _("Créez d’abord la clé, avec le bouton de cette page.")},
        widget=forms.HiddenInput,
    )


class ConfirmForm(GestureFieldsMixin):
    """A gesture, to confirm what the page says."""
