/** Which accounts may be logged in from the page; asked anew when any account's state changes. */
import { useEffect, useState } from "react";
import { get } from "../api/client";
import { useAccounts } from "../live/live";

export function useLogins(): Record<string, boolean> {
  const states = useAccounts()
    .map((account) => `${account.account_id} ${account.state}`)
    .join(",");
  const [logins, setLogins] = useState<Record<string, boolean>>({});
  useEffect(() => {
    if (states === "") return;
    let isShown = true;
    get<Record<string, boolean>>("/api/v1/logins")
      .then((found) => isShown && setLogins(found))
      // Without an answer the button is missing, and the card says what to type instead.
      .catch(() => isShown && setLogins({}));
    return () => {
      isShown = false;
    };
  }, [states]);
  return logins;
}
