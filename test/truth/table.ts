import type { Row } from './judge.js'

const COLUMNS = ['case', 'label', 'published', 'ours', 'verdict'] as const

const WIDEST_CELL: Readonly<Record<keyof Row, number>> = {
  case: 14,
  label: 36,
  published: 40,
  ours: 40,
  verdict: 90,
}

/** The rows under their headings, in columns as wide as their longest cell. Cells that are cut end in "…". */
export function table(rows: readonly Row[]): string {
  const cells = rows.map((row) => COLUMNS.map((name) => cut(row[name], WIDEST_CELL[name])))
  const all = [[...COLUMNS], ...cells]
  const widths = COLUMNS.map((_, column) => Math.max(...all.map((line) => line[column]?.length ?? 0)))
  return all
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function cut(text: string, widest: number): string {
  return text.length > widest ? `${text.slice(0, widest - 1)}…` : text
}
