from django.apps import AppConfig


class NotesConfig(AppConfig):
    name = "tandem.notes"
    label = "notes"
    verbose_name = "Notes"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # A person erased below is erased here too (ARCHITECTURE.md lists the signals).
        from tandem.notes.actions import erase_person
        from tandem.notes.models import Note
        from tandem.rapprochements.moving import follows
        from tandem.usagers.signals import usager_erased

        usager_erased.connect(erase_person, dispatch_uid="notes.erase_person")
        follows(Note)
