/** A file from the operator's disk as a text for the editor, or why it is none. */

export const MOST_BYTES = 1_000_000;

export class UploadError extends Error {}

/** Return a file's text. UploadError for one that is too large, or no UTF-8 text; it is not sent anywhere. */
export async function textOf(file: Blob & { name: string }): Promise<string> {
  if (file.size > MOST_BYTES) {
    const size = (file.size / MOST_BYTES).toLocaleString("en-IN", { maximumFractionDigits: 1 });
    throw new UploadError(
      `${file.name} has ${size} MB. A configuration has a few kilobytes; more than 1 MB is not taken.`,
    );
  }
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (bytes.includes(0)) throw new UploadError(`${file.name} is no text file: it holds binary data.`);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new UploadError(`${file.name} is not UTF-8 text. Save it as UTF-8 and choose it again.`);
  }
  return text.replaceAll("\r\n", "\n");
}

/** Return why a text is too large for the server, null where it is not. */
export function tooLarge(text: string): string | null {
  const bytes = new TextEncoder().encode(text).length;
  return bytes > MOST_BYTES
    ? `This text has ${bytes.toLocaleString("en-IN")} bytes. More than 1 MB is no configuration, and is not taken.`
    : null;
}
