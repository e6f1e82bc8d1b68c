"""From the invitation to two factors, and what may change after."""

import json
import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection

from tandem.comptes import actions, factors, queries
from tandem.comptes.models import Compte, RecoveryCode
from tandem.comptes.rules import FactorKind, GestureResponse, totp_code, totp_step
from tandem.comptes.tests.authenticator import SoftwareAuthenticator
from tandem.comptes.tests.factories import (
    BORN,
    CompteFactory,
    authenticators_of,
    login,
    passkey_of,
    recovery_code,
)
from tandem.comptes.tests.factories import totp_code as code_of
from tandem.envois.models import Message
from tandem.journal.models import Entry
from tandem.journal.rules import SYSTEM
from tandem.kernel.crypto import DecryptionError

NEW = "champ violon tempête facteur"
SIGNED_OUT = 302


def shown_code(browser) -> str:
    """What an application that scanned the page shows: read the secret, compute the code."""
    page = browser.get("/comptes/facteurs/application/").content.decode()
    compte = Compte.objects.get()
    sealed = browser.session["comptes_totp"]
    secret = factors.unseal(compte, FactorKind.TOTP, sealed)
    assert factors.totp_text(secret)[:4] in page
    from tandem.kernel import clock

    return totp_code(secret, totp_step(clock.now()))


@pytest.fixture
def invited(db, clock) -> actions.Invitation:
    return actions.invite_compte(
        email="Zoe@Mairie.example",
        given_name="Zoé",
        family_name="Exemple",
        author=SYSTEM,
        at=clock.now,
    )


@pytest.fixture
def zoe(invited, client):
    """Her browser, once she has followed the link and chosen a password."""
    client.get(invited.link, follow=True)
    client.post("/comptes/activation/", {"password": NEW, "again": NEW})
    return client


class TestAnInvitation:
    def test_makes_a_compte_that_opens_nothing_and_sends_the_link(self, invited) -> None:
        compte = invited.compte
        assert compte.email == "zoe@mairie.example"
        assert not compte.has_usable_password()
        message = Message.objects.get()
        assert message.recipient == compte.email
        assert invited.link in message.body
        token = invited.link.rstrip("/").rpartition("/")[2]
        activation = compte.activations.get()
        assert token not in activation.token_hash
        assert Entry.objects.get(event="comptes.invited").subject_id == compte.public_id

    def test_is_refused_for_an_address_that_has_a_compte(self, invited, clock) -> None:
        with pytest.raises(actions.InvitationRefused, match="déjà un compte"):
            actions.invite_compte(
                email=" ZOE@mairie.example",
                given_name="Z",
                family_name="E",
                author=SYSTEM,
                at=clock.now,
            )

    @pytest.mark.parametrize(
        ("phone", "kept"),
        [("06 12 34 56 78", "+33612345678"), ("0692 12 34 56", "+262692123456"), ("", "")],
    )
    def test_keeps_a_mobile_number(self, db, clock, phone, kept) -> None:
        invited = actions.invite_compte(
            email="y@x.example",
            given_name="Y",
            family_name="E",
            phone=phone,
            author=SYSTEM,
            at=clock.now,
        )
        assert invited.compte.phone == kept

    @pytest.mark.parametrize(
        "changes",
        [{"phone": "01 23 45 67 89"}, {"phone": "abc"}, {"given_name": " "}, {"email": ""}],
    )
    def test_is_refused_when_something_is_missing_or_wrong(self, db, clock, changes) -> None:
        given = {"email": "y@x.example", "given_name": "Y", "family_name": "E", **changes}

        with pytest.raises(actions.InvitationRefused):
            actions.invite_compte(**given, author=SYSTEM, at=clock.now)
        assert not Compte.objects.exists()

    def test_may_be_sent_again_and_the_older_link_dies(self, invited, client, clock) -> None:
        again = actions.renew_link(compte=invited.compte, author=SYSTEM, at=clock.now)

        assert client.get(invited.link, follow=True).status_code == 404
        assert client.get(again.link, follow=True).status_code == 200

    def test_is_not_sent_again_once_used(self, invited, zoe, clock) -> None:
        compte = Compte.objects.get()
        with pytest.raises(actions.InvitationRefused, match="déjà activé"):
            actions.renew_link(compte=compte, author=SYSTEM, at=clock.now)


