"""From the invitation to two factors, and what may change after."""

import re

import pytest
from django.test import Client

from tandem.comptes import actions, factors
from tandem.comptes.models import Compte, RecoveryCode
from tandem.comptes.rules import FactorKind, GestureResponse, totp_code, totp_step
from tandem.comptes.tests.authenticator import SoftwareAuthenticator
from tandem.comptes.tests.conftest import NEW, Clock
from tandem.comptes.tests.factories import totp_code as code_of


def shown_code(browser: Client) -> str:
    """What an application that scanned the page shows: read the secret, compute the code."""
    page = browser.get("/comptes/facteurs/application/").content.decode()
    compte = Compte.objects.get()
    sealed = browser.session["comptes_totp"]
    secret = factors.unseal(compte, FactorKind.TOTP, sealed)
    assert factors.totp_text(secret)[:4] in page
    from tandem.kernel import clock

    return totp_code(secret, totp_step(clock.now()))


class TestEnrolment:
    @pytest.mark.parametrize("path", ["/comptes/", "/accueil/", "/comptes/mot-de-passe/"])
    def test_comes_before_any_other_page(self, zoe: Client, path: str) -> None:
        """S-11: enrolment cannot be left with one factor."""
        answer = zoe.get(path)

        assert (answer.status_code, answer["Location"]) == (302, "/comptes/facteurs/")

    def test_by_the_application_ends_with_codes_put_away(self, zoe: Client, clock: Clock) -> None:
        """S-11, first login: password, application, codes; then the doors open."""
        assert "Choisissez comment" in zoe.get("/comptes/facteurs/").content.decode()
        answer = zoe.post("/comptes/facteurs/application/", {"code": shown_code(zoe)})
        assert answer["Location"] == "/comptes/facteurs/secours/"
        assert zoe.get("/comptes/")["Location"] == "/comptes/facteurs/"

        page = zoe.post("/comptes/facteurs/secours/").content.decode()
        codes = re.findall(r"<code>([0-9A-Z-]{19})</code>", page)
        assert len(set(codes)) == 10
        assert zoe.get("/comptes/")["Location"] == "/comptes/facteurs/"
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

    def test_by_a_passkey_ends_with_codes_put_away(self, zoe: Client) -> None:
        """S-10, S-11: and the codes are the factor that works without JavaScript."""
        device = SoftwareAuthenticator()
        options = zoe.post("/comptes/facteurs/cle/options/").json()
        assert options["publicKey"]["authenticatorSelection"]["userVerification"] == "required"
        answer = zoe.post(
            "/comptes/facteurs/cle/", {"credential": device.create(options), "name": "Bureau"}
        )
        assert answer["Location"] == "/comptes/facteurs/secours/"
        zoe.post("/comptes/facteurs/secours/")
        zoe.post("/comptes/facteurs/secours/ranges/")

        compte = Compte.objects.get()
        assert compte.has_passkey
        assert "Bureau" in zoe.get("/comptes/").content.decode()

    def test_does_not_end_without_codes(self, zoe: Client) -> None:
        """S-11."""
        zoe.post("/comptes/facteurs/application/", {"code": shown_code(zoe)})
        zoe.post("/comptes/facteurs/secours/ranges/")

        assert Compte.objects.get().enrolled_at is None
        assert zoe.get("/comptes/")["Location"] == "/comptes/facteurs/"

    def test_does_not_end_without_a_device(self, zoe: Client) -> None:
        """S-11."""
        assert zoe.post("/comptes/facteurs/secours/")["Location"] == "/comptes/facteurs/"
        zoe.post("/comptes/facteurs/secours/ranges/")

        assert Compte.objects.get().enrolled_at is None
        assert not RecoveryCode.objects.exists()

    def test_left_in_the_middle_asks_for_the_factor_already_there(
        self, zoe: Client, client: Client, clock: Clock
    ) -> None:
        """A password alone never opens a compte that has a factor."""
        zoe.post("/comptes/facteurs/application/", {"code": shown_code(zoe)})
        compte = Compte.objects.get()
        clock.move(seconds=30)
        other = type(client)()

        answer = other.post("/comptes/connexion/", {"email": compte.email, "password": NEW})
        assert answer["Location"] == "/comptes/connexion/code/"
        other.post("/comptes/connexion/code/", {"geste_code": code_of(compte, clock.now)})
        assert other.get("/comptes/")["Location"] == "/comptes/facteurs/"

    def test_refuses_a_code_that_the_application_does_not_show(self, zoe: Client) -> None:
        shown = shown_code(zoe)
        wrong = f"{(int(shown) + 1) % 1_000_000:06d}"
        answer = zoe.post("/comptes/facteurs/application/", {"code": wrong})

        assert answer.status_code == 422
        assert "l’heure de votre téléphone" in answer.content.decode()
        # The drawing stays the same: nothing to scan again.
        assert shown_code(zoe) == shown

    def test_spends_the_code_that_was_typed(self, zoe: Client, clock: Clock) -> None:
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
