/**
 * What people read on a card, the same for every surface: one entry for the title, each text, each fact ("Label: value"),
 * each item of a list ("- …"), each row of a table (cells joined by " · ") and, last, the buttons ("[Approve] [Reject]").
 * Each surface's reader finds them on its own in what that surface shows, so that nothing can be missing on one of them.
 */
export type Words = readonly string[]

/** What is to be typed stands in code, in quotes or in backticks, as a surface can: here always in "straight quotes". */
export function quoted(text: string): string {
  return text.replace(/[`“”]/g, '"')
}

/** A choice is named in full, or by its beginning: "Lee" of “Lee · approver”, "Contoso" of “Contoso (101)”. */
export function isMeant(choice: string, answer: string): boolean {
  return answer !== '' && (choice === answer || choice.startsWith(`${answer} `))
}

/** One line without what only lays it out. Empty: there is nothing to read. */
export function folded(text: string): string {
  return quoted(text)
    .replace(/\u2060/g, '')
    .replace(/\s+/g, ' ')
    .trim()
}

export function wordsOf(lines: readonly string[]): Words {
  return lines.map(folded).filter((line) => line !== '')
}

export function buttonLine(labels: readonly string[]): string[] {
  return labels.length === 0 ? [] : [labels.map((label) => `[${label}]`).join(' ')]
}
