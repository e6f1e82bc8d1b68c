from datetime import datetime, timedelta
from typing import Any

import pytest

from tandem.comptes.actions import GestureRefused, verify_gesture
from tandem.comptes.rules import GestureResponse
from tandem.comptes.tests.factories import totp_code
from tandem.journal.models import Entry
from tandem.kernel.refusals import Refusal
from tandem.mandats.actions import (
    IdentityRefused,
    MandatRefused,
    NotAllowed,
)
from tandem.mandats.models import Mandat
from tandem.mandats.snapshot import read
from tandem.mandats.tests.cast import ActeurOf
from tandem.mandats.tests.factories import ANDREI, usager_of
from tandem.referentiels.models import Demarche
from tandem.signature.actions import sign_act, sign_draft, sign_mandat
from tandem.signature.models import Draft
from tandem.signature.queries import mark_of
from tandem.signature.tests.factories import complete_answers, ready_draft
from tandem.structures.models import Affectation, Structure
from tandem.usagers.actions import freeze_usager, record_death
from tandem.usagers.models import Channel, Notice, Usager
from tandem.usagers.rules import FreezeReason


def sign(acteur: Any, draft: Draft, at: datetime) -> Any:
    """With Alice's application of codes."""
    code = GestureResponse(code=totp_code(acteur.compte, at))
    return sign_mandat(acteur=acteur, draft=draft, shown=mark_of(draft), response=code, at=at)


