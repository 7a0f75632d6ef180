/** Characters a spreadsheet may start a formula with, in half and full width (OWASP CSV injection; ASVS 5 1.2.10). */
const TRIGGER = /^[=+\-@\t\r\n\u{ff1d}\u{ff0b}\u{ff0d}\u{ff20}]/u
/** What some programs skip before they look: white space and invisible characters. */
const INVISIBLE = /^[\s\u{feff}\u{a0}\u{200b}-\u{200f}\u{2060}]+/u

/**
 * A text cell that no spreadsheet runs: an apostrophe goes in front where it would start a formula, also behind
 * characters that programs skip. NUL is dropped. Numbers and dates must not come here: a negative amount stays one.
 */
export function inertText(text: string): string {
  const clean = text.replaceAll('\0', '')
  const seen = clean.replace(INVISIBLE, '')
  return TRIGGER.test(clean) || TRIGGER.test(seen) ? `'${clean}` : clean
}
