from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from tandem.comptes.actions import GestureRefused
from tandem.comptes.rules import GestureResponse
from tandem.comptes.tests.factories import totp_code
from tandem.journal.models import Entry
from tandem.kernel.refusals import Refusal
from tandem.mandats import actions
from tandem.mandats.actions import (
    IdentityRefused,
    MandatRefused,
    NotAllowed,
    sign_draft,
    sign_mandat,
)
from tandem.mandats.models import Autorisation, Draft, Mandat
from tandem.mandats.rules import EndKind
from tandem.mandats.snapshot import read
from tandem.mandats.tests.factories import (
    ANDREI,
    complete_answers,
    identity_of,
    line_of,
    ready_draft,
    signed_mandat,
    usager_of,
)
from tandem.referentiels.models import Demarche
from tandem.structures.models import Affectation, Structure
from tandem.usagers.actions import freeze_usager, record_death
from tandem.usagers.models import Channel, Notice, Usager
from tandem.usagers.rules import FreezeReason


def sign(acteur, draft, at):
    """With Alice's application of codes."""
    code = GestureResponse(code=totp_code(acteur.compte, at))
    return sign_mandat(acteur=acteur, draft=draft, response=code, at=at)


class TestSigning:
    def test_makes_a_mandat_its_lines_and_a_trace_without_any_name(self, acteur, at):
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

    def test_freezes_everything_the_mandat_states(self, acteur, at):
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

    def test_names_the_new_channel_under_the_same_gesture(self, acteur, at):
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

    def test_tells_the_person_once_in_discreet_words(self, acteur, at):
        """S-31: neither démarche nor organisation; without a channel, on paper."""
        mandat = sign(acteur, ready_draft(acteur, at=at), at)

        notice = Notice.objects.get(usager=mandat.usager)
        assert notice.state == "paper"
        assert "logement" not in notice.body.lower()
        assert acteur.structure.name not in notice.body

    def test_for_one_day_gives_another_seal_each_time(self, acteur, at):
        """S-35: the salt makes two identical mandats differ; a seal is never empty."""
        one = sign(acteur, ready_draft(acteur, at=at), at)
        other = sign(acteur, ready_draft(acteur, at=at), at + timedelta(minutes=1))

        assert len({one.seal, other.seal}) == 2
        assert len(one.seal) == 64

    def test_forgets_the_identity_kept_on_the_draft(self, acteur, at):
        draft = ready_draft(acteur, at=at)

        mandat = sign(acteur, draft, at)

        draft.refresh_from_db()
        assert draft.content == {}
        assert draft.mandat == mandat

    def test_without_a_gesture_signs_nothing(self, acteur, at):
        """S-08."""
        draft = ready_draft(acteur, at=at)

        with pytest.raises(GestureRefused):
            sign_mandat(acteur=acteur, draft=draft, response=GestureResponse(code="000000"), at=at)

        assert not Mandat.objects.exists()
        draft.refresh_from_db()
        assert draft.signing_at is None

    def test_leaves_a_cool_off_of_a_day_without_a_word_on_paper_nor_message(self, acteur, at):
        """P-36: « Nous en reparlerons » is silent."""
        mandat = sign(
            acteur, ready_draft(acteur, at=at, answers=complete_answers(alone="later")), at
        )

        assert mandat.cool_off_until == at + timedelta(hours=24)
        assert "cool" not in mandat.snapshot
        assert "later" not in mandat.snapshot
        assert not Notice.objects.exists()


