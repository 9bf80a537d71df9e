/* Stripe's Payment Element on the page that adds a card. The server made the SetupIntent and
   looks it up again on return; nothing that happens here is taken on trust. */

const form = document.getElementById("payment-form");
const place = form.querySelector("[data-element]");
const complaint = form.querySelector("[data-error]");
const button = form.querySelector("button[type=submit]");
const SERVICE_SILENT = "Stripe’s form could not be loaded. Check your connection and load the page again.";

/** Stripe draws in a frame of its own and must be told our colours, as plain values. */
function appearance() {
  const style = getComputedStyle(document.documentElement);
  const probe = document.createElement("canvas").getContext("2d");
  const colour = (name) => {
    const swatch = document.createElement("span");
    swatch.className = `payment-colour-${name}`;
    form.append(swatch);
    probe.fillStyle = getComputedStyle(swatch).color;
    probe.fillRect(0, 0, 1, 1);
    swatch.remove();
    const [red, green, blue] = probe.getImageData(0, 0, 1, 1).data;
    return `rgb(${red}, ${green}, ${blue})`;
  };
  const dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
  return {
    theme: dark ? "night" : "stripe",
    variables: {
      colorPrimary: colour("accent"),
      colorBackground: colour("surface"),
      colorText: colour("ink"),
      colorDanger: colour("bad"),
      fontFamily: style.getPropertyValue("--text"),
      borderRadius: style.getPropertyValue("--radius"),
    },
  };
}

function working(busy) {
  button.disabled = busy;
  button.toggleAttribute("aria-busy", false);
  if (busy) button.setAttribute("aria-busy", "true");
}

function start() {
  const stripe = window.Stripe(form.dataset.publishableKey);
  const elements = stripe.elements({
    clientSecret: form.dataset.clientSecret,
    appearance: appearance(),
  });
  const element = elements.create("payment");
  element.on("ready", () => working(false));
  element.on("loaderror", () => {
    complaint.textContent = SERVICE_SILENT;
  });
  place.replaceChildren();
  element.mount(place);

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    complaint.textContent = "";
    working(true);
    const { error } = await stripe.confirmSetup({
      elements,
      confirmParams: { return_url: form.dataset.returnUrl },
    });
    // Only a failure comes back here; otherwise the browser is on its way to return_url.
    complaint.textContent = error.message ?? SERVICE_SILENT;
    working(false);
  });
}

if (window.Stripe) start();
else complaint.textContent = SERVICE_SILENT;
