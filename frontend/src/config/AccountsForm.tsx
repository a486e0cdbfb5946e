/** The accounts file as a table: who is copied, to whom, how much; the rest of an account unfolds. */
import { ChevronDown, ChevronRight, Plus } from "lucide-react";
import { useState } from "react";
import { useLogins } from "../accounts/logins";
import { Button } from "../ui/Button";
import { Segments } from "../ui/Segments";
import { AccountDetails } from "./AccountDetails";
import { type AccountEntry, accountsIn, withMode, withNewAccount } from "./accounts";
import { type Field, fieldsOf, itemSchema } from "./fields";
import { useForm } from "./formEditing";
import { shownSecret } from "./masking";
import { NumberControl } from "./NumberControl";
import { TokenState } from "./TokenState";

/** Many more than anybody has; a wrong file must not keep the page, and its Stop button, busy. */
const MOST_SHOWN = 100;
const HEAD = "px-2 py-1.5 text-left font-normal text-text-3 text-xs first:pl-4 last:pr-4";
const MODES = [
  { value: "on", name: "On", look: "data-[state=on]:text-up" },
  { value: "close_only", name: "Close only", look: "data-[state=on]:text-warn" },
  { value: "off", name: "Off" },
] as const;

export function AccountsForm({ schema }: { schema: Record<string, unknown> }) {
  const { json, isOff, edit } = useForm();
  const [open, setOpen] = useState<number | null>(null);
  const logins = useLogins();
  const accounts = accountsIn(json);
  const fields = fieldsOf(schema, itemSchema(schema));
  const multiplier = fields.find((field) => field.key === "ps_multiplier");
  const add = () => {
    edit(withNewAccount);
    setOpen(accounts.length);
  };
  return (
    <>
      <div className="flex h-11 shrink-0 items-center justify-between gap-3 border-b px-4">
        <h3 className="font-semibold">Accounts</h3>
        <Button onClick={add} disabled={isOff}>
          <Plus size={14} aria-hidden />
          Add account
        </Button>
      </div>
      <table className="w-full border-collapse text-sm">
        <thead className="border-b bg-raised">
          <tr>
            <th className={HEAD}>Copy</th>
            <th className={HEAD}>Account</th>
            <th className={HEAD}>API key</th>
            <th className={`${HEAD} text-right`}>Multiplier</th>
            <th className={HEAD}>Token</th>
            <th className={HEAD}>
              <span className="sr-only">More</span>
            </th>
          </tr>
        </thead>
        {accounts.slice(0, MOST_SHOWN).map((account) => (
          <AccountRows
            key={account.index}
            account={account}
            fields={fields}
            multiplier={multiplier}
            mayLogIn={logins[account.accountId] ?? false}
            isOpen={open === account.index}
            onOpen={(isOpen) => setOpen(isOpen ? account.index : null)}
          />
        ))}
      </table>
      {accounts.length > MOST_SHOWN && (
        <p className="p-4 text-warn">
          The other {accounts.length - MOST_SHOWN} accounts are only in the text beside.
        </p>
      )}
      {accounts.length === 0 && (
        <p className="p-4 text-text-3">
          No accounts yet. The first one that you add can be made the primary.
        </p>
      )}
    </>
  );
}

interface RowsProps {
  account: AccountEntry;
  fields: Field[];
  multiplier: Field | undefined;
  mayLogIn: boolean;
  isOpen: boolean;
  onOpen: (isOpen: boolean) => void;
}

function AccountRows({ account, fields, multiplier, mayLogIn, isOpen, onOpen }: RowsProps) {
  const { index, isPrimary, accountId, name } = account;
  const { isOff, edit } = useForm();
  const Chevron = isOpen ? ChevronDown : ChevronRight;
  const label = `Multiplier of ${name}`;
  return (
    <tbody className="border-b">
      <tr className="h-12">
        <td className="whitespace-nowrap pl-4">
          {isPrimary ? (
            <span className="text-text-2">Primary</span>
          ) : (
            <Segments
              label={`Copying to ${name}`}
              value={account.mode}
              choices={MODES}
              disabled={isOff}
              onChange={(mode) => edit((text) => withMode(text, index, mode))}
            />
          )}
        </td>
        <td className="max-w-0 px-2" style={{ width: "30%" }}>
          <p className="truncate font-medium" title={name}>
            {name}
          </p>
          <p className="truncate text-text-3 text-xs" title={accountId}>
            {accountId || "no account id yet"}
          </p>
        </td>
        <td
          className="max-w-36 truncate px-2 font-mono text-text-2 text-xs"
          title={shownSecret(account.apiKey)}
        >
          {shownSecret(account.apiKey) || "none yet"}
        </td>
        <td className="px-2 text-right">
          {isPrimary || multiplier?.form.kind !== "number" ? (
            <span className="text-text-3">1</span>
          ) : (
            <NumberControl
              field={multiplier}
              form={multiplier.form}
              path={[index, "ps_multiplier"]}
              label={label}
            />
          )}
        </td>
        <td className="px-2">
          <TokenState accountId={accountId} mayLogIn={mayLogIn} />
        </td>
        <td className="pr-4 text-right">
          <Button
            look="quiet"
            size="icon"
            aria-expanded={isOpen}
            aria-label={`More of ${name}`}
            onClick={() => onOpen(!isOpen)}
          >
            <Chevron size={16} aria-hidden />
          </Button>
        </td>
      </tr>
      {isOpen && (
        <tr>
          <td colSpan={6} className="bg-raised p-0">
            <AccountDetails account={account} fields={fields} onGone={() => onOpen(false)} />
          </td>
        </tr>
      )}
    </tbody>
  );
}
