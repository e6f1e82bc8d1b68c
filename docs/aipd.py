"""`make aipd`: docs/aipd.md, the privacy impact assessment (A.5), written from the tags of the models.

What the code knows is not typed: the map of the data, the encryption, the durations. The rest stands in
docs/aipd.modele.md. A test of the house compares the page with what this would write.
"""

from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "aipd.md"
MODEL = ROOT / "docs" / "aipd.modele.md"


def page() -> str:
    """The whole page, as it must stand."""
    text = MODEL.read_text()
    for name, written in {
        "durees": durations(),
        "carte": data_map(),
        "chiffres": figures(),
    }.items():
        text = text.replace(f"<!-- {name} -->", written)
    return text


def models() -> list[Any]:
    """Every model of the house, by room then by name."""
    from django.apps import apps

    ours = [m for m in apps.get_models() if m.__module__.startswith("tandem.")]
    return sorted(ours, key=lambda m: (m._meta.app_label, m.__name__))


def durations() -> str:
    """One line per class of retention, with the parameters that jobs execute."""
    from typing import get_args

    from tandem.kernel.privacy import Retention

    said = _durations()
    rows = ["| Catégorie | Combien de temps | Puis |", "|---|---|---|"]
    rows += [f"| {name} | {said[name][0]} | {said[name][1]} |" for name in get_args(Retention)]
    return "\n".join(rows)


def data_map() -> str:
    """One table per room: each model, its purpose, its personal and sensitive fields, its retention."""
    lines: list[str] = []
    room = ""
    for model in models():
        if model._meta.app_label != room:
            room = model._meta.app_label
            lines += ["", f"### {room}", "", _HEAD, "|---|---|---|---|---|"]
        privacy = model.privacy
        lines.append(
            f"| {model.__name__} | {privacy.purpose} | {_fields(model, privacy.personal)} "
            f"| {_fields(model, privacy.sensitive)} | {privacy.retention} |"
        )
    return "\n".join(lines).strip()


def figures() -> str:
    """How much there is of each."""
    from tandem.kernel.fields import EncryptedTextField

    kinds: Counter[str] = Counter()
    for model in models():
        kinds.update(personnels=len(model.privacy.personal), sensibles=len(model.privacy.sensitive))
        kinds.update(autres=len(model.privacy.none))
        kinds["chiffrés"] += sum(
            isinstance(f, EncryptedTextField) for f in model._meta.concrete_fields
        )
    return (
        f"{len(models())} tables ; {kinds['personnels']} champs personnels, {kinds['sensibles']} sensibles, "
        f"{kinds['autres']} sans donnée personnelle ; {kinds['chiffrés']} champs chiffrés un à un."
    )


_HEAD = "| Table | Pourquoi | Champs personnels | Champs sensibles | Durée |"


def _fields(model: Any, names: frozenset[str]) -> str:
    """A field in bold is encrypted with a key that is not in the database."""
    from tandem.kernel.fields import EncryptedTextField

    said = []
    for name in sorted(names):
        sealed = isinstance(model._meta.get_field(name), EncryptedTextField)
        said.append(f"**{name}**" if sealed else name)
    return ", ".join(said) or "aucun"


def _durations() -> dict[str, tuple[str, str]]:
    from config.backup import KEPT as BACKUP
    from tandem.accompagnements.rules import FOLLOW_UP_KEPT
    from tandem.comptes.rules import ABSOLUTE_LIMIT, DEVICE_LIFE
    from tandem.envois.rules import KEEP_FINAL
    from tandem.mandats.rules.durees import ARCHIVED_YEARS, KEPT_YEARS
    from tandem.notes.rules import WORKING_KEPT
    from tandem.oidc_provider.rules.choices import TRANSACTION_KEPT

    months = f"{WORKING_KEPT.days // 30} mois"
    return {
        "mandat": (
            f"sa durée, puis {KEPT_YEARS} ans, puis {ARCHIVED_YEARS} ans d'archive",
            "effacé ; reste l'engagement au journal",
        ),
        "journal": ("comme le mandat", "les valeurs et leurs sels sont effacés ; la chaîne se vérifie encore"),
        "suivi": (
            f"{FOLLOW_UP_KEPT.days // 365} ans après le dernier contact ; une note de travail {months}",
            "effacé",
        ),
        "compte": (
            f"tant que la personne travaille ; un appareil connu {DEVICE_LIFE.days} jours",
            "fermé, sans facteur",
        ),
        "structure": ("tant que la structure existe", "fermée ; son nom reste lié à ses mandats"),
        "transaction_oidc": (f"{int(TRANSACTION_KEPT.total_seconds()) // 3600} heures", "effacée"),
        "envoi": (f"le texte jusqu'à l'envoi, l'état {KEEP_FINAL.days} jours", "effacé"),
        "session": (f"{int(ABSOLUTE_LIMIT.total_seconds()) // 3600} heures au plus", "effacée"),
        "catalogue": ("tant qu'il sert", "remplacé"),
        "technique": (f"le temps de servir ; une sauvegarde {BACKUP.days} jours", "effacé"),
    }  # fmt: skip


def main() -> None:
    """Write the page."""
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    PAGE.write_text(page())
    print(f"{PAGE.relative_to(ROOT)} : {figures()}")


if __name__ == "__main__":
    main()
