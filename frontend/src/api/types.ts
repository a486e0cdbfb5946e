/**
 * What server and page exchange, written by `make api-types` from app/web/schemas and app/engine/rows.
 * Not to be edited.
 */

export type AccountMode = "on" | "close_only" | "off";

/** What an account has, and what its orders would take, in rupees; None where it could not be read. */
export interface AccountPreviewRow {
  account_id: string;
  funds_free: string | null;
  funds_needed: string | null;
  warnings: string[];
}

/** Change an account's multiplier, its mode or both in the accounts file; null leaves it as it is. */
export interface AccountRequest {
  multiplier?: string | null;
  mode?: "on" | "close_only" | "off" | null;
}

/** One account. `state` is reading (not yet read since the start), ready, or blocked with a reason. */
export interface AccountRow {
  account_id: string;
  name: string;
  role: "primary" | "secondary";
  multiplier: string;
  mode: AccountMode;
  state: "reading" | "ready" | "blocked";
  reason: ReasonRow | null;
  orders_today: number;
  orders_limit: number;
  looked_at: string | null;
  looking_fails: string | null;
  looking_fails_since: string | null;
  strangers: StrangerRow[];
}

/** One thing that happened. */
export interface ActivityItem {
  seq: number;
  at: string;
  who: string;
  level: string;
  text: string;
  account_id: string | null;
  order_id: string | null;
}

/** Items, newest first. Older ones: ask with `before` as `next_before` says, unless that is null. */
export interface ActivityPage {
  items: ActivityItem[];
  last_seq: number;
  next_before: number | null;
}

/** Something the operator should know. */
export interface AlertRow {
  seq: number;
  at: string;
  text: string;
  account_id: string | null;
  order_id: string | null;
}

/** Stop or resume. Without a command id (no body, or a form) the server makes one. */
export interface BareRequest {
  command_id?: string | null;
}

/** Cancel every open copy, or those named; `count` is how many of them the operator saw open. */
export interface CancellationsRequest {
  command_id: string;
  count: number;
  copies?: string[];
}

/** One thing that must be so for copying to work. */
export interface Check {
  is_ok: boolean;
  message: string;
}

/** What would be wrong with this text in a file's place? */
export interface CheckRequest {
  text: string;
}

/** What would keep a text from being saved; empty where nothing would. */
export interface CheckResponse {
  problems: ConfigProblemRow[];
}

/** A command that was carried out; each item may still have been refused on its own. */
export interface CommandResponse {
  command_id: string;
  accepted: boolean;
  message: string;
  results: ItemResult[];
}

/** A file, its secrets masked. `is_shown` is false where it is no JSON: it cannot be masked then. */
export interface ConfigFileRow {
  name: string;
  text: string;
  is_shown: boolean;
  revision: string;
  schema: Record<string, unknown>;
  problems: ConfigProblemRow[];
}

/** One thing wrong with a file: where, why, and what would be right. */
export interface ConfigProblemRow {
  file: string;
  line: number | null;
  path: string;
  reason: string;
  example: string;
}

/** A refusal about configuration: `problems` says what is wrong with the text, line by line. */
export interface ConfigRefusal {
  error: string;
  message: string;
  not_done: string;
  request_id: string;
  command_id: string | null;
  results: ItemResult[];
  problems: ConfigProblemRow[];
}

/** All files. */
export interface ConfigResponse {
  files: ConfigFileRow[];
  can_save: boolean;
}

/** Copy these primary orders now, to all secondaries or to those named. */
export interface CopiesRequest {
  command_id: string;
  orders: string[];
  accounts?: string[];
}

export type CopyMode = "auto" | "manual";

/** One copy: its `slices` are the orders that would leave, `quantity` their sum. */
export interface CopyPreviewRow {
  copy_id: string;
  order_id: string;
  account_id: string;
  quantity: number;
  slices: number[];
  refusal: RefusalRow | null;
  warnings: string[];
}

/** One primary order mirrored into one secondary, with the legs of every generation. */
export interface CopyRow {
  copy_id: string;
  primary_order_id: string;
  account_id: string;
  instrument: string;
  side: Side;
  state: CopyState;
  reason: ReasonRow | null;
  quantity: number;
  filled_quantity: number;
  closing_units: number;
  generation: number;
  may_retry: boolean;
  may_cancel: boolean;
  is_changed_by_hand: boolean;
  requested_by: string;
  legs: LegRow[];
}

export type CopyState = "HELD" | "PENDING" | "SENDING" | "OPEN" | "TRIGGER_PENDING" | "PARTIAL" | "FILLED" | "CANCELLED" | "REJECTED" | "IN_DOUBT" | "NEEDS_OPERATOR" | "FAILED" | "DENIED" | "EXPIRED" | "NOT_SENT" | "SKIPPED";

