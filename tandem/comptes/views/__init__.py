"""Pages of comptes, by topic."""

from tandem.comptes.views.account import (
    account,
    change_password,
    close_others,
    close_session,
    gesture_options,
    keep_alive,
    refuse_reset,
    remove_factor,
)
from tandem.comptes.views.enrolment import (
    activation,
    activation_link,
    add_passkey,
    add_totp,
    enrol,
    passkey_options,
    recovery_codes,
    recovery_done,
)
from tandem.comptes.views.entrance import (
    logged_out,
    login,
    login_options,
    login_passkey,
    logout,
    second_factor,
)

__all__ = [
    "account",
    "activation",
    "activation_link",
    "add_passkey",
    "add_totp",
    "change_password",
    "close_others",
    "close_session",
    "enrol",
    "gesture_options",
    "keep_alive",
    "logged_out",
    "login",
    "login_options",
    "login_passkey",
    "logout",
    "passkey_options",
    "recovery_codes",
    "recovery_done",
    "refuse_reset",
    "remove_factor",
    "second_factor",
]
