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


def security_headers(basemap: Sources) -> Headers:
    """Return what every answer but a companion's leaves with."""
    return ((b"content-security-policy", content_policy(basemap).encode()), *ALWAYS)
