"""The headers that keep a browser to what the console needs, and to nothing from elsewhere."""

from typing import Final

from gateway.basemap import Sources

Headers = tuple[tuple[bytes, bytes], ...]

ALWAYS: Final[Headers] = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"geolocation=(), camera=(), microphone=()"),
)


STREAM_PAGE: Final = "/docs/stream.html"
PUBLIC: Final = ("/docs/", "/openapi.json", "/asyncapi.json")
"""What anybody may read, from anywhere: the documents of the interfaces, and their pages."""

ANYWHERE: Final[Headers] = (
    (b"cross-origin-resource-policy", b"cross-origin"),
    (b"access-control-allow-origin", b"*"),
)

IN_A_SANDBOX: Final = (
    "sandbox allow-scripts; default-src 'none'; script-src 'self' 'unsafe-eval'; style-src 'self';"
    " img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""The AsyncAPI reader compiles its schemas by ``eval``: that page is therefore without an origin. Neither
a cookie nor anything of the console's is within its reach."""


def content_policy(basemap: Sources) -> str:
    """Return the content security policy: the gateway's own origin, and where the basemap comes from."""
    directives = {
        "default-src": ("'none'",),
        "script-src": ("'self'",),
        "style-src": ("'self'",),
        "img-src": ("'self'", "data:", *basemap.images),
        "font-src": ("'self'", *basemap.fonts),
        "connect-src": ("'self'", *basemap.connections),
        "manifest-src": ("'self'",),
        "base-uri": ("'none'",),
        "form-action": ("'self'",),
        "frame-ancestors": ("'none'",),
    }
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in directives.items())


class SecurityHeaders:
    """What every answer but a companion's leaves with, by its path."""

    def __init__(self, basemap: Sources) -> None:
        ours = content_policy(basemap).encode()
        public = tuple(header for header in ALWAYS if header[0] not in dict(ANYWHERE)) + ANYWHERE
        self._others: Headers = ((b"content-security-policy", ours), *ALWAYS)
        self._public: Headers = ((b"content-security-policy", ours), *public)
        self._stream: Headers = ((b"content-security-policy", IN_A_SANDBOX.encode()), *public)

    def of(self, path: str) -> Headers:
        """Return those of a path."""
        if path == STREAM_PAGE:
            return self._stream
        return self._public if path.startswith(PUBLIC) else self._others