class TestSigningTwice:
    def test_gives_the_same_mandat(self, acteur, at):
        """S-24, R-09: a second post spends no gesture and shows the same result."""
        draft = ready_draft(acteur, at=at)

        first = sign(acteur, draft, at)
        again = sign_mandat(acteur=acteur, draft=draft, response=GestureResponse(), at=at)

        assert again == first
        assert Mandat.objects.count() == 1

    def test_waits_for_the_request_that_holds_the_draft(self, acteur, at, monkeypatch):
        """R-09: the second of two simultaneous posts answers what the first did."""
        draft = ready_draft(acteur, at=at)
        Draft.objects.filter(pk=draft.pk).update(signing_at=at)
        monkeypatch.setattr(
            "tandem.mandats.actions.sign.time.sleep",
            lambda _s: (
                Mandat.objects.exists()
                or sign_draft(acteur=acteur, draft=draft, gesture=None, at=at)
            ),
        )

        mandat = sign_mandat(acteur=acteur, draft=draft, response=GestureResponse(), at=at)

        assert mandat == Mandat.objects.get()

    def test_is_refused_in_words_when_the_first_failed(self, acteur, at, monkeypatch):
        draft = ready_draft(acteur, at=at)
        Draft.objects.filter(pk=draft.pk).update(signing_at=at)
        monkeypatch.setattr(
            "tandem.mandats.actions.sign.time.sleep",
            lambda _s: Draft.objects.filter(pk=draft.pk).update(signing_at=None),
        )

        with pytest.raises(MandatRefused, match="pas abouti"):
            sign_mandat(acteur=acteur, draft=draft, response=GestureResponse(), at=at)

    def test_one_identification_signs_one_mandat(self, acteur, at):
        """A second draft cannot borrow the first one's identification: each has its own."""
        draft = ready_draft(acteur, at=at)
        sign_draft(acteur=acteur, draft=draft, gesture=None, at=at)

        with pytest.raises(MandatRefused):
            sign_draft(acteur=acteur, draft=draft, gesture=None, at=at)


class TestSigningIsRefused:
    def test_ten_minutes_after_the_identification(self, acteur, at):
        draft = ready_draft(acteur, at=at)

        with pytest.raises(IdentityRefused, match="dix minutes"):
            sign_draft(acteur=acteur, draft=draft, gesture=None, at=at + timedelta(minutes=10))

    def test_past_the_day_of_the_draft(self, acteur, at):
        draft = ready_draft(acteur, at=at)

        with pytest.raises(MandatRefused, match="n’existe plus"):
            sign_draft(acteur=acteur, draft=draft, gesture=None, at=at + timedelta(hours=24))

    def test_to_a_colleague_and_to_an_aidant_elsewhere(self, acteur, bob, charlie, as_acteur, at):
        draft = ready_draft(acteur, at=at)

        for other in (bob, charlie):
            with pytest.raises(NotAllowed):
                sign_mandat(acteur=as_acteur(other), draft=draft, response=GestureResponse(), at=at)
            with pytest.raises(NotAllowed):
                sign_draft(acteur=as_acteur(other), draft=draft, gesture=None, at=at)

    def test_when_the_aidant_now_works_for_another_structure(
        self, acteur, alice, mairie, as_acteur, at
    ):
        """The draft signs for the structure it showed, or refuses."""
        draft = ready_draft(acteur, at=at)
        elsewhere = Affectation.objects.create(
            compte=alice.compte, structure=mairie, role="aidant", habilite_at=at, started_at=at
        )

        with pytest.raises(NotAllowed):
            sign_mandat(acteur=as_acteur(elsewhere), draft=draft, response=GestureResponse(), at=at)

    def test_when_the_affectation_ended_meanwhile(self, acteur, alice, at):
        draft = ready_draft(acteur, at=at)
        Affectation.objects.filter(pk=alice.pk).update(ended_at=at)

        with pytest.raises(NotAllowed, match="ne pouvez plus"):
            sign_draft(acteur=acteur, draft=draft, gesture=None, at=at)

    def test_for_a_theme_the_structure_has_just_closed(self, acteur, at):
        draft = ready_draft(acteur, at=at)
        Structure.objects.filter(pk=acteur.structure.pk).update(allowed_themes=["social"])
        acteur.structure.refresh_from_db()

        with pytest.raises(MandatRefused, match="ne vous permet pas"):
            sign_draft(acteur=acteur, draft=draft, gesture=None, at=at)

    def test_for_a_demarche_that_left_the_catalogue(self, acteur, at):
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
    def test_when_an_answer_does_not_hold(self, acteur, at, changes, words):
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
    def test_when_a_question_has_no_answer(self, acteur, at, missing):
        answers = complete_answers().to_json() | {missing: [] if missing == "scopes" else ""}
        if missing == "points":
            answers["points"] = {}
        draft = ready_draft(acteur, at=at)
        draft.content = answers
        draft.save()

        with pytest.raises(MandatRefused, match="sans réponse"):
            sign_draft(acteur=acteur, draft=draft, gesture=None, at=at)

    def test_to_a_minor_even_said_of_age(self, acteur, at):
        """P-33: the birthdate that FranceConnect gives decides."""
        answers = complete_answers()
        young = answers.answered(
            identity=answers.identity | {"birthdate": "2008-11-03"}, identity_confirmed=True
        )

        with pytest.raises(Refusal, match="n’est pas majeure"):
            sign_draft(
                acteur=acteur, draft=ready_draft(acteur, at=at, answers=young), gesture=None, at=at
            )

    def test_to_a_person_frozen_or_dead(self, acteur, rose, at):
        """P-36, P-37."""
        freeze_usager(acteur=acteur, usager=rose, reason=FreezeReason.DISPUTE, at=at)
        with pytest.raises(MandatRefused, match="suspendu"):
            sign_draft(acteur=acteur, draft=ready_draft(acteur, at=at), gesture=None, at=at)

        Usager.objects.filter(pk=rose.pk).update(frozen_at=None, freeze_reason="")
        record_death(acteur=acteur, usager=rose, at=at)
        with pytest.raises(MandatRefused, match="décès"):
            sign_draft(acteur=acteur, draft=ready_draft(acteur, at=at), gesture=None, at=at)

    def test_when_another_person_identified(self, acteur, rose, at):
        """Decision 5: a session of FranceConnect left open by someone else signs nothing."""
        andrei = usager_of(acteur, at=at, identity=ANDREI, sub="b" * 66)
        draft = ready_draft(acteur, at=at, usager=andrei)

        with pytest.raises(IdentityRefused, match="n’est pas celle"):
            sign_draft(acteur=acteur, draft=draft, gesture=None, at=at)

        assert not Mandat.objects.exists()


