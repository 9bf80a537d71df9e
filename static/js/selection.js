/* The search page's choice: what the ticked numbers cost together, ten at most, and kept
   when another search replaces the list. Without this file the boxes and the button still work. */

const form = document.querySelector("[data-picks]");
const most = Number(form.dataset.most);
const kept = form.querySelector("[data-kept]");
const sum = form.querySelector("[data-sum]");
const checkout = form.querySelector("[data-checkout]");
const invitation = sum.textContent;

const boxes = () => [...form.querySelectorAll('input[name="number"]')];

/** Adds decimal strings in ten-thousandths, so that no cent is lost to binary fractions. */
function total(amounts) {
  return amounts.reduce((units, amount) => units + Math.round(Number(amount) * 10000), 0) / 10000;
}

function money(amount, currency) {
  return new Intl.NumberFormat("en-US", { style: "currency", currency }).format(amount);
}

function strong(text) {
  return Object.assign(document.createElement("strong"), { textContent: text });
}

function show() {
  const all = boxes();
  const chosen = all.filter((box) => box.checked);
  for (const box of all) box.disabled = !box.checked && chosen.length >= most;
  checkout.disabled = chosen.length === 0;
  if (chosen.length === 0) {
    sum.replaceChildren(invitation);
    return;
  }
  const currency = chosen[0].dataset.currency;
  sum.replaceChildren(
    strong(`${chosen.length} selected`),
    chosen.length >= most ? ` (the most in one order) · ` : " · ",
    strong(money(total(chosen.map((box) => box.dataset.now)), currency)),
    " now · ",
    strong(money(total(chosen.map((box) => box.dataset.monthly)), currency)),
    " each month",
  );
}

/** Turns a ticked row that is about to leave the page into a chip beside the sum. */
function keep(box) {
  const chip = document.createElement("label");
  chip.className = "chip";
  const copy = box.cloneNode();
  copy.removeAttribute("id");
  copy.checked = true;
  chip.append(copy, box.dataset.text);
  kept.append(chip);
}

form.addEventListener("change", (event) => {
  if (!event.target.checked) event.target.closest(".kept .chip")?.remove();
  show();
});

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target?.id !== "results" || !event.detail.shouldSwap) return;
  for (const box of event.detail.target.querySelectorAll('input[name="number"]:checked')) keep(box);
});

// The new list may hold what was kept: then the row is ticked and the chip goes.
document.addEventListener("htmx:afterSettle", () => {
  for (const copy of kept.querySelectorAll("input")) {
    const row = document.getElementById(`pick-${copy.value.slice(1)}`);
    if (!row) continue;
    row.checked = true;
    copy.closest(".chip").remove();
  }
  show();
});

window.addEventListener("pageshow", show);
