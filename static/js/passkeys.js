/* Passkeys: shows what can be used in this browser, and says what went wrong. The asking itself
   is allauth's (mfa/js/webauthn.js). Without this file the buttons stay hidden, and forms remain. */

const show = (selector) => {
  for (const element of document.querySelectorAll(selector)) element.hidden = false;
};

// Browsers keep passkeys for names; 127.0.0.1 and [::1] are numbers.
const isNumber = /^[\d.]+$|^\[/.test(location.hostname);

if (isNumber) show('[data-no-passkey="address"]');
else if (window.PublicKeyCredential) show("[data-passkey]");
else show('[data-no-passkey="browser"]');

const SENTENCES = {
  NotAllowedError: "Nothing came from the device: it was called off, or took too long. Try again.",
  InvalidStateError: "This device holds a passkey for your account already.",
  NotSupportedError: "This device cannot keep such a passkey. Try another one.",
  SecurityError: "The browser keeps passkeys for another name of this shop than the one that is open.",
  AbortError: "It was called off. Try again.",
};

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const told = SENTENCES[event.detail.exception.name] ?? "That did not work. Try again, or use another way.";
  for (const place of document.querySelectorAll("[data-passkey-trouble]")) {
    // Emptied first, so that the same sentence is read out again.
    place.textContent = "";
    requestAnimationFrame(() => {
      place.textContent = told;
    });
  }
});