class TestTheLink:
    def test_leaves_the_address_and_is_not_spent_by_being_opened(self, invited, client) -> None:
        """ASVS 14.2.1; programs that open the links of e-mails spend nothing."""
        for _number in range(3):
            answer = client.get(invited.link)
            assert answer.url == "/comptes/activation/"
        page = client.get("/comptes/activation/").content.decode()
        assert "Bienvenue Zoé" in page
        assert invited.link.rstrip("/").rpartition("/")[2] not in page

    def test_serves_once(self, invited, zoe, client) -> None:
        again = type(client)().get(invited.link, follow=True)

        assert again.status_code == 404
        assert "Ce lien ne sert plus" in again.content.decode()

    @pytest.mark.parametrize(("days", "status"), [(6.99, 200), (7, 404)])
    def test_serves_seven_days(self, invited, client, clock, days, status) -> None:
        clock.move(days=days)

        assert client.get(invited.link, follow=True).status_code == status

    def test_dies_with_the_compte(self, invited, client, clock) -> None:
        actions.deactivate_compte(compte=invited.compte, author=SYSTEM, at=clock.now)

        assert client.get(invited.link, follow=True).status_code == 404

    def test_that_nobody_made_opens_nothing(self, client, db) -> None:
        assert client.get("/comptes/activation/abc/", follow=True).status_code == 404
        assert client.get("/comptes/activation/").status_code == 404

    @pytest.mark.parametrize(
        ("password", "again", "words"),
        [
            ("court", "court", "12 caractères"),
            ("motdepasse2026!", "motdepasse2026!", "facile à deviner"),
            ("Tandem20262026", "Tandem20262026", "facile à deviner"),
            ("aaaaaaaaaaaaaa", "aaaaaaaaaaaaaa", "facile à deviner"),
            ("02/11/2026 09:00", "02/11/2026 09:00", "facile à deviner"),
            ("zoe@mairie.example", "zoe@mairie.example", "trop semblable"),
            ("é" * 129, "é" * 129, "trop long"),
            (NEW, NEW + "s", "différents"),
        ],
    )
    def test_asks_for_a_password_worth_the_name_and_stays_good(
        self, invited, client, password, again, words
    ) -> None:
        """ASVS 6.2."""
        client.get(invited.link, follow=True)
        answer = client.post("/comptes/activation/", {"password": password, "again": again})

        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert client.get("/comptes/activation/").status_code == 200


