"""What the people of the demonstration do, step by step, over HTTP, through the real pages.

Nothing here knows the house: a person could do the same with a browser and no script, but for the
passkey, which is made of software.
"""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from simulateurs.browser import Browser, Form, Page, PageError
from simulateurs.passkey import Passkey

PASSWORD = "riviere-lampe-velo-nuage"
BASE32 = re.compile(r"[A-Z2-7 ]{20,}")


@dataclass
class Professional:
    """Someone who works with Tandem, their browser and their device."""

    name: str
    email: str
    role: str
    site: str
    browser: Browser = field(default_factory=Browser)
    passkey: Passkey = field(default_factory=Passkey)
    totp_secret: str = ""
    recovery_codes: list[str] = field(default_factory=list)

    def dump(self) -> dict[str, Any]:
        """What `load` needs, to be this person again at the next run."""
        return {
            "name": self.name,
            "email": self.email,
            "role": self.role,
            "password": PASSWORD,
            "totp_secret": self.totp_secret,
            "passkey": self.passkey.dump(),
        }

    @classmethod
    def load(cls, data: dict[str, Any], site: str) -> "Professional":
        """The person that `dump` wrote."""
        return cls(
            name=data["name"],
            email=data["email"],
            role=data["role"],
            site=site,
            passkey=Passkey.load(data["passkey"]),
            totp_secret=data["totp_secret"],
        )

    def enrol(self, link: str) -> None:
        """From the link of the invitation to a compte with a passkey, an application and codes."""
        browser = self.browser
        browser.go(link)
        browser.submit(browser.page.form(having="again"), {"password": PASSWORD, "again": PASSWORD})
        browser.go(f"{self.site}/comptes/facteurs/cle/")
        form = browser.page.form(having="credential")
        credential = self.passkey.register(self._options(form, "facteurs/cle/options"), self.site)
        browser.submit(form, {"name": "Clé de démonstration", "credential": json.dumps(credential)})
        browser.submit(browser.page.form(button="Créer mes codes"))
        self.recovery_codes = re.findall(r"<code>([^<]+)</code>", browser.page.html)
        browser.submit(browser.page.form(button="rangés"))
        browser.go(f"{self.site}/comptes/facteurs/application/")
        found = BASE32.search(browser.page.text)
        if found is None:
            raise PageError(f"no key to copy at {browser.page.where()}")
        self.totp_secret = found[0].replace(" ", "")
        form = browser.page.form(having="code")
        values = {"code": one_time_code(self.totp_secret), **self.gesture(form)}
        browser.submit(form, values)
        expect(browser.page, "Mon compte")

    def log_in(self) -> None:
        """With the passkey, from the login page."""
        browser = self.browser
        browser.go(f"{self.site}/comptes/connexion/")
        self.log_in_here()

    def log_in_here(self) -> None:
        """With the passkey, on the login page one has been sent to."""
        form = self.browser.page.form(action="connexion/cle")
        assertion = self.passkey.sign(self._options(form, "connexion/cle/options"), self.site)
        self.browser.submit(form, {"geste_credential": json.dumps(assertion)})

    def gesture(self, form: Form) -> dict[str, str]:
        """The gesture the form asks for, made with the passkey."""
        act = self.browser.page.data.get("data-act", "")
        options = self._options(form, "comptes/geste", act=act)
        return {"geste_credential": json.dumps(self.passkey.sign(options, self.site))}

    def _options(self, form: Form, path: str, act: str = "") -> dict[str, Any]:
        token = form.fields["csrfmiddlewaretoken"][0]
        step = self.browser.page.data.get("data-step", "")
        page = self.browser.post(
            f"{self.site}/{path if path.startswith('comptes/') else 'comptes/' + path}/",
            {"act": act, "etape": step},
            {"X-CSRFToken": token, "Accept": "application/json"},
        )
        if page.status != 200:
            raise PageError(f"no challenge: {page.where()}")
        options: dict[str, Any] = json.loads(page.content)
        return options


def one_time_code(secret: str) -> str:
    """The code that the application shows now."""
    import time

    from simulateurs.console import one_time_code as at_instant

    return at_instant(secret, time.time())


def expect(page: Page, words: str) -> None:
    """Go on only when the page says these words.

    Raises:
        PageError: it does not; the message shows what it says.
    """
    if page.status >= 400 or words not in page.text:
        raise PageError(f"« {words} » expected, came {page.where()}")