class TestReplacing:
    def test_ends_the_same_scope_at_the_very_instant_of_the_signature(self, acteur, rose, at):
        former = signed_mandat(acteur, rose, ["theme:logement", "theme:social"], at=at)
        later = at + timedelta(days=1)

        mandat = signed_mandat(acteur, rose, ["theme:logement"], at=later)

        ended = line_of(former, "theme:logement")
        assert (ended.ended_at, ended.end_kind) == (later, EndKind.SUPERSEDED)
        assert line_of(former, "theme:social").ended_at is None
        former.refresh_from_db()
        assert former.ended_at is None
        changed = Entry.objects.get(event="mandats.changed")
        assert changed.subject_id == mandat.public_id
        assert f'"former":["{former.public_id}"]' in changed.facts_text

    @pytest.mark.parametrize(
        ("first", "second"),
        [
            ("theme:logement", "demarche:cheque-energie"),
            ("demarche:cheque-energie", "theme:logement"),
        ],
    )
    def test_a_theme_and_a_demarche_inside_it_exclude_each_other(
        self, acteur, rose, at, first, second
    ):
        former = signed_mandat(acteur, rose, [first], at=at)

        signed_mandat(acteur, rose, [second], at=at + timedelta(hours=1))

        former.refresh_from_db()
        assert former.end_kind == EndKind.SUPERSEDED
        assert [row.scope for row in Autorisation.objects.filter(ended_at=None)] == [second]

    def test_first_ends_what_is_past_because_an_index_cannot_read_the_clock(self, acteur, rose, at):
        former = signed_mandat(acteur, rose, duree="jour", at=at)

        signed_mandat(acteur, rose, at=at + timedelta(days=40))

        former.refresh_from_db()
        assert (former.ended_at, former.end_kind) == (former.ends_at, EndKind.EXPIRED)

    def test_touches_no_other_person_nor_structure(self, acteur, rose, charlie, as_acteur, at):
        there = as_acteur(charlie)
        elsewhere = signed_mandat(there, usager_of(there, at=at), at=at)
        andrei = usager_of(acteur, at=at, identity=ANDREI, sub="b" * 66)
        his = signed_mandat(acteur, andrei, at=at)

        signed_mandat(acteur, rose, at=at)

        assert line_of(elsewhere).ended_at is None
        assert line_of(his).ended_at is None

    def test_is_all_or_nothing(self, acteur, rose, at, monkeypatch):
        """S-30: when the trace cannot be written, nothing happened."""
        former = signed_mandat(acteur, rose, at=at)

        def broken(*_args, **_kwargs):
            raise OSError("no space")

        monkeypatch.setattr("tandem.mandats.actions.sign.record_all", broken)
        with pytest.raises(OSError, match="no space"), transaction.atomic():
            signed_mandat(acteur, rose, at=at + timedelta(hours=1))

        assert line_of(former).ended_at is None
        assert Mandat.objects.count() == 1


