/** Changing an account's multiplier or mode: asked first, then saved in its file; the row follows by itself. */
import { useState } from "react";
import { post } from "../api/client";
import type { AccountMode, AccountRequest, AccountRow, SavedResponse } from "../api/types";
import { useConfirm } from "../ui/confirm";
import { useToasts } from "../ui/toasts";

export const MODE_NAMES: Record<AccountMode, string> = {
  on: "On",
  close_only: "Close only",
  off: "Off",
};

const MODE_MEANS: Record<AccountMode, string> = {
  on: "It takes entries and exits again. What it missed is not made up for.",
  close_only: "It takes no new entries; exits of what it holds are still copied.",
  off: "It takes nothing, exits included: what it holds stays open until you close it in Kite.",
};

export interface Changing {
  isBusy: boolean;
  setMode: (mode: AccountMode) => Promise<void>;
  setMultiplier: (multiplier: string) => Promise<void>;
}

export function useChangeAccount(account: AccountRow): Changing {
  const confirm = useConfirm();
  const toasts = useToasts();
  const [isBusy, setIsBusy] = useState(false);
  const who = `${account.name} (${account.account_id})`;

  const save = async (change: AccountRequest) => {
    setIsBusy(true);
    try {
      const path = `/api/v1/accounts/${encodeURIComponent(account.account_id)}`;
      const saved = await post<SavedResponse>(path, change);
      toasts.say(`Saved for ${account.name}`, saved.message);
    } catch (error) {
      toasts.refuse(`${account.name} was not changed`, error);
    }
    setIsBusy(false);
  };

  return {
    isBusy,
    setMode: async (mode) => {
      const go = `Set ${MODE_NAMES[mode].toLowerCase()}`;
      const isGo = await confirm({
        title: `${who}: ${MODE_NAMES[account.mode].toLowerCase()} → ${MODE_NAMES[mode].toLowerCase()}?`,
        text: MODE_MEANS[mode],
        go,
        isDanger: mode === "off",
      });
      if (isGo) await save({ mode });
    },
    setMultiplier: async (multiplier) => {
      const isGo = await confirm({
        title: `${who}: multiplier ×${account.multiplier} → ×${multiplier}?`,
        text: "New copies use it. Copies that were sent keep their size.",
        go: `Use ×${multiplier}`,
      });
      if (isGo) await save({ multiplier });
    },
  };
}