class TestSigning:
    def test_makes_a_mandat_its_lines_and_a_trace_without_any_name(
        self, acteur: Any, at: datetime
    ) -> None:
        """S-30, I2: one line for the mandat, one per autorisation; closed facts."""
        draft = ready_draft(
            acteur,
            at=at,
            answers=complete_answers(["theme:logement", "demarche:declaration-revenus"]),
        )

        mandat = sign(acteur, draft, at)

        assert mandat.usager.given_names == "Rose Marie"
        assert mandat.signed_at == at
        assert [(row.scope, row.theme) for row in mandat.autorisations.order_by("scope")] == [
            ("demarche:declaration-revenus", "argent"),
            ("theme:logement", "logement"),
        ]
        entries = list(Entry.objects.filter(event__startswith="mandats.").order_by("seq"))
        assert [entry.event for entry in entries] == [
            "mandats.signed",
            "mandats.autorisation_opened",
            "mandats.autorisation_opened",
        ]
        assert entries[0].about == mandat.usager.public_id
        assert "Rose" not in entries[0].facts_text
        assert "Lefèvre" not in entries[0].facts_text

    def test_freezes_everything_the_mandat_states(self, acteur: Any, at: datetime) -> None:
        """P-01, P-03: who, for what, until when, how, which channel, how to stop, which text, and when."""
        answers = complete_answers(
            ["theme:logement"], ways=("presence", "absence"), contact_kind="sms",
            contact_value="+33612345678", contact_holder="person", text_name="facile", reader="aidant",
        )  # fmt: skip

        mandat = sign(acteur, ready_draft(acteur, at=at, answers=answers), at)

        stated = read(mandat.snapshot, seal=mandat.seal)
        assert stated["usager"]["family_name"] == "Lefèvre"
        assert stated["structure"]["siret"] == acteur.structure.siret
        assert stated["lines"][0]["presence"] == ["presence", "absence"]
        assert stated["lines"][0]["absence_allowed"] is True
        assert stated["channel"] == {"kind": "sms", "holder": "person", "hint": "•• •• •• •• 78"}
        assert stated["stop"]
        assert stated["text"]["name"] == "facile"
        assert stated["text"]["reader"] == "aidant"
        assert len(stated["text"]["sha256"]) == 64
        assert stated["identity"]["rung"] == "franceconnect"
        assert stated["consent"]["method"] == "franceconnect"
        assert stated["signed_at"] == "2026-11-02T09:00:00Z"

    def test_names_the_new_channel_under_the_same_gesture(self, acteur: Any, at: datetime) -> None:
        """P-14: inscribed with its holder, not yet proven."""
        answers = complete_answers(
            contact_kind="sms", contact_value="+33612345678", contact_holder="relative"
        )

        mandat = sign(acteur, ready_draft(acteur, at=at, answers=answers), at)

        channel = Channel.objects.get(usager=mandat.usager)
        assert (channel.value, channel.holder, channel.proven_at) == (
            "+33612345678",
            "relative",
            None,
        )

    def test_tells_the_person_once_in_discreet_words(self, acteur: Any, at: datetime) -> None:
        """S-31: neither démarche nor organisation; without a channel, on paper."""
        mandat = sign(acteur, ready_draft(acteur, at=at), at)

        notice = Notice.objects.get(usager=mandat.usager)
        assert notice.state == "paper"
        assert "logement" not in notice.body.lower()
        assert acteur.structure.name not in notice.body

    def test_for_one_day_gives_another_seal_each_time(self, acteur: Any, at: datetime) -> None:
        """S-35: the salt makes two identical mandats differ; a seal is never empty."""
        one = sign(acteur, ready_draft(acteur, at=at), at)
        other = sign(acteur, ready_draft(acteur, at=at), at + timedelta(minutes=1))

        assert len({one.seal, other.seal}) == 2
        assert len(one.seal) == 64

    def test_forgets_the_identity_kept_on_the_draft(self, acteur: Any, at: datetime) -> None:
        draft = ready_draft(acteur, at=at)

        mandat = sign(acteur, draft, at)

        draft.refresh_from_db()
        assert draft.content == {}
        assert draft.mandat == mandat

    def test_without_a_gesture_signs_nothing(self, acteur: Any, at: datetime) -> None:
        """S-08."""
        draft = ready_draft(acteur, at=at)

        with pytest.raises(GestureRefused):
            sign_mandat(
                acteur=acteur,
                draft=draft,
                shown=mark_of(draft),
                response=GestureResponse(code="000000"),
                at=at,
            )

        assert not Mandat.objects.exists()
        draft.refresh_from_db()
        assert draft.signing_at is None

    def test_spends_the_gesture_made_for_this_very_draft(self, acteur: Any, at: datetime) -> None:
        """S-08: bound to the act, used once."""
        one, other = ready_draft(acteur, at=at), ready_draft(acteur, at=at)
        gesture = verify_gesture(
            compte=acteur.compte,
            act=sign_act(one),
            response=GestureResponse(code=totp_code(acteur.compte, at)),
            at=at,
        )

        with pytest.raises(GestureRefused):
            sign_draft(acteur=acteur, draft=other, gesture=gesture, at=at)
        sign_draft(acteur=acteur, draft=one, gesture=gesture, at=at)

        gesture.refresh_from_db()
        assert gesture.used_at == at

    def test_leaves_a_cool_off_of_a_day_without_a_word_on_paper_nor_message(
        self, acteur: Any, at: datetime
    ) -> None:
        """P-36: « Nous en reparlerons » is silent."""
        mandat = sign(
            acteur, ready_draft(acteur, at=at, answers=complete_answers(alone="later")), at
        )

        assert mandat.cool_off_until == at + timedelta(hours=24)
        assert "cool" not in mandat.snapshot
        assert "later" not in mandat.snapshot
        assert not Notice.objects.exists()


