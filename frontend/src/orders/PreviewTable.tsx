/** What would be sent: orders down, accounts across, the exact quantity in each cell. */
import { TriangleAlert } from "lucide-react";
import type { CopyPreviewRow, OrderPreviewRow, OrderRow, PreviewRow } from "../api/types";
import { instrumentName } from "../format/instrument";
import { count, money, NONE, signed } from "../format/numbers";
import { age } from "../format/time";
import { useStore } from "../live/live";
import { SideChip } from "../ui/SideChip";
import { notesOf } from "./previews";

const MUCH_PERCENT = 0.5;

export function PreviewTable({ preview }: { preview: PreviewRow }) {
  const store = useStore();
  const involved = new Set(preview.copies.map((copy) => copy.account_id));
  const accounts = store.accounts.filter((account) => involved.has(account.account_id));
  const copyOf = new Map(preview.copies.map((copy) => [copy.copy_id, copy]));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and must by keyboard as well
    <section className="min-h-0 flex-1 overflow-auto" aria-label="What would be sent" tabIndex={0}>
      <table className="w-full text-sm">
        <thead className="sticky top-0 bg-raised text-text-2 text-xs">
          <tr className="border-y">
            <th scope="col" className="py-2 pr-3 pl-5 text-left font-normal">
              Order
            </th>
            {accounts.map((account) => (
              <th
                key={account.account_id}
                scope="col"
                className="px-3 text-right font-normal"
                title={account.account_id}
              >
                <span className="inline-block max-w-28 truncate align-bottom">
                  {account.name || account.account_id}
                </span>{" "}
                ×{account.multiplier}
              </th>
            ))}
            <th scope="col" className="py-2 pr-5 pl-3 text-right font-normal">
              LTP moved
            </th>
          </tr>
        </thead>
        <tbody>
          {preview.orders.map((order) => (
            <tr key={order.order_id} className="border-b">
              <OrderHead order={store.orders.get(order.order_id)} shown={order} />
              {accounts.map((account) => (
                <Quantity
                  key={account.account_id}
                  copy={copyOf.get(`${order.order_id}:${account.account_id}`)}
                />
              ))}
              <Moved order={order} />
            </tr>
          ))}
        </tbody>
        <Funds preview={preview} accountIds={accounts.map((account) => account.account_id)} />
      </table>
      <Notes preview={preview} />
    </section>
  );
}

function OrderHead({ order, shown }: { order: OrderRow | undefined; shown: OrderPreviewRow }) {
  if (!order)
    return (
      <th scope="row" className="py-2 pr-3 pl-5 text-left font-normal">
        Order {shown.order_id}
      </th>
    );
  const { name } = instrumentName(`${order.exchange}:${order.tradingsymbol}`);
  // A market order carries a limit too, as its protection: that is not its price.
  const limit = order.order_type === "MARKET" ? null : order.price;
  const at = [limit, order.trigger_price].find((price) => Number(price) > 0);
  return (
    <th scope="row" className="py-2 pr-3 pl-5 text-left font-normal" title={`Order ${order.order_id}`}>
      <span className="flex min-w-0 items-center gap-2 max-[640px]:max-w-36 max-[640px]:flex-wrap max-[640px]:gap-y-0">
        <SideChip side={order.side} />
        <span className="max-w-48 truncate font-medium">{name}</span>
        <span className="whitespace-nowrap text-text-2">
          {order.order_type} {at && money(at)}
        </span>
        {shown.is_exit && <span className="rounded border px-1 text-text-2 text-xs">exit</span>}
      </span>
      {shown.age_s !== null && <span className="text-text-3 text-xs">{age(shown.age_s * 1000)} old</span>}
    </th>
  );
}

function Quantity({ copy }: { copy: CopyPreviewRow | undefined }) {
  if (!copy) return <td className="px-3 text-right text-text-3">{NONE}</td>;
  if (copy.refusal !== null)
    return (
      <td className="px-3 text-right text-text-3" title={copy.refusal.text}>
        not sent
      </td>
    );
  const isSliced = copy.slices.length > 1;
  return (
    <td className="px-3 text-right" title={isSliced ? copy.slices.map(count).join(" + ") : undefined}>
      <span className="inline-flex items-center gap-1">
        {copy.warnings.length > 0 && (
          <TriangleAlert size={12} aria-label="Trouble expected" className="text-warn" />
        )}
        {count(copy.quantity)}
      </span>
      {isSliced && <span className="block text-text-3 text-xs">{copy.slices.length} orders</span>}
    </td>
  );
}

function Moved({ order }: { order: OrderPreviewRow }) {
  const percent = order.moved_percent === null ? null : Number(order.moved_percent);
  const look =
    percent === null ? "text-text-3" : Math.abs(percent) >= MUCH_PERCENT ? "text-warn" : "text-text-2";
  const title =
    order.last_price === null ? "The last price is not known" : `Last price ${money(order.last_price)}`;
  return (
    <td className={`py-2 pr-5 pl-3 text-right ${look}`} title={title}>
      {percent === null ? NONE : `${signed(percent)}%`}
    </td>
  );
}

function Funds({ preview, accountIds }: { preview: PreviewRow; accountIds: string[] }) {
  const byId = new Map(preview.accounts.map((account) => [account.account_id, account]));
  const rows = [
    { name: "Needs about", of: (id: string) => byId.get(id)?.funds_needed ?? null },
    { name: "Free", of: (id: string) => byId.get(id)?.funds_free ?? null },
  ];
  return (
    <tfoot className="text-text-3 text-xs">
      {rows.map(({ name, of }) => (
        <tr key={name}>
          <th scope="row" className="py-1 pr-3 pl-5 text-left font-normal">
            {name}
          </th>
          {accountIds.map((id) => (
            <td key={id} className="px-3 text-right">
              {of(id) === null ? NONE : `₹${money(of(id))}`}
            </td>
          ))}
          <td />
        </tr>
      ))}
    </tfoot>
  );
}

const MOST_NAMED = 3;

function Notes({ preview }: { preview: PreviewRow }) {
  const store = useStore();
  const notes = notesOf(preview);
  const nameOf = (orderId: string) => {
    const order = store.orders.get(orderId);
    return order ? instrumentName(`${order.exchange}:${order.tradingsymbol}`).name : orderId;
  };
  if (notes.length === 0) return null;
  return (
    <ul className="space-y-1 border-t px-5 py-3 text-sm">
      {notes.map((note) => {
        const named = [...new Set(note.orderIds.map(nameOf))];
        const rest = named.length - MOST_NAMED;
        const about = named.slice(0, MOST_NAMED).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
        return (
          <li
            key={`${note.isRefusal} ${note.accountId} ${note.text}`}
            className={`flex gap-2 ${note.isRefusal ? "text-text-2" : "text-warn"}`}
          >
            <TriangleAlert size={14} aria-hidden className="mt-0.5 shrink-0" />
            <span className="min-w-0 break-words">
              {note.accountId !== null && (
                <b className="font-medium">{store.account(note.accountId)?.name || note.accountId}</b>
              )}
              {about && ` (${about})`}
              {note.accountId !== null && ": "}
              {note.isRefusal && "not sent. "}
              {note.text}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