class TestEnrolment:
    @pytest.mark.parametrize("path", ["/comptes/", "/accueil/", "/comptes/mot-de-passe/"])
    def test_comes_before_any_other_page(self, zoe, path) -> None:
        """S-11: enrolment cannot be left with one factor."""
        answer = zoe.get(path)

        assert (answer.status_code, answer.url) == (302, "/comptes/facteurs/")

    def test_by_the_application_ends_with_codes_put_away(self, zoe, clock) -> None:
        """S-11, first login: password, application, codes; then the doors open."""
        assert "Choisissez comment" in zoe.get("/comptes/facteurs/").content.decode()
        answer = zoe.post("/comptes/facteurs/application/", {"code": shown_code(zoe)})
        assert answer.url == "/comptes/facteurs/secours/"
        assert zoe.get("/comptes/").url == "/comptes/facteurs/"

        page = zoe.post("/comptes/facteurs/secours/").content.decode()
        codes = re.findall(r"<code>([0-9A-Z-]{19})</code>", page)
        assert len(set(codes)) == 10
        assert zoe.get("/comptes/").url == "/comptes/facteurs/"
        assert "imprimés ou recopiés" in zoe.get("/comptes/facteurs/").content.decode()

        zoe.post("/comptes/facteurs/secours/ranges/")
        assert zoe.get("/comptes/").status_code == 200
        compte = Compte.objects.get()
        assert compte.enrolled_at == clock.now
        # What was printed works, and is not what the table holds.
        kept = set(RecoveryCode.objects.values_list("code_hash", flat=True))
        assert not kept & {code.replace("-", "") for code in codes}
        gesture = actions.verify_gesture(
            compte=compte, act="mandat.sign:x", response=GestureResponse(codes[7]), at=clock.now
        )
        assert gesture.method == "recovery"

    def test_by_a_passkey_ends_with_codes_put_away(self, zoe) -> None:
        """S-10, S-11: and the codes are the factor that works without JavaScript."""
        device = SoftwareAuthenticator()
        options = zoe.post("/comptes/facteurs/cle/options/").json()
        assert options["publicKey"]["authenticatorSelection"]["userVerification"] == "required"
        answer = zoe.post(
            "/comptes/facteurs/cle/", {"credential": device.create(options), "name": "Bureau"}
        )
        assert answer.url == "/comptes/facteurs/secours/"
        zoe.post("/comptes/facteurs/secours/")
        zoe.post("/comptes/facteurs/secours/ranges/")

        compte = Compte.objects.get()
        assert compte.has_passkey
        assert "Bureau" in zoe.get("/comptes/").content.decode()

    def test_does_not_end_without_codes(self, zoe) -> None:
        """S-11."""
        zoe.post("/comptes/facteurs/application/", {"code": shown_code(zoe)})
        zoe.post("/comptes/facteurs/secours/ranges/")

        assert Compte.objects.get().enrolled_at is None
        assert zoe.get("/comptes/").url == "/comptes/facteurs/"

    def test_does_not_end_without_a_device(self, zoe) -> None:
        """S-11."""
        assert zoe.post("/comptes/facteurs/secours/").url == "/comptes/facteurs/"
        zoe.post("/comptes/facteurs/secours/ranges/")

        assert Compte.objects.get().enrolled_at is None
        assert not RecoveryCode.objects.exists()

    def test_left_in_the_middle_asks_for_the_factor_already_there(self, zoe, client, clock) -> None:
        """A password alone never opens a compte that has a factor."""
        zoe.post("/comptes/facteurs/application/", {"code": shown_code(zoe)})
        compte = Compte.objects.get()
        clock.move(seconds=30)
        other = type(client)()

        answer = other.post("/comptes/connexion/", {"email": compte.email, "password": NEW})
        assert answer.url == "/comptes/connexion/code/"
        other.post("/comptes/connexion/code/", {"geste_code": code_of(compte, clock.now)})
        assert other.get("/comptes/").url == "/comptes/facteurs/"

    def test_refuses_a_code_that_the_application_does_not_show(self, zoe) -> None:
        shown = shown_code(zoe)
        wrong = f"{(int(shown) + 1) % 1_000_000:06d}"
        answer = zoe.post("/comptes/facteurs/application/", {"code": wrong})

        assert answer.status_code == 422
        assert "l’heure de votre téléphone" in answer.content.decode()
        # The drawing stays the same: nothing to scan again.
        assert shown_code(zoe) == shown

    def test_spends_the_code_that_was_typed(self, zoe, clock) -> None:
        """S-10: the code of the enrolment opens nothing."""
        code = shown_code(zoe)
        zoe.post("/comptes/facteurs/application/", {"code": code})

        with pytest.raises(actions.LoginRefused, match="déjà servi"):
            actions.prove_login(
                compte=Compte.objects.get(),
                response=GestureResponse(code),
                visitor=actions.Visitor("192.0.2.1"),
                at=clock.now,
            )


