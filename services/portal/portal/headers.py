"""Headers of every response: strict content security policy, nothing personal kept, cookies renewed on the way."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal.settings import PortalSettings
from portal.static_files import PREFIX

ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def content_security_policy(settings: PortalSettings) -> str:
    """Return the policy: everything from this origin, no inline script or style, framed by nobody.

    The sign-out form is answered with a redirect to the identity provider, so that one origin may end a form.
    """
    form_targets = " ".join(filter(None, ["'self'", settings.identity_provider_url]))
    return "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            f"form-action {form_targets}",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        ]
    )


class ResponseHeaders:
    """Adds the headers, and the cookies that the API renewed while the page was built."""

    def __init__(self, app: ASGIApp, settings: PortalSettings) -> None:
        """Wrap `app`."""
        self._app = app
        self._policy = content_security_policy(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope.setdefault("state", {})

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(ALWAYS)
                headers["content-security-policy"] = self._policy
                if not scope["path"].startswith(f"{PREFIX}/"):
                    headers["cache-control"] = "no-store"
                for cookie in scope["state"].get("api_cookies", ()):
                    headers.append("set-cookie", cookie)
            await send(message)

        await self._app(scope, receive, send_with_headers)