/** The rows that changed in deltas `from_seq` to `to_seq`, each once and as it was last. */
export interface Deltas {
  boot_id: string;
  from_seq: number;
  to_seq: number;
  status: StatusRow | null;
  gone_accounts: string[];
  accounts: Record<string, AccountRow>;
  orders: Record<string, OrderRow>;
  copies: Record<string, CopyRow>;
  portfolios: Record<string, PortfolioRow>;
  alerts: AlertRow[];
}

/** The broker's pushes. Without them orders are found by polling alone, a little later. */
export interface FeedRow {
  is_on: boolean;
  is_up: boolean;
  connections: number;
}

/** The versions of a file that are kept, newest first. */
export interface HistoryResponse {
  versions: VersionRow[];
}

/** What became of one order or copy that a command named. */
export interface ItemResult {
  key: string;
  accepted: boolean;
  message: string;
}

/** One order of a copy, in one generation. `is_changed_by_hand`: at the broker, and left so. */
export interface LegRow {
  tag: string;
  number: number;
  generation: number;
  state: CopyState;
  reason: ReasonRow | null;
  is_changed_by_hand: boolean;
  quantity: number;
  filled_quantity: number;
  average_price: string;
  order_id: string | null;
  attempts: number;
  amendments: number;
  planned_at: string | null;
  sent_at: string | null;
  answered_at: string | null;
}

/** Whether the engine talks to the web process, and since when (ISO 8601). */
export interface LinkRow {
  is_up: boolean;
  since: string;
}

/** The log at one moment. Times are ISO 8601 in UTC. */
export interface LogStatus {
  is_on: boolean;
  at: string;
  url: string | null;
  share_with: string | null;
  queued: number;
  written: number;
  written_at: string | null;
  problem: string | null;
  needs_operator: boolean;
  since: string | null;
}

/** Read the order lists of all accounts now, or of those named. */
export interface LookRequest {
  command_id: string;
  accounts?: string[];
}

export type MarketPhase = "pre_open" | "open" | "closed";

/** The market's phase by the broker's clock and when the next begins (ISO 8601); no holidays are known. */
export interface MarketRow {
  phase: MarketPhase;
  until: string;
}

/** Copy new orders at once (auto) or hold them for a tick (manual). */
export interface ModeRequest {
  command_id: string;
  mode: CopyMode;
}

/** A primary order that would be copied. */
export interface OrderPreviewRow {
  order_id: string;
  age_s: number | null;
  last_price: string | null;
  moved_percent: string | null;
  is_exit: boolean;
}

/** One primary order. `late` and `skipped` say why it is not copied by itself, or to nobody. */
export interface OrderRow {
  order_id: string;
  exchange: string;
  tradingsymbol: string;
  side: Side;
  order_type: string;
  product: string;
  variety: string;
  quantity: number;
  filled_quantity: number;
  price: string;
  trigger_price: string;
  average_price: string;
  status: string;
  status_message: string | null;
  placed_at: string | null;
  late: ReasonRow | null;
  skipped: ReasonRow | null;
}

/** Each account's profit of the day at each of the `times`; None where it was not known then. */
export interface PnlResponse {
  times: string[];
  accounts: Record<string, (string | null)[]>;
}

/** What an account holds and has, as read at `as_of`; `fails` says why it cannot be read now. */
export interface PortfolioRow {
  account_id: string;
  as_of: string | null;
  fails: string | null;
  fails_since: string | null;
  pnl: string | null;
  funds_free: string | null;
  funds_used: string | null;
  positions: PositionRow[];
}

/** One instrument and product of an account. `quantity` is net and signed, `pnl` the day's. */
export interface PositionRow {
  instrument: string;
  exchange: string;
  tradingsymbol: string;
  product: string;
  lot_size: number | null;
  quantity: number;
  average_price: string;
  last_price: string;
  pnl: string;
  expected: number | null;
}

/** What would copying these primary orders send, to all secondaries or to those named? */
export interface PreviewCopiesRequest {
  orders: string[];
  accounts?: string[];
}

/** What would sending these copies once more send? */
export interface PreviewRetriesRequest {
  copies: string[];
}

/** What a command would do at the moment `at`. `order_count` is how many orders would leave. */
export interface PreviewRow {
  at: string;
  order_count: number;
  orders: OrderPreviewRow[];
  copies: CopyPreviewRow[];
  accounts: AccountPreviewRow[];
  warnings: string[];
}

/** Why a request did not do what it asked. `not_done` says what has not happened, or is not known. */
export interface Problem {
  error: string;
  message: string;
  not_done: string;
  request_id: string;
  command_id: string | null;
  results: ItemResult[];
}

