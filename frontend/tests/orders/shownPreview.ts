/** Previews as the server answers them. */
import type { CopyPreviewRow, OrderPreviewRow, PreviewRow } from "../../src/api/types";

export function previewCopy(
  orderId: string,
  accountId: string,
  more: Partial<CopyPreviewRow> = {},
): CopyPreviewRow {
  return {
    copy_id: `${orderId}:${accountId}`,
    order_id: orderId,
    account_id: accountId,
    quantity: 10,
    slices: [10],
    refusal: null,
    warnings: [],
    ...more,
  };
}

export function previewOrder(orderId: string, more: Partial<OrderPreviewRow> = {}): OrderPreviewRow {
  return {
    order_id: orderId,
    age_s: 12,
    last_price: "101.00",
    moved_percent: "1.00",
    is_exit: false,
    ...more,
  };
}

export function preview(more: Partial<PreviewRow> = {}): PreviewRow {
  return {
    at: "2026-11-20T05:12:00+00:00",
    order_count: 0,
    orders: [],
    copies: [],
    accounts: [],
    warnings: [],
    ...more,
  };
}
