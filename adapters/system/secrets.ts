/** What stands where a secret stood. */
export const HIDDEN = '[secret]'
/** Below this an encoded form is so short that it would match in the middle of ordinary words. */
const SHORTEST_ENCODED = 6
/** JSON in a text, in an error's message, in a log line. */
const JSON_LEVELS = 3

/**
 * Takes secrets out of text. They are found as they are, as JSON writes them, percent-encoded, and inside base64 at any
 * offset (an Authorization header holds `user:secret` that way). Of a URL the password counts as well. A very short
 * secret makes text unreadable; it never makes it leak.
 */
export function redactSecrets(values: readonly string[]): (text: string) => string {
  const secrets = [...values, ...values.flatMap(passwordOf)].filter((value) => value !== '')
  // Longest first: a secret that contains another must not leave its rest behind.
  const forms = [...new Set(secrets.flatMap(formsOf))].sort((left, right) => right.length - left.length)
  return (text) => forms.reduce((rest, form) => rest.replaceAll(form, HIDDEN), text)
}

function passwordOf(value: string): string[] {
  const password = URL.canParse(value) ? new URL(value).password : ''
  return [password, decoded(password)]
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // a lone % is written as it is
  }
}

function formsOf(secret: string): string[] {
  const wellFormed = Buffer.from(secret).toString('utf8') // half a surrogate pair cannot be percent-encoded
  const encoded = [
    encodeURIComponent(wellFormed),
    new URLSearchParams({ '': wellFormed }).toString().slice(1),
  ]
  const inBase64 = [0, 1, 2].flatMap((offset) => base64At(wellFormed, offset))
  const longEnough = [...encoded, ...inBase64].filter((form) => form.length >= SHORTEST_ENCODED)
  return [secret, wellFormed, ...longEnough].flatMap(escapedForms)
}

/** As it is, and as it stands inside JSON inside JSON: a body that is logged as a text is escaped once more. */
function escapedForms(form: string): string[] {
  const forms = [form]
  for (let level = 0; level < JSON_LEVELS; level += 1) forms.push(JSON.stringify(forms[level]).slice(1, -1))
  return forms
}

/**
 * The characters of base64 that this secret alone decides when `offset` bytes (modulo 3) stand before it: those it
 * shares with its neighbours on either side are left out.
 */
function base64At(secret: string, offset: number): string[] {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)])
  const whole = bytes.subarray(0, bytes.length - (bytes.length % 3))
  const from = offset === 0 ? 0 : 4
  return (['base64', 'base64url'] as const).map((kind) => whole.toString(kind).slice(from))
}
