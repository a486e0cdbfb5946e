/** The dashboard's entry: the nonce for style tags of libraries, the theme, then the page. */
import { setNonce } from "get-nonce";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "./app.css";
import { LiveProvider } from "./live/live";
import { App } from "./shell/App";
import { applyPreferences } from "./shell/preferences";

const nonce = document.querySelector<HTMLMetaElement>("meta[name=csp-nonce]")?.content;
if (nonce) setNonce(nonce);
applyPreferences();

const root = document.getElementById("root");
if (root !== null)
  createRoot(root).render(
    <StrictMode>
      <LiveProvider>
        <App />
      </LiveProvider>
    </StrictMode>,
  );
