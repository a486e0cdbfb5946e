"""What must hold for the page in every state: nothing axe objects to, nothing cut off, Stop within reach."""

from typing import Any, Literal

from playwright.sync_api import Page

from tests.builders import axe

SIZES = {"1600": (1600, 1000), "1366": (1366, 768), "390": (390, 844)}
THEMES: tuple[Literal["dark", "light"], ...] = ("dark", "light")

_SCROLLS = """() => {
  const { scrollWidth, scrollHeight, clientWidth, clientHeight } = document.scrollingElement;
  return scrollWidth > clientWidth || scrollHeight > clientHeight
    ? [`the page scrolls: ${scrollWidth}x${scrollHeight} in ${clientWidth}x${clientHeight}`]
    : [];
}"""
_STOP = """() => {
  const buttons = [...document.querySelectorAll("header button")];
  const button = buttons.find((one) => /^(Stop copying|Resume)/.test(one.textContent));
  if (!button) return ["there is no Stop button"];
  const box = button.getBoundingClientRect();
  if (box.left < 0 || box.top < 0 || box.right > innerWidth || box.bottom > innerHeight)
    return [`Stop is outside the window: ${JSON.stringify(box)}`];
  const points = [0.1, 0.5, 0.9].flatMap((x) => [0.1, 0.5, 0.9].map((y) => [x, y]));
  return points.flatMap(([x, y]) => {
    const hit = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
    return button.contains(hit) ? [] : [`Stop is covered by ${hit?.outerHTML.slice(0, 200)}`];
  });
}"""
_CUT_OFF = """() => [...document.querySelectorAll("header button, header a, nav a")].flatMap((one) => {
  const box = one.getBoundingClientRect();
  return box.width > 0 && (box.right > innerWidth + 1 || box.left < -1)
    ? [`${one.textContent || one.ariaLabel} is cut off at the window's edge`]
    : [];
})"""


def faults(page: Page, *, is_stop_in_reach: bool = True) -> list[str]:
    """Return everything wrong with the page as it stands, in both themes.

    A dialog covers the Stop button on purpose (Alt+Shift+S stops over it): say `is_stop_in_reach=False` then.
    """
    found: list[str] = []
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        page.wait_for_function("theme => document.documentElement.dataset.theme === theme", arg=theme)
        # All else than the colours is the same in both.
        told = axe.violations(page, is_of_colours=theme != THEMES[0])
        found += [f"{theme}: {fault}" for fault in told]
    found += _asked(page, _SCROLLS)
    if is_stop_in_reach:
        found += _asked(page, _STOP) + _asked(page, _CUT_OFF)
    return found


def _asked(page: Page, script: str) -> list[str]:
    answer: Any = page.evaluate(script)
    return list(answer)
