/** What is hidden of a text that is only shown. */
import { describe, expect, it } from "vitest";
import { hiddenIn, maskedText, maskOf, shownSecret, TYPED } from "../../src/config/masking";

const FILE = "accounts_config.json";

describe("maskOf", () => {
  it.each([
    ["0123456789ab", "••••89ab"],
    ["0123456789a", "••••"],
    ["x", "••••"],
    ["0123456789a😀", "••••89a😀"],
  ])("of %s is %s", (secret, mask) => {
    expect(maskOf(secret)).toBe(mask);
  });
});

describe("shownSecret", () => {
  it.each([
    ["env:AB1234_KEY", "env:AB1234_KEY"],
    ["vault:x.y-z", "vault:x.y-z"],
    ["env:with space in it", "••••n it"],
    ["••••2290", "••••2290"],
    ["", ""],
    ["a-token-as-typed-here", "••••here"],
  ])("shows %s as %s", (secret, shown) => {
    expect(shownSecret(secret)).toBe(shown);
  });
});

describe("maskedText", () => {
  const account = (member: string) => `[\n  { "account_id": "AB1234", ${member} }\n]`;

  it.each([
    ['"cred1": "a-secret-that-is-typed"', '"cred1": "••••yped"'],
    ['"cred2": "short"', '"cred2": "••••"'],
    ['"api_secret": "\\u0061-secret-that-is-typed"', '"api_secret": "••••yped"'],
    ['"egress": {"proxy": "http://me:word@127.0.0.1:80"}', '"egress": {"proxy": "••••1:80"}'],
    ['"acces_token": "a-secret-under-another-key"', '"acces_token": "••••-key"'],
    ['"cred1": ["a-secret-in-a-list-here"]', '"cred1": ["••••here"]'],
    ['"more": 123456789012', '"more": "••••9012"'],
    ['"name": {"first": "a-secret-in-the-name"}', '"name": {"first": "••••name"}'],
    ['"note": "env:NOT_A_CREDENTIAL"', '"note": "••••TIAL"'],
  ])("hides %s", (member, shown) => {
    expect(maskedText(FILE, account(member))).toBe(account(shown));
  });

  it.each([
    '"cred1": "env:KEY", "cred2": "••••2290", "api_secret": null',
    '"name": "Mother", "ps_multiplier": "2.5", "primary": false, "mode": "off", "max_quantity": 5000',
    '"symbols": {"allow": ["INFY"], "deny": []}, "egress": {"source_address": "203.0.113.7"}',
    '"when_primary_filled": "market", "rest_limit_s": 5, "enabled": true',
  ])("shows %s", (member) => {
    expect(maskedText(FILE, account(member))).toBe(account(member));
  });

  it("says beside a typed secret that it was, for it may look like the one before", () => {
    const text = account('"cred1": "a-secret-that-is-typed", "cred2": "••••2290"');
    const shown = account('"cred1": "••••yped (typed here)", "cred2": "••••2290"');
    expect(maskedText(FILE, text, TYPED)).toBe(shown);
  });

  it("hides in a text that is not whole, and in one that is no list of accounts", () => {
    expect(maskedText(FILE, '[{"cred1": "a-secret-that-is-typed",')).toBe('[{"cred1": "••••yped",');
    expect(maskedText(FILE, '{"account_id": "a-secret-that-is-typed"}')).toBe('{"account_id": "••••yped"}');
    expect(maskedText(FILE, '"a-secret-that-is-typed"')).toBe('"••••yped"');
  });

  it("leaves the other files alone, and bears any depth", () => {
    expect(maskedText("copier.json", '{"cred1": "a-secret-that-is-typed"}')).toContain("a-secret");
    expect(hiddenIn(FILE, "[".repeat(50_000))).toEqual([]);
  });
});
