"""Headers on every response, and refusals as pages."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from tandem.kernel.refusals import Refusal
from tandem.ui.errors import refusal_page

GetResponse = Callable[[HttpRequest], HttpResponse]

# Tandem asks nothing of the device but the passkey of whoever logs in.
_CLOSED = (
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "clipboard-read",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "gamepad",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "screen-wake-lock",
    "serial",
    "storage-access",
    "usb",
    "window-management",
    "xr-spatial-tracking",
)
_PASSKEY = "publickey-credentials-create=(self), publickey-credentials-get=(self)"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
    "Permissions-Policy": ", ".join([*(f"{name}=()" for name in _CLOSED), _PASSKEY]),
}


class SecurityHeadersMiddleware:
    """The outermost middleware: pages, static files, redirects and errors all pass here."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if not request.path.startswith(settings.STATIC_URL):
            self._keep_out_of_caches(request, response)
        return response

    @staticmethod
    def _keep_out_of_caches(request: HttpRequest, response: HttpResponse) -> None:
        # A session cookie is enough to doubt: asking who it belongs to would cost a query.
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            response.headers["Cache-Control"] = "no-store"
            patch_vary_headers(response, ["Cookie"])
        else:
            response.headers.setdefault("Cache-Control", "no-store")


class RefusalMiddleware:
    """A refusal that no view turned into its own answer becomes a calm page."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer a refusal with its own status and sentence; leave surprises alone."""
        if isinstance(exception, Refusal):
            return refusal_page(request, exception)
        return None
