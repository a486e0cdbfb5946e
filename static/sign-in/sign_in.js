// Spends the token behind the link's # (which no server and no log sees) and goes to the page.
"use strict";

const message = document.getElementById("message");

async function signIn(token) {
  // The token leaves the address bar and the history whatever comes of it.
  history.replaceState(null, "", "/sign-in");
  message.textContent = "Signing in…";
  try {
    const response = await fetch("/sign-in", { method: "POST", body: new URLSearchParams({ token }) });
    if (response.ok) {
      location.replace("/");
      return;
    }
    message.textContent = (await response.json()).message;
  } catch {
    message.textContent = "Tandem did not answer. Open the link again once it runs.";
  }
}

function signInFromAddress() {
  const token = location.hash.slice(1);
  if (token) signIn(token);
}

window.addEventListener("hashchange", signInFromAddress);
signInFromAddress();
