/* An order that refreshes itself tells listeners only when its sentence changes, and leaves
   the page alone while somebody is selecting text in it. */

const region = document.getElementById("announce");
let said = document.getElementById("order").dataset.says;

document.addEventListener("htmx:beforeRequest", (event) => {
  const selecting = !document.getSelection().isCollapsed;
  if (event.detail.elt.id === "order" && selecting) event.preventDefault();
});

document.addEventListener("htmx:afterSettle", () => {
  const says = document.getElementById("order")?.dataset.says;
  if (!says || says === said) return;
  said = says;
  region.textContent = says;
});
