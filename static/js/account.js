/* Pages of one's own account: the strip of tabs shows the one that is open, codes can be printed. */

const tab = document.querySelector(".manage-nav [aria-current]");
const strip = tab?.parentElement;
if (strip) strip.scrollLeft = tab.offsetLeft - (strip.clientWidth - tab.offsetWidth) / 2;

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
