"""Fills an installation with the work of a desk: people, demands, démarches and their dates, all of one aidant.

Rows are written in bulk, as the actions would leave them: a list reads rows, not the journal.
"""

import sys
from datetime import timedelta

import django

PEOPLE_PER_THOUSAND = 100
DAYS_AHEAD = 60


def main(count: int) -> None:
    """Write `count` of each; print the public identifier of a person who has some of everything."""
    django.setup()
    from django.db import connection, transaction

    from tandem.accompagnements.models import Besoin, DemarcheSuivie, Etape
    from tandem.accompagnements.rules import EtapeKind, Mode, NextMove, Outcome
    from tandem.echeances.models import Echeance
    from tandem.echeances.rules import TYPED
    from tandem.kernel import clock
    from tandem.mandats.rules import Presence
    from tandem.referentiels.models import Demarche
    from tandem.structures.models import Affectation
    from tandem.usagers.tests.factories import UsagerFactory

    alice = Affectation.objects.get(compte__given_name="Alice", compte__family_name="Lenoir")
    now = clock.now()
    catalogue = list(Demarche.objects.select_related("theme").order_by("pk"))
    with transaction.atomic():
        people = [
            UsagerFactory.create(structure=alice.structure)
            for _number in range(max(1, count * PEOPLE_PER_THOUSAND // 1000))
        ]
        common = {"structure": alice.structure, "held_by": alice}
        besoins = Besoin.objects.bulk_create(
            Besoin(
                **common,
                usager=people[number % len(people)],
                words="Je voudrais savoir où en est ma demande.",
                opened_at=now - timedelta(minutes=number),
                moved_at=now - timedelta(minutes=number),
                opened_by=alice,
            )
            for number in range(count)
        )
        followed = DemarcheSuivie.objects.bulk_create(
            DemarcheSuivie(
                **common,
                usager=besoin.usager,
                besoin=besoin,
                demarche=catalogue[number % len(catalogue)],
                theme=catalogue[number % len(catalogue)].theme,
                asked="Apporter le dernier avis d’imposition.",
                next_move=NextMove.values[number % 3],
                mode=Mode.ENSEMBLE,
                presence=Presence.PRESENCE,
                opened_at=now - timedelta(minutes=number),
                moved_at=now - timedelta(minutes=number),
                filed_at=now if number % 4 == 1 else None,
                closed_at=now if number % 4 == 3 else None,
                outcome=Outcome.values[0] if number % 4 == 3 else "",
            )
            for number, besoin in enumerate(besoins)
        )
        Etape.objects.bulk_create(
            Etape(demarche_suivie=row, at=row.opened_at, by=alice, kind=EtapeKind.OPENED)
            for row in followed
        )
        today = now.date()
        Echeance.objects.bulk_create(
            Echeance(
                structure=alice.structure,
                demarche_suivie=row,
                kind=TYPED[0],
                title="Envoyer la pièce demandée",
                missed="La demande peut être refusée.",
                due_on=today + timedelta(days=number % DAYS_AHEAD - 2),
                created_at=now,
                created_by=alice,
            )
            for number, row in enumerate(followed)
        )
    if connection.vendor == "postgresql":
        # As the server's own autovacuum does, sooner or later: not during a measure.
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    print(people[0].public_id)


if __name__ == "__main__":
    main(int(sys.argv[1]))
