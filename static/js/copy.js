/* Buttons with data-copy put their text on the clipboard and say that they did. */

const SAID_FOR_MS = 2000;

async function copy(text) {
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
  // Plain http on a local network has no clipboard interface; the old command still works.
  const area = Object.assign(document.createElement("textarea"), { value: text, readOnly: true });
  area.className = "visually-hidden";
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (!done) throw new Error("The browser refused the clipboard.");
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  event.preventDefault();
  const source = document.getElementById(button.dataset.copyFrom ?? "");
  const region = document.getElementById("announce");
  try {
    await copy(source ? source.textContent : button.dataset.copy);
  } catch {
    region.textContent = "The browser did not allow copying. Select the text and copy it by hand.";
    return;
  }
  const use = button.querySelector("use");
  const icon = use.getAttribute("href");
  if (button.hasAttribute("data-copied")) return;
  button.toggleAttribute("data-copied", true);
  use.setAttribute("href", icon.replace(/#.*/, "#check"));
  region.textContent = `Copied ${source ? "the text" : button.dataset.copy}`;
  setTimeout(() => {
    button.removeAttribute("data-copied");
    use.setAttribute("href", icon);
    region.textContent = "";
  }, SAID_FOR_MS);
});
