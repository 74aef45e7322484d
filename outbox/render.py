"""Templates to self-contained HTML: everything from outside is escaped and made visible."""

import base64
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from outbox.showing import visible

_PICTURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
"""The kinds of picture that a report may hold, by their first bytes."""


def render(template: str, **values: object) -> str:
    """A template of outbox/templates/ filled with *values*."""
    return _environment().get_template(template).render(values)


def picture(content: bytes) -> Markup | None:
    """A picture as a data: address for a report, or None for what is neither PNG nor JPEG."""
    for start, media_type in _PICTURES.items():
        if content.startswith(start):
            body = base64.b64encode(content).decode("ascii")
            return Markup("data:{};base64,{}").format(media_type, body)
    return None


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("outbox"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _shown(value: object) -> object:
    """Every value on its way into a page: text is made visible, escaping follows by itself."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return visible(value)
    return "" if value is None else value