class TestSigningTwice:
    def test_gives_the_same_mandat(self, acteur: Any, at: datetime) -> None:
        """S-24, R-09: a second post spends no gesture and shows the same result."""
        draft = ready_draft(acteur, at=at)

        first = sign(acteur, draft, at)
        again = sign_mandat(
            acteur=acteur, draft=draft, shown=mark_of(draft), response=GestureResponse(), at=at
        )

        assert again == first
        assert Mandat.objects.count() == 1

    def test_waits_for_the_request_that_holds_the_draft(
        self, acteur: Any, at: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """R-09: the second of two simultaneous posts answers what the first did."""
        draft = ready_draft(acteur, at=at)
        Draft.objects.filter(pk=draft.pk).update(signing_at=at)
        monkeypatch.setattr(
            "tandem.signature.actions.sign.time.sleep",
            lambda _s: (
                Mandat.objects.exists()
                or sign_draft(acteur=acteur, draft=draft, gesture=None, at=at)
            ),
        )

        mandat = sign_mandat(
            acteur=acteur, draft=draft, shown=mark_of(draft), response=GestureResponse(), at=at
        )

        assert mandat == Mandat.objects.get()

    def test_is_refused_in_words_when_the_first_failed(
        self, acteur: Any, at: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        draft = ready_draft(acteur, at=at)
        Draft.objects.filter(pk=draft.pk).update(signing_at=at)
        monkeypatch.setattr(
            "tandem.signature.actions.sign.time.sleep",
            lambda _s: Draft.objects.filter(pk=draft.pk).update(signing_at=None),
        )

        with pytest.raises(MandatRefused, match="pas abouti"):
            sign_mandat(
                acteur=acteur, draft=draft, shown=mark_of(draft), response=GestureResponse(), at=at
            )

    def test_one_identification_signs_one_mandat(self, acteur: Any, at: datetime) -> None:
        """A second draft cannot borrow the first one's identification: each has its own."""
        draft = ready_draft(acteur, at=at)
        sign_draft(acteur=acteur, draft=draft, gesture=None, at=at)

        with pytest.raises(MandatRefused):
            sign_draft(acteur=acteur, draft=draft, gesture=None, at=at)


class TestSigningIsRefused:
    def test_ten_minutes_after_the_identification(self, acteur: Any, at: datetime) -> None:
        draft = ready_draft(acteur, at=at)

        with pytest.raises(IdentityRefused, match="dix minutes"):
            sign_draft(acteur=acteur, draft=draft, gesture=None, at=at + timedelta(minutes=10))

    def test_past_the_day_of_the_draft(self, acteur: Any, at: datetime) -> None:
        draft = ready_draft(acteur, at=at)

        with pytest.raises(MandatRefused, match="n’existe plus"):
            sign_draft(acteur=acteur, draft=draft, gesture=None, at=at + timedelta(hours=24))

    def test_to_a_colleague_and_to_an_aidant_elsewhere(
        self,
        acteur: Any,
        bob: Affectation,
        charlie: Affectation,
        as_acteur: ActeurOf,
        at: datetime,
    ) -> None:
        draft = ready_draft(acteur, at=at)

        for other in (bob, charlie):
            with pytest.raises(NotAllowed):
                sign_mandat(
                    acteur=as_acteur(other),
                    draft=draft,
                    shown=mark_of(draft),
                    response=GestureResponse(),
                    at=at,
                )
            with pytest.raises(NotAllowed):
                sign_draft(acteur=as_acteur(other), draft=draft, gesture=None, at=at)

    def test_when_the_aidant_now_works_for_another_structure(
        self,
        acteur: Any,
        alice: Affectation,
        mairie: Structure,
        as_acteur: ActeurOf,
        at: datetime,
    ) -> None:
        """The draft signs for the structure it showed, or refuses."""
        draft = ready_draft(acteur, at=at)
        elsewhere = Affectation.objects.create(
            compte=alice.compte, structure=mairie, role="aidant", habilite_at=at, started_at=at
        )

        with pytest.raises(NotAllowed):
            sign_mandat(
                acteur=as_acteur(elsewhere),
                draft=draft,
                shown=mark_of(draft),
                response=GestureResponse(),
                at=at,
            )

    def test_when_the_affectation_ended_meanwhile(
        self, acteur: Any, alice: Affectation, at: datetime
    ) -> None:
        draft = ready_draft(acteur, at=at)
        Affectation.objects.filter(pk=alice.pk).update(ended_at=at)

        with pytest.raises(NotAllowed, match="ne pouvez plus"):
            sign_draft(acteur=acteur, draft=draft, gesture=None, at=at)

    def test_for_a_theme_the_structure_has_just_closed(self, acteur: Any, at: datetime) -> None:
        draft = ready_draft(acteur, at=at)
        Structure.objects.filter(pk=acteur.structure.pk).update(allowed_themes=["social"])
        acteur.structure.refresh_from_db()

        with pytest.raises(MandatRefused, match="ne vous permet pas"):
            sign_draft(acteur=acteur, draft=draft, gesture=None, at=at)

    def test_for_a_demarche_that_left_the_catalogue(self, acteur: Any, at: datetime) -> None:
        draft = ready_draft(acteur, at=at, answers=complete_answers(["demarche:cheque-energie"]))
        Demarche.objects.filter(slug="cheque-energie").update(active=False)

        with pytest.raises(MandatRefused, match="catalogue"):
            sign_draft(acteur=acteur, draft=draft, gesture=None, at=at)

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"scopes": ("theme:logement", "demarche:cheque-energie")}, "contient déjà"),
            ({"scopes": tuple(f"theme:{key}" for key in (
                "papiers", "famille", "social", "travail", "logement", "transports", "argent", "justice",
                "etranger", "loisirs"))}, "jamais tout"),
            ({"scopes": ("theme:everything",)}, "catalogue"),
            ({"duree": "toujours"}, "jusqu’à quand"),
            ({"presence": {"theme:logement": ["absence"]}}, "comment l’aidant"),
            ({"alone": "?"}, "librement"),
            ({"contact_kind": "pigeon"}, "prévenue"),
            ({"contact_kind": "sms", "contact_value": "", "contact_holder": "person"}, "quel numéro"),
            ({"text_version": "2001-01"}, "a changé"),
            ({"text_name": "klingon"}, "a changé"),
            ({"reader": "interpreter"}, "son nom"),
            ({"points": {"who": "understood", "until": "no", "stop": "understood"}}, "trois points"),
            ({"aidants": ("00000000-0000-0000-0000-000000000000",)}, "ne travaille plus"),
        ],
    )  # fmt: skip
    def test_when_an_answer_does_not_hold(
        self, acteur: Any, at: datetime, changes: Any, words: str
    ) -> None:
        """P-01: no path makes an autorisation without everything it must state."""
        scopes = changes.get("scopes", ("theme:logement",))
        answers = complete_answers(scopes, **{k: v for k, v in changes.items() if k != "scopes"})

        with pytest.raises(MandatRefused, match=words):
            sign_draft(
                acteur=acteur,
                draft=ready_draft(acteur, at=at, answers=answers),
                gesture=None,
                at=at,
            )

        assert not Mandat.objects.exists()

    @pytest.mark.parametrize("missing", ["scopes", "duree", "protected", "reader", "points"])
    def test_when_a_question_has_no_answer(self, acteur: Any, at: datetime, missing: str) -> None:
        answers = complete_answers().to_json() | {missing: [] if missing == "scopes" else ""}
        if missing == "points":
            answers["points"] = {}
        draft = ready_draft(acteur, at=at)
        draft.content = answers
        draft.save()

        with pytest.raises(MandatRefused, match="sans réponse"):
            sign_draft(acteur=acteur, draft=draft, gesture=None, at=at)

    def test_to_a_minor_even_said_of_age(self, acteur: Any, at: datetime) -> None:
        """P-33: the birthdate that FranceConnect gives decides."""
        answers = complete_answers()
        young = answers.answered(
            identity=answers.identity | {"birthdate": "2008-11-03"}, identity_confirmed=True
        )

        with pytest.raises(Refusal, match="n’est pas majeure"):
            sign_draft(
                acteur=acteur, draft=ready_draft(acteur, at=at, answers=young), gesture=None, at=at
            )

    def test_to_a_person_frozen_or_dead(self, acteur: Any, rose: Usager, at: datetime) -> None:
        """P-36, P-37."""
        freeze_usager(acteur=acteur, usager=rose, reason=FreezeReason.DISPUTE, at=at)
        with pytest.raises(MandatRefused, match="suspendu"):
            sign_draft(acteur=acteur, draft=ready_draft(acteur, at=at), gesture=None, at=at)

        Usager.objects.filter(pk=rose.pk).update(frozen_at=None, freeze_reason="")
        record_death(acteur=acteur, usager=rose, at=at)
        with pytest.raises(MandatRefused, match="décès"):
            sign_draft(acteur=acteur, draft=ready_draft(acteur, at=at), gesture=None, at=at)

    def test_when_another_person_identified(self, acteur: Any, rose: Usager, at: datetime) -> None:
        """Decision 5: a session of FranceConnect left open by someone else signs nothing."""
        andrei = usager_of(acteur, at=at, identity=ANDREI, sub="b" * 66)
        draft = ready_draft(acteur, at=at, usager=andrei)

        with pytest.raises(IdentityRefused, match="n’est pas celle"):
            sign_draft(acteur=acteur, draft=draft, gesture=None, at=at)

        assert not Mandat.objects.exists()