class TestAPasskeyToAdd:
    def add(
        self, compte: Compte, at, *, device: SoftwareAuthenticator, challenge: str = ""
    ) -> None:
        options = actions.registration_options(compte=compte, at=at)
        if challenge:
            options["publicKey"] = {**options["publicKey"], "challenge": challenge}
        actions.add_passkey(
            compte=compte,
            name="",
            credential=device.create(options),
            response=GestureResponse(),
            at=at,
        )

    @pytest.fixture
    def zed(self, db) -> Compte:
        return CompteFactory()

    def test_is_kept_sealed_for_its_compte(self, zed, at) -> None:
        """S-42: a row moved to another compte does not open."""
        self.add(zed, at, device=SoftwareAuthenticator())
        row = Authenticator.objects.get()
        assert len(queries.passkeys_of(zed)) == 1

        with pytest.raises(DecryptionError):
            factors.passkey(CompteFactory(), row)

    @pytest.mark.parametrize(
        "device",
        [
            {"verified": False},
            {"origin": "https://tandem.evil.test"},
            {"origin": "https://www.tandem.example"},
            {"rp_id": "evil.test"},
        ],
        ids=["not verified", "other origin", "sub-domain", "other site"],
    )
    def test_is_refused_unless_all_is_right(self, zed, at, device) -> None:
        """S-10: user verification required at registration too."""
        with pytest.raises(actions.EnrolmentRefused, match="n’a pas pu être ajoutée"):
            self.add(zed, at, device=SoftwareAuthenticator(**device))
        assert not Authenticator.objects.exists()

    def test_is_refused_for_a_challenge_that_was_not_ours(self, zed, at) -> None:
        with pytest.raises(actions.EnrolmentRefused):
            self.add(zed, at, device=SoftwareAuthenticator(), challenge="A" * 86)

    def test_is_refused_for_the_challenge_of_someone_else(self, zed, at) -> None:
        options = actions.registration_options(compte=CompteFactory(), at=at)

        with pytest.raises(actions.EnrolmentRefused):
            actions.add_passkey(
                compte=zed,
                name="",
                credential=SoftwareAuthenticator().create(options),
                response=GestureResponse(),
                at=at,
            )

    def test_is_refused_when_replayed_or_late(self, zed, at) -> None:
        options = actions.registration_options(compte=zed, at=at)
        credential = SoftwareAuthenticator().create(options)
        given = {"compte": zed, "name": "", "credential": credential, "response": GestureResponse()}
        with pytest.raises(actions.EnrolmentRefused):
            actions.add_passkey(**given, at=at + timedelta(minutes=5))
        actions.add_passkey(**given, at=at)

        with pytest.raises(actions.EnrolmentRefused):
            actions.add_passkey(**given, at=at)
        assert authenticators_of(zed) == 1

    @pytest.mark.parametrize("credential", ["{", "[]", '{"response": {}}', '{"response": null}'])
    def test_malformed_is_refused_in_words(self, zed, at, credential) -> None:
        with pytest.raises(actions.EnrolmentRefused):
            actions.add_passkey(
                compte=zed, name="", credential=credential, response=GestureResponse(), at=at
            )

    def test_opens_the_compte_alone(self, zed, at) -> None:
        """Registration and login through our own checks, end to end."""
        device = SoftwareAuthenticator()
        self.add(zed, at, device=device)
        visitor = actions.Visitor("192.0.2.1")
        options = actions.login_options(compte=None, visitor=visitor, at=at)

        found = actions.prove_passkey_alone(
            response=GestureResponse(credential=device.get(options)), visitor=visitor, at=at
        )
        assert found == zed


