"""One account of a person, and how far along its road one is."""

from django.db import models
from django.db.models import Q

from tandem.acces.rules import Keyboard, Outcome, Road
from tandem.kernel.models import PublicIdModel
from tandem.kernel.privacy import Privacy
from tandem.referentiels.accounts import AccountService, AccountStep, Path
from tandem.referentiels.queries import account_service
from tandem.structures.models import Affectation
from tandem.usagers.models import Usager


class Acces(PublicIdModel):
    """A person creates an account, or finds it again, with an aidant beside them."""

    usager = models.ForeignKey(Usager, on_delete=models.PROTECT, related_name="acces")
    # The key of a service of referentiels, and what is done there.
    service = models.CharField(max_length=30)
    road = models.CharField(max_length=10, choices=Road)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Affectation, on_delete=models.PROTECT, related_name="+")
    # Numbers of the steps done, from 0.
    done = models.JSONField(default=list)
    ended_at = models.DateTimeField(null=True, blank=True)
    keyboard = models.CharField(max_length=10, choices=Keyboard, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)

    privacy = Privacy(
        purpose="Reprendre où l’on en était, et savoir qui tenait le clavier.",
        retention="suivi",
        personal={"usager", "service", "opened_by", "keyboard"},
        none={"road", "opened_at", "done", "ended_at", "outcome"},
    )

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["usager", "service", "road"],
                condition=Q(ended_at=None),
                name="one_open_acces_per_usager_service_and_road",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, keyboard="", outcome="")
                | Q(
                    ended_at__isnull=False,
                    keyboard__in=Keyboard.values,
                    outcome__in=Outcome.values,
                ),
                name="ended_acces_says_who_held_the_keyboard_and_where_it_stopped",
            ),
        ]

    @property
    def guide(self) -> AccountService | None:
        """What the catalogue says of the service; None when it left the catalogue."""
        return account_service(self.service)

    @property
    def name(self) -> str:
        return self.service if self.guide is None else self.guide.name

    @property
    def steps(self) -> tuple[AccountStep, ...]:
        return () if self.guide is None else self.guide.steps(Path(self.road))