/** Whether orders are being copied right now. `checks` only for whoever is signed in. */
export interface Readiness {
  status: string;
  checks: Record<string, Check>;
}

export type ReasonCode = "OWN_ORDER" | "RMS_SQUARE_OFF" | "PRODUCT_NOT_COPIED" | "ORDER_TYPE_NOT_ALLOWED" | "VARIETY_NOT_COPIED" | "PRIMARY_ENDED" | "INSTRUMENT_UNKNOWN" | "ACCOUNT_OFF" | "ACCOUNT_CLOSE_ONLY" | "SYMBOL_NOT_ALLOWED" | "QUANTITY_SUB_LOT" | "QUANTITY_ABOVE_LIMIT" | "NOTHING_HELD" | "WAITS_FOR_ENTRY" | "PRIMARY_LEFT" | "RESTED_TOO_LONG" | "MANUAL_MODE" | "SEEN_LATE" | "SKIPPED_BY_OPERATOR" | "CANCELLED_BY_OPERATOR" | "COPYING_STOPPED" | "TOO_OLD" | "PRIMARY_CANCELLED" | "BROKER_REJECTED" | "BROKER_NEVER_TOOK_IT" | "ANSWER_LOST" | "ABSENT_FROM_ORDER_LIST" | "ORDER_LIST_UNREADABLE" | "STATUS_UNKNOWN" | "SESSION_EXPIRED" | "ACCOUNT_NOT_PERMITTED" | "ILLEGAL_MOVE" | "AMENDMENT_LIMIT" | "DAY_OVER" | "CHANGED_BY_HAND" | "CANCELLED_AT_BROKER";

/** A reason; `raw` holds the broker's own words where there are any. */
export interface ReasonRow {
  code: ReasonCode;
  text: string;
  raw: string | null;
}

/** What may be downloaded, and how the trade log fares; None where none was ever kept here. */
export interface RecordsOverview {
  days: string[];
  kinds: string[];
  trade_log: LogStatus | null;
}

/** Why a copy would not be sent. `code` is None where only a sentence says it. */
export interface RefusalRow {
  code: ReasonCode | null;
  text: string;
  raw: string | null;
}

/** Put an old version in a file's place, if the file is still that of `revision`. */
export interface RestoreRequest {
  revision: string;
}

/** Send these copies once more. */
export interface RetriesRequest {
  command_id: string;
  copies: TickedCopy[];
}

/** Put this text in a file's place, if the file is still that of `revision`. */
export interface SaveRequest {
  text: string;
  revision: string;
}

/** A file after a save, its secrets masked, and in words what the save changes. */
export interface SavedResponse {
  name: string;
  text: string;
  revision: string;
  message: string;
  changes: string[];
}

export type Side = "BUY" | "SELL";

/** Skip the held copies of these primary orders, in all secondaries or in those named. */
export interface SkipsRequest {
  command_id: string;
  orders: string[];
  accounts?: string[];
}

/** The whole state; it is frozen at the last known one while the link is down. */
export interface SnapshotResponse {
  boot_id: string;
  seq: number;
  status: StatusRow;
  accounts: Record<string, AccountRow>;
  orders: Record<string, OrderRow>;
  copies: Record<string, CopyRow>;
  portfolios: Record<string, PortfolioRow>;
  alerts: AlertRow[];
  link: LinkRow;
}

/** Close intraday positions of these accounts, all or those named; `count` is how many were seen. */
export interface SquareOffsRequest {
  command_id: string;
  accounts: string[];
  count: number;
  instruments?: string[];
}

/** The engine as a whole. Times are ISO 8601; `looked_at` is the last good look at the primary. */
export interface StatusRow {
  venue: string;
  copy_mode: CopyMode;
  is_stopped: boolean;
  stopped_by: string | null;
  started_at: string;
  trade_date: string;
  looked_at: string | null;
  looking_fails: string | null;
  revision: string;
  config_refused: string | null;
  journal_fails: string | null;
  feed: FeedRow;
  market: MarketRow;
}

/** An order under a tag of ours that no copy accounts for; `beside` is the order its tag is of, if any. */
export interface StrangerRow {
  order_id: string;
  tag: string;
  instrument: string;
  side: string;
  quantity: number;
  filled_quantity: number;
  status: string;
  beside: string | null;
}

/** A copy and the state the operator saw when ticking it. */
export interface TickedCopy {
  copy_id: string;
  seen_state: CopyState;
}

/** A version's text, its secrets masked. */
export interface VersionResponse {
  text: string;
}

/** A version that a later save replaced; `saved_at` is when it was written itself. */
export interface VersionRow {
  version: string;
  saved_at: string;
  bytes: number;
}