class TestSomeoneEnrolled:
    def test_shows_a_factor_before_adding_one(self, alice, client_of, clock) -> None:
        """S-08: the cookie alone does not add a factor."""
        browser = client_of(alice)
        device = SoftwareAuthenticator()
        options = browser.post("/comptes/facteurs/cle/options/").json()
        credential = device.create(options)
        form = {"credential": credential, "name": "Clé USB bleue"}

        bare = browser.post("/comptes/facteurs/cle/", form)
        assert bare.status_code == 422
        assert "tapez un code" in bare.content.decode()
        # What was typed, and the key just made, wait for the code.
        assert "Clé USB bleue" in bare.content.decode()
        assert json.loads(credential)["id"] in bare.content.decode()

        browser.post("/comptes/facteurs/cle/", {**form, "geste_code": code_of(alice, clock.now)})
        assert authenticators_of(alice) == 2
        assert "clé d’accès" in Message.objects.get().body

    def test_shows_a_factor_before_making_codes(self, alice, client_of, clock) -> None:
        browser = client_of(alice)
        assert browser.post("/comptes/facteurs/secours/").status_code == 422
        assert RecoveryCode.objects.count() == 3

        page = browser.post("/comptes/facteurs/secours/", {"geste_code": recovery_code(0)})
        assert page.content.decode().count("<code>") == 10
        assert RecoveryCode.objects.count() == 10
        with pytest.raises(actions.GestureRefused):
            actions.verify_gesture(
                compte=alice,
                act="mandat.sign:x",
                response=GestureResponse(recovery_code(1)),
                at=clock.now,
            )

    def test_is_sent_to_make_codes_after_the_last_one(self, alice, client_of) -> None:
        """Each compte keeps a factor that works without JavaScript."""
        Compte.objects.filter(pk=alice.pk).update(recovery_codes_left=0)

        browser = client_of(alice)
        assert browser.get("/comptes/").url == "/comptes/facteurs/secours/"
        assert "votre dernier code" in browser.get("/comptes/facteurs/secours/").content.decode()

    def test_cannot_remove_the_last_device(self, alice, client_of, clock) -> None:
        """S-11."""
        [factor] = queries.factors_of(alice)
        browser = client_of(alice)

        answer = browser.post(
            f"/comptes/facteurs/{factor.ref}/retirer/", {"geste_code": recovery_code(0)}
        )
        assert answer.status_code == 422
        assert "Il resterait un seul moyen" in answer.content.decode()
        assert authenticators_of(alice) == 1

    def test_removes_one_of_two_with_a_gesture(self, client_of, clock, db) -> None:
        bob = CompteFactory(with_totp=True, with_passkey=True)
        passkey = next(f for f in queries.factors_of(bob) if f.kind == FactorKind.PASSKEY)
        browser = client_of(bob)
        path = f"/comptes/facteurs/{passkey.ref}/retirer/"
        assert "Clé de test" in browser.get(path).content.decode()
        assert browser.post(path).status_code == 422

        answer = browser.post(path, {"geste_code": code_of(bob, clock.now)}, follow=True)

        assert "ne permet plus de se connecter" in answer.content.decode()
        bob.refresh_from_db()
        assert not bob.has_passkey
        assert Entry.objects.get(event="comptes.factor_removed").facts_text == '{"kind":"webauthn"}'

    def test_cannot_remove_the_factor_of_another(self, alice, oscar, client_of, clock) -> None:
        [factor] = queries.factors_of(oscar)
        path = f"/comptes/facteurs/{factor.ref}/retirer/"

        assert client_of(alice).get(path).url == "/comptes/"
        with pytest.raises(actions.EnrolmentRefused, match="n’existe plus"):
            actions.remove_factor(
                compte=alice,
                ref=factor.ref,
                response=GestureResponse(code_of(alice, clock.now)),
                at=clock.now,
            )
        assert authenticators_of(oscar) == 1

    def test_has_one_application_at_most(self, alice, clock) -> None:
        secret = factors.new_totp_secret()
        with pytest.raises(actions.EnrolmentRefused, match="déjà une application"):
            actions.add_totp(
                compte=alice,
                secret=secret,
                code=totp_code(secret, totp_step(clock.now)),
                response=GestureResponse(recovery_code(0)),
                at=clock.now,
            )


class TestSecretsAtRest:
    def test_are_sealed_for_their_compte(self, alice) -> None:
        """S-10, S-42: no seed in clear; a seed copied to another row does not open."""
        secret = alice.public_id.bytes + b"four"
        with connection.cursor() as cursor:
            cursor.execute("SELECT data FROM mfa_authenticator")
            [(stored,)] = cursor.fetchall()
        assert factors.totp_text(secret) not in stored
        row = Authenticator.objects.get()
        assert factors.totp_secret(alice, row) == secret

        with pytest.raises(DecryptionError):
            factors.totp_secret(CompteFactory(), row)

    def test_that_allauth_would_write_are_encrypted_too(self) -> None:
        from allauth.mfa.utils import decrypt, encrypt

        assert "secret" not in encrypt("secret")
        assert decrypt(encrypt("secret")) == "secret"

    def test_of_recovery_codes_differ_from_one_compte_to_another(self, alice, oscar) -> None:
        """ASVS 6.5.2: salted by compte, keyed by the installation, slow."""
        assert factors.recovery_hash(alice, "A" * 16) != factors.recovery_hash(oscar, "A" * 16)
        assert factors.recovery_hash(alice, "aaaa-aaaa aaaaaaaa") == factors.recovery_hash(
            alice, "A" * 16
        )

    def test_are_slow_to_try_outside_tests(self) -> None:
        import inspect

        assert "2**14" in inspect.getsource(factors).split("_SCRYPT")[1]


def test_a_passkey_is_found_by_its_owner_in_stories(bob) -> None:
    assert passkey_of(bob).user_handle == bob.public_id.bytes
    assert bob.enrolled_at == BORN


def test_login_needs_no_page(bob, client, clock) -> None:
    assert login(client, bob).get("/comptes/").status_code == 200
