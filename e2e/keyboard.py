"""Hands that never touch the mouse: Tab, Space, Enter, and letters into a field."""

from playwright.sync_api import Locator, Page

MOST_STEPS = 150

# Whether the person can see where they are: an outline on the element or on the control around
# it, and the element in the window with nothing drawn over all of it.
_IS_SEEN = """() => {
  const element = document.activeElement;
  const outlined = (node) => {
    const style = getComputedStyle(node);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  };
  const around = element.closest(".choice, .searchbox") ?? element;
  if (!outlined(element) && !outlined(around)) return "it has no outline";
  const box = element.getBoundingClientRect();
  const inside = (x, y) => x >= 0 && y >= 0 && x < innerWidth && y < innerHeight;
  const points = [0.05, 0.5, 0.95].flatMap((x) =>
    [0.1, 0.5, 0.9].map((y) => [box.left + box.width * x, box.top + box.height * y]),
  );
  const shows = ([x, y]) => {
    const top = inside(x, y) && document.elementFromPoint(x, y);
    if (!top) return false;
    if (top.contains(element) || element.contains(top)) return true;
    return top.closest("label")?.control === element;
  };
  return points.some(shows) ? "" : "it lies out of sight";
}"""
_WORDS = "document.activeElement.outerHTML.slice(0, 200)"


class Keyboard:
    def __init__(self, page: Page) -> None:
        self.page = page

    def tabs_to(self, target: Locator) -> None:
        """Press Tab until the target has the focus. At every stop the focus must be visible."""
        self.page.wait_for_load_state()
        for _ in range(MOST_STEPS):
            self.page.keyboard.press("Tab")
            self._sees_the_focus()
            if target.evaluate("element => element === document.activeElement"):
                return
        raise AssertionError(f"Tab does not lead to {target}")

    def _sees_the_focus(self) -> None:
        if self.page.evaluate(_IS_SEEN):
            # What has just got the focus may be on its way into sight still.
            self.page.wait_for_timeout(200)
        problem = self.page.evaluate(_IS_SEEN)
        assert not problem, f"{problem}: {self.page.evaluate(_WORDS)}"

    def types(self, text: str) -> None:
        self.page.keyboard.type(text)

    def presses_enter(self) -> None:
        self.page.keyboard.press("Enter")

    def presses_space(self) -> None:
        self.page.keyboard.press("Space")
