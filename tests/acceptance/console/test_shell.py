"""What a browser must fetch before the first alarm can be seen and taken."""

import gzip
import re
from typing import Final

from playwright.async_api import expect

from gateway.http.app import STATIC
from tests.support.dispatcher import a_dispatcher
from tests.support.gateway import Running

SHELL_BYTES: Final = 61_000
"""Scripts and styles that the page names, compressed; a language is 10 to 12 kB more."""

PARTS: Final = ("Beside", "CommandForm", "LookBack", "SignInAgain", "Supervision", "Wall")


def test_the_shell_is_no_more_than_was_agreed() -> None:
    page = (STATIC / "index.html").read_text(encoding="utf-8")
    named = re.findall(r'"\./(assets/[^"]+)"', page)
    assert named
    assert sum(len(gzip.compress((STATIC / each).read_bytes())) for each in named) <= SHELL_BYTES


async def test_what_is_not_needed_at_first_is_here_before_the_link_is_lost(gateway: Running) -> None:
    async with a_dispatcher(gateway) as page:
        for part in PARTS:
            name = f"/assets/{part}-"
            await page.wait_for_function(
                "(name) => performance.getEntriesByType('resource').some((one) => one.name.includes(name))",
                arg=name,
            )
        await page.context.set_offline(offline=True)
        await page.get_by_role("button", name="Looking back").click()
        await expect(page.get_by_role("combobox", name="Kind")).to_be_visible()
