/* What every page has: "/" to search, menus that close, messages that can be put away,
   dialogs, and forms that are sent once. Without this file all of it still works as plain HTML. */

const typing = (element) =>
  element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);

document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !typing(event.target)) {
    const box = [...document.querySelectorAll("[data-slash]")].find((input) => input.checkVisibility());
    if (box) {
      event.preventDefault();
      box.focus();
      box.select();
    }
  }
  if (event.key === "Escape") {
    const menu = document.querySelector("details.menu[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  }
});

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }

  const closer = event.target.closest("[data-close]");
  closer?.closest("dialog")?.close();
  closer?.closest(".toast")?.remove();

  // A link to a page that asks opens the same question as a dialog, where there is one.
  const opener = event.target.closest("a[data-dialog]");
  const dialog = opener && document.getElementById(opener.dataset.dialog);
  if (dialog && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    dialog.showModal();
  }
});

// A form is sent once: its button shows that it works, and a second click does nothing.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (event.defaultPrevented || event.target.method !== "post" || !button) return;
  if (button.getAttribute("aria-busy") === "true") {
    event.preventDefault();
    return;
  }
  button.setAttribute("aria-busy", "true");
});

// Back from the browser's memory, the buttons are fresh again.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const button of document.querySelectorAll("button[aria-busy]")) button.removeAttribute("aria-busy");
});

// Filters without a button of their own send themselves on change, where htmx does not.
document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (form?.hasAttribute("data-autosubmit")) form.requestSubmit();
});

// A part that could not be refreshed says so, and says when it can again.
const stale = () => document.getElementById("stale");
for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(name, () => {
    if (stale()?.hidden) {
      stale().hidden = false;
      document.getElementById("announce").textContent = stale().textContent.trim();
    }
  });
}
document.addEventListener("htmx:afterSwap", () => {
  if (stale()) stale().hidden = true;
});
