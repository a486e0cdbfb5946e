/** What unfolds under an account: its credentials and policies, and removing it. */
import { Trash2 } from "lucide-react";
import { useEffect, useRef } from "react";
import { Button } from "../ui/Button";
import { useConfirm } from "../ui/confirm";
import { type AccountEntry, withoutAccount } from "./accounts";
import { FieldRows } from "./FieldRows";
import type { Field } from "./fields";
import { useForm } from "./formEditing";

const IN_THE_ROW = new Set(["ps_multiplier", "enabled", "mode"]);
const OF_SECONDARIES = new Set(["max_quantity", "when_primary_filled", "rest_limit_s", "symbols"]);

export function AccountDetails({
  account,
  fields,
  onGone,
}: {
  account: AccountEntry;
  fields: Field[];
  onGone: () => void;
}) {
  const { isOff, edit, show } = useForm();
  const confirm = useConfirm();
  const place = useRef<HTMLDivElement>(null);
  const isNew = account.accountId === "";
  const opening = useRef(() => {
    show([account.index]);
    // A new account starts at its id.
    if (isNew) place.current?.querySelector("input")?.focus();
  });
  useEffect(() => opening.current(), []);
  const remove = async () => {
    const isGo = await confirm({
      title: `Remove ${account.name} from the file?`,
      text: "Once this is saved, nothing is copied to the account any more. What it holds stays as it is. The version before stays in the history.",
      go: "Remove account",
      isDanger: true,
    });
    if (!isGo) return;
    onGone();
    edit((text) => withoutAccount(text, account.index));
  };
  const shown = fields.filter(
    (field) => !IN_THE_ROW.has(field.key) && !(account.isPrimary && OF_SECONDARIES.has(field.key)),
  );
  return (
    <div ref={place}>
      <FieldRows fields={shown} at={[account.index]} />
      <div className="flex justify-end border-t px-4 py-2">
        <Button look="danger" size="small" disabled={isOff} onClick={remove}>
          <Trash2 size={13} aria-hidden />
          Remove account…
        </Button>
      </div>
    </div>
  );
}
