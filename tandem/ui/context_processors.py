"""What every page knows of the installation."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

PERSON_PRESENT_SESSION_KEY = "person_present_usager"


@dataclass(frozen=True)
class Site:
    """The installation, as a page names it."""

    operator: str
    support_email: str
    support_phone: str
    mode: str
    demo_page_url: str

    @property
    def is_demo(self) -> bool:
        return self.mode == "demo"


def this_site() -> Site:
    """The installation of this process; reads settings only."""
    return Site(
        operator=settings.TANDEM_OPERATOR_NAME,
        support_email=settings.TANDEM_SUPPORT_EMAIL,
        support_phone=settings.TANDEM_SUPPORT_PHONE,
        mode=settings.TANDEM_MODE,
        demo_page_url=settings.TANDEM_DEMO_PAGE_URL,
    )


def site(request: HttpRequest) -> dict[str, object]:
    """`site` and `person_present`; costs no query to someone who has no session."""
    session = getattr(request, "session", None)
    return {
        "site": this_site(),
        "person_present": bool(session is not None and session.get(PERSON_PRESENT_SESSION_KEY)),
    }
