"""Samples for the page of components: invented people, one fixed instant.

`samples` is longer than 40 lines: it is a table.
"""

from datetime import UTC, datetime, timedelta

from django import forms
from django.core.paginator import Paginator
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from tandem.ui import icons
from tandem.ui.forms import CardCheckboxSelectMultiple, CardRadioSelect
from tandem.ui.free_text import FreeTextField, FreeTextFormMixin

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
THEMES = [
    ("papiers", _("Papiers et citoyenneté")),
    ("logement", _("Logement")),
    ("argent", _("Impôts et argent")),
]
# The module layout of a small QR code; the real ones come from impression.
_QR = format_html(
    '<svg viewBox="0 0 7 7" role="img" aria-label="{}"><path fill="currentColor" d="{}"/></svg>',
    _("Code à scanner (exemple)"),
    "M0 0h3v3H0zM4 0h3v3H4zM0 4h3v3H0zM4 4h1v1H4zM6 4h1v1H6zM5 5h1v1H5zM4 6h1v1H4zM6 6h1v1H6z",
)


class SampleForm(forms.Form):
    """One field of each kind."""

    phone = forms.CharField(
        label=_("Numéro de téléphone de la personne"),
        help_text=_("Par exemple : 06 12 34 56 78"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
    )
    themes = forms.MultipleChoiceField(
        label=_("Pour quelles démarches ?"),
        help_text=_("Choisissez avec la personne, le moins possible."),
        choices=THEMES,
        widget=CardCheckboxSelectMultiple(
            pictograms={key: key for key, _label in THEMES},
            hints={"argent": "La personne confirmera à chaque fois."},
        ),
    )
    duree = forms.ChoiceField(
        label=_("Jusqu’à quand ?"),
        choices=[("1m", _("1 mois")), ("6m", _("6 mois")), ("1y", _("1 an"))],
        widget=CardRadioSelect,
    )
    channel = forms.ChoiceField(
        label=_("Comment prévenir la personne ?"),
        choices=[("sms", _("Par SMS")), ("email", _("Par courriel")), ("paper", _("Sur papier"))],
        widget=forms.RadioSelect,
    )
    language = forms.ChoiceField(
        label=_("Langue du texte"), choices=[("fr", "Français"), ("facile", _("Français facile"))]
    )
    note = forms.CharField(label=_("Précision"), required=False, widget=forms.Textarea)
    understood = forms.BooleanField(label=_("La personne sait comment arrêter le mandat"))

    def clean_phone(self) -> str:
        """Refuse a number that is too short, and say what a good one looks like."""
        phone = str(self.cleaned_data["phone"])
        if len(phone.replace(" ", "")) < 10:
            raise forms.ValidationError(
                _(
                    "Ce numéro ne semble pas complet : il faut 10 chiffres, par exemple 06 12 34 56 78."
                )
            )
        return phone


class SampleSearch(forms.Form):
    """The one field of a search."""

    q = forms.CharField(label=_("Nom de la personne"), help_text=_("Au moins 3 lettres"))


class SampleFreeText(FreeTextFormMixin, forms.Form):
    """A free text, in which nobody leaves a secret."""

    text = FreeTextField(
        label=_("Ce que la personne souhaite, avec ses mots"),
        help_text=_("Ni mot de passe, ni code, ni numéro de carte ou de compte."),
    )


def _timeline() -> list[dict[str, object]]:
    return [
        {
            "at": AT - timedelta(days=1),
            "icon": "personnes",
            "title": _("Alice Martin s’est connectée au site des impôts"),
            "lines": [_("Pour : déclarer ses revenus."), _("Rose était présente.")],
        },
        {
            "at": AT - timedelta(days=9),
            "icon": "absent",
            "title": _("Bob Diallo a écrit à la caisse d’allocations familiales"),
            "lines": [_("Rose était absente : un compte rendu lui a été remis le 25 octobre.")],
        },
        {
            "at": AT - timedelta(days=30),
            "icon": "document",
            "title": _("Rose a signé un mandat de 6 mois"),
            "lines": [],
        },
    ]


def samples() -> dict[str, object]:
    """What the page of components shows."""
    wrong = SampleForm({"phone": "06 12", "duree": "6m", "themes": ["argent"]})
    return {
        "at": AT,
        "soon": AT + timedelta(days=12),
        "later": AT + timedelta(days=130),
        "form": wrong,
        "blank_form": SampleForm(prefix="vide"),
        "free_text_form": SampleFreeText(
            {"libre-text": "Carte 4532 0151 1283 0366"}, prefix="libre"
        ),
        "search_form": SampleSearch(prefix="cherche"),
        "icon_names": [name for name in icons.names() if name not in icons.PICTOGRAMS],
        "pictogram_names": icons.PICTOGRAMS,
        "summary_rows": [
            {"label": _("Personne"), "value": "Rose Lefèvre"},
            {
                "label": _("Démarches"),
                "lines": [_("Logement"), _("Impôts et argent")],
                "href": "#resume",
            },
            {"label": _("Durée"), "value": _("6 mois"), "href": "#resume"},
        ],
        "timeline_items": _timeline(),
        "columns": [_("Personne"), _("Pour"), _("Fin"), _("État")],
        "table_rows": [
            ["Rose Lefèvre", _("Logement"), "12 mars 2027", _("En cours")],
            [
                "Andrei Popescu",
                _("Papiers et citoyenneté"),
                "14 novembre 2026",
                _("Se termine bientôt"),
            ],
        ],
        "page": Paginator(range(60), 20).page(2),
        "languages": [
            {"code": "fr", "label": "Français", "href": "#langue", "current": True},
            {"code": "ar", "label": "العربية", "href": "#langue"},
            {"code": "ro", "label": "Română", "href": "#langue"},
        ],
        "chart_rows": [
            {"label": _("Logement"), "value": 24, "percent": 100},
            {"label": _("Santé, social"), "value": 18, "percent": 75},
            {"label": _("Transports"), "value": 6, "percent": 25},
        ],
        "qr_svg": _QR,
    }