class TestTheDatabase:
    def test_holds_one_live_autorisation_per_structure_usager_and_scope(self, acteur, rose, at):
        """R-10, I3."""
        line = line_of(signed_mandat(acteur, rose, at=at))
        other = signed_mandat(acteur, rose, ["theme:social"], at=at)

        with pytest.raises(IntegrityError), transaction.atomic():
            Autorisation.objects.create(
                mandat=other, structure=line.structure, usager=rose, scope=line.scope, theme=line.theme,
                presence_allowed=["presence"], started_at=at, ends_at=line.ends_at,
            )  # fmt: skip

    @pytest.mark.parametrize(
        "values",
        [
            {"seal": ""},
            {"snapshot": ""},
            {"ends_at": None},
            {"text_version": ""},
            {"duree": "toujours"},
            {"end_kind": "revoked"},
        ],
        ids=str,
    )
    def test_refuses_a_mandat_that_does_not_state_everything(self, acteur, rose, at, values):
        """P-01."""
        mandat = signed_mandat(acteur, rose, at=at)

        with pytest.raises(IntegrityError), transaction.atomic():
            Mandat.objects.filter(pk=mandat.pk).update(**values)

    @pytest.mark.parametrize(
        "values",
        [{"scope": "all"}, {"theme": ""}, {"ended_at": None, "end_kind": "revoked"}],
        ids=str,
    )
    def test_refuses_a_line_without_scope_theme_or_reason(self, acteur, rose, at, values):
        line = line_of(signed_mandat(acteur, rose, at=at))

        with pytest.raises(IntegrityError), transaction.atomic():
            Autorisation.objects.filter(pk=line.pk).update(**values)


