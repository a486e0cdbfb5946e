/** Tones and desktop notifications for the few things the operator must not miss; off until switched on. */
import { preferences } from "./preferences";

export type Signal = "refused" | "expired" | "lost" | "stopped" | "resumed";

/** Frequencies in hertz, one after the other: falling is bad, rising is good. */
const TONES: Record<Signal, readonly number[]> = {
  refused: [440, 330],
  expired: [520, 390, 520],
  lost: [330, 247],
  stopped: [390, 390],
  resumed: [390, 520],
};
const TONE_S = 0.14;
const LOUDNESS = 0.08;
const PAUSE_MS = 1000;

let context: AudioContext | null = null;
let last = Number.NEGATIVE_INFINITY;

/** Tell whether a sound may start now: one a second, or a bad minute would be one long tone. */
export function isDue(now: number, before: number): boolean {
  return now - before >= PAUSE_MS;
}

/** Sound a signal where sound is on. */
export function chime(signal: Signal): void {
  const now = performance.now();
  if (!preferences().hasSound || !isDue(now, last) || typeof AudioContext === "undefined") return;
  last = now;
  context ??= new AudioContext();
  void context.resume();
  TONES[signal].forEach((hertz, at) => {
    if (context !== null) play(context, hertz, context.currentTime + at * TONE_S);
  });
}

function play(audio: AudioContext, hertz: number, at: number): void {
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.frequency.value = hertz;
  // Swelling and fading instead of a click at each end.
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(LOUDNESS, at + 0.02);
  volume.gain.linearRampToValueAtTime(0, at + TONE_S);
  tone.connect(volume).connect(audio.destination);
  tone.start(at);
  tone.stop(at + TONE_S);
}

/** Ask the browser, once, whether notifications are allowed. */
export async function mayNotify(): Promise<boolean> {
  if (typeof Notification === "undefined") return false;
  if (Notification.permission === "default") return (await Notification.requestPermission()) === "granted";
  return Notification.permission === "granted";
}

/** Show a notification where they are on and the page is not in sight. A newer one of a kind replaces it. */
export function notify(signal: Signal, text: string): void {
  if (!preferences().hasNotifications || typeof Notification === "undefined") return;
  if (!document.hidden || Notification.permission !== "granted") return;
  new Notification("Tandem", { body: text, tag: `tandem-${signal}` });
}
