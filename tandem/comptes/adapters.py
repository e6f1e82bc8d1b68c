"""How Tandem bends allauth: its entrance is kept, its pages are not."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from tandem.kernel.crypto import decrypt, encrypt

_AAD = b"mfa_authenticator:data"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """No public sign-up, one stage after the password, no message of allauth's."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth's
        return False

    def get_login_stages(self) -> list[str]:
        return ["tandem.comptes.entry.SecondFactorStage"]

    def respond_user_inactive(self, request: HttpRequest, user: object) -> HttpResponse:  # noqa: ARG002
        return redirect("comptes:login")

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Name the session, then send the person where they were going."""
        # Late: entry reads models, and settings name this module before they are ready.
        from tandem.comptes.entry import enter

        return enter(request, user, **kwargs)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Nothing of allauth's is ever sent: messages are rows of envois."""
        raise NotImplementedError(template_prefix)


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # same
    """Whatever allauth would store of a factor is encrypted (S-10).

    Ours is more: tandem.comptes.factors binds each secret to the compte that holds it.
    """

    def encrypt(self, text: str) -> str:
        return encrypt(text.encode(), aad=_AAD)

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(encrypted_text, aad=_AAD).decode()
