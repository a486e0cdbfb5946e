/** Asks before unsaved edits are left behind: by closing the tab, and by going to another page of ours. */
import { useEffect } from "react";
import { guardLeaving } from "../shell/route";
import { useConfirm } from "../ui/confirm";

export function useLeavingGuard(edited: readonly string[]): void {
  const confirm = useConfirm();
  const names = edited.join(" and ");
  useEffect(() => {
    if (names === "") return;
    const keep = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", keep);
    const letGo = guardLeaving(() =>
      confirm({
        title: "Leave with unsaved edits?",
        text: `Your edits of ${names} are not saved. They are lost when you leave this page.`,
        go: "Leave without saving",
        isDanger: true,
      }),
    );
    return () => {
      window.removeEventListener("beforeunload", keep);
      letGo();
    };
  }, [names, confirm]);
}
