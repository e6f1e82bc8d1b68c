from django.apps import AppConfig


class MandatsConfig(AppConfig):
    name = "tandem.mandats"
    label = "mandats"
    verbose_name = "Mandats"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # What happens below and matters here (ARCHITECTURE.md lists the signals).
        from tandem.mandats.actions.ends import end_at_death, tell_of_closing
        from tandem.mandats.actions.erasure import erase_person
        from tandem.mandats.models import Autorisation, Mandat
        from tandem.mandats.queries.lines import live_twice
        from tandem.rapprochements.moving import follows
        from tandem.rapprochements.signals import usagers_compared
        from tandem.structures.signals import structure_closed
        from tandem.usagers.signals import usager_died, usager_erased

        usager_erased.connect(erase_person, dispatch_uid="mandats.erase_person")
        usager_died.connect(end_at_death, dispatch_uid="mandats.end_at_death")
        structure_closed.connect(tell_of_closing, dispatch_uid="mandats.tell_of_closing")
        usagers_compared.connect(live_twice, dispatch_uid="mandats.live_twice")
        follows(Mandat)
        follows(Autorisation)