class TestRenewing:
    def renewal(self, acteur, mandat, at, **changes):
        draft = actions.start_renewal(acteur=acteur, mandat=mandat, at=at)
        known = {"scopes": tuple(r.scope for r in mandat.autorisations.order_by("pk"))}
        answers = complete_answers(
            **(known | {"identity": {}, "identity_confirmed": False} | changes)
        )
        draft.content, draft.identified_at = answers.to_json(), at
        draft.save()
        return draft

    def test_by_the_persons_code_replaces_the_whole_former_mandat(self, acteur, rose, at):
        former = signed_mandat(acteur, rose, ["theme:logement", "theme:social"], at=at)
        later = at + timedelta(days=20)

        draft = self.renewal(acteur, former, later, scopes=("theme:logement",))
        mandat = sign_draft(acteur=acteur, draft=draft, gesture=None, at=later)

        former.refresh_from_db()
        assert mandat.renews == former
        assert mandat.consent_method == "code"
        assert (former.ended_at, former.end_kind) == (later, EndKind.SUPERSEDED)

    def test_is_asked_twice_and_begun_once(self, acteur, rose, at):
        """S-24."""
        mandat = signed_mandat(acteur, rose, at=at)

        one = actions.start_renewal(acteur=acteur, mandat=mandat, at=at)

        assert actions.start_renewal(acteur=acteur, mandat=mandat, at=at) == one

    @pytest.mark.parametrize(
        "changes",
        [{"scopes": ("theme:social",)}, {"duree": "an"}, {"ways": ("presence", "absence")}],
        ids=["other scope", "longer", "wider"],
    )
    def test_by_code_gives_nothing_more(self, acteur, rose, at, changes):
        """P-08: anything wider asks for the person's identification."""
        draft = self.renewal(acteur, signed_mandat(acteur, rose, at=at), at, **changes)

        with pytest.raises(MandatRefused, match="dépasse"):
            sign_draft(acteur=acteur, draft=draft, gesture=None, at=at)

    def test_by_code_is_done_once_only(self, acteur, rose, at):
        first = signed_mandat(acteur, rose, at=at)
        second = sign_draft(
            acteur=acteur, draft=self.renewal(acteur, first, at), gesture=None, at=at
        )

        draft = self.renewal(acteur, second, at)

        with pytest.raises(MandatRefused, match="déjà été prolongé"):
            sign_draft(acteur=acteur, draft=draft, gesture=None, at=at)

    def test_after_the_end_is_refused(self, acteur, rose, at):
        mandat = signed_mandat(acteur, rose, duree="jour", at=at)
        draft = self.renewal(acteur, mandat, at)
        actions.revoke_mandat(acteur=acteur, mandat=mandat, at=at)

        with pytest.raises(MandatRefused, match="déjà terminé"):
            sign_draft(acteur=acteur, draft=draft, gesture=None, at=at)
        with pytest.raises(MandatRefused, match="terminé"):
            actions.start_renewal(acteur=acteur, mandat=mandat, at=at)

    def test_without_an_identification_a_new_mandat_is_refused(self, acteur, at):
        answers = complete_answers(identity={}, identity_confirmed=False)

        with pytest.raises(MandatRefused, match="FranceConnect"):
            sign_draft(
                acteur=acteur,
                draft=ready_draft(acteur, at=at, answers=answers),
                gesture=None,
                at=at,
            )


class TestTransferring:
    def test_ends_the_mandat_brought_from_the_other_structure(
        self, acteur, rose, charlie, as_acteur, at
    ):
        there = as_acteur(charlie)
        former = signed_mandat(there, usager_of(there, at=at), at=at)
        draft = ready_draft(acteur, at=at)

        draft = actions.link_transfer(
            acteur=acteur, draft=draft, code=former.verification_code, at=at
        )
        mandat = sign_draft(acteur=acteur, draft=draft, gesture=None, at=at)

        former.refresh_from_db()
        assert mandat.transferred_from == former
        assert former.end_kind == EndKind.SUPERSEDED

    def test_of_another_persons_mandat_signs_nothing(self, acteur, charlie, as_acteur, at):
        there = as_acteur(charlie)
        his = signed_mandat(there, usager_of(there, at=at, identity=ANDREI, sub="b" * 66), at=at)
        draft = ready_draft(acteur, at=at, transferred_from=his)

        with pytest.raises(IdentityRefused, match="autre personne"):
            sign_draft(acteur=acteur, draft=draft, gesture=None, at=at)

        his.refresh_from_db()
        assert his.ended_at is None

    def test_without_a_live_mandat_elsewhere_is_refused(self, acteur, rose, at):
        own = signed_mandat(acteur, rose, at=at)
        draft = ready_draft(acteur, at=at)

        for code in (own.verification_code, "", "3" * 28):
            with pytest.raises(MandatRefused):
                actions.link_transfer(acteur=acteur, draft=draft, code=code, at=at)


def test_the_identity_of_someone_known_comes_back_whole(acteur, rose):
    assert identity_of(rose, sub="x")["family_name"] == "Lefèvre"
