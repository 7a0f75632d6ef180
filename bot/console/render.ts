import stringWidth from 'string-width'
import { unreachable } from '../../core/assert.js'
import { chartWords } from '../cards/chart.js'
import type { Block, Card, Column, More } from '../cards/model.js'

/** Columns of a table are separated by two spaces; cells wider than this are cut with an ellipsis. */
const CELL_WIDTH = 48
/** The last column has nothing behind it to push off the screen, and the first of two only one number. */
const WIDE_CELL_WIDTH = 120

/** A card as plain text for a terminal: no colour codes, safe to pipe into a file. */
export function renderConsole({ title, blocks, actions }: Card): string {
  const parts = [plain(title), ...blocks.map(renderBlock)]
  if (actions.length > 0)
    parts.push(actions.map(({ label, command }) => `[${plain(label)}] ${plain(command)}`).join('\n'))
  return `${parts.join('\n\n')}\n`
}

function renderBlock(block: Block): string {
  switch (block.type) {
    case 'text':
      return plain(block.text)
    case 'facts':
      return renderFacts(block.facts.map(({ label, value }) => [plain(label), plain(value)]))
    case 'table':
      return renderTable(block.columns, block.rows) + renderMore(block.more)
    case 'list': {
      const heading = block.heading === undefined ? [] : [`${plain(block.heading)}:`]
      return (
        [...heading, ...block.items.map((item) => `  - ${plain(item)}`)].join('\n') + renderMore(block.more)
      )
    }
    case 'chart':
      return renderBlock(chartWords(block))
    default:
      return unreachable(block, 'renderBlock')
  }
}

function renderFacts(facts: readonly (readonly string[])[]): string {
  const width = Math.max(0, ...facts.map(([label = '']) => stringWidth(label)))
  return facts.map(([label = '', value = '']) => `${pad(label, width, 'left')}  ${value}`).join('\n')
}

function renderTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const last = columns.length - 1
  const room = (index: number) => (index === last || last === 1 ? WIDE_CELL_WIDTH : CELL_WIDTH)
  const cells = [columns.map(({ heading }) => heading), ...rows].map((row) =>
    row.map((cell, index) => cut(plain(cell), room(index))),
  )
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => stringWidth(row[index] ?? ''))))
  return cells
    .map((row) =>
      columns
        .map(({ align }, index) => pad(row[index] ?? '', widths[index] ?? 0, align))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function renderMore(more: More | undefined): string {
  return more === undefined ? '' : `\n  … and ${more.hidden} more: ${plain(more.command)}`
}

function pad(text: string, width: number, align: Column['align']): string {
  const space = ' '.repeat(Math.max(0, width - stringWidth(text)))
  return align === 'left' ? text + space : space + text
}

function cut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text
  let kept = ''
  for (const character of text) {
    if (stringWidth(kept + character) >= width) break
    kept += character
  }
  return `${kept}…`
}

/**
 * Outside text on one line and inert: control characters (which could move the cursor or colour the terminal) and
 * direction overrides become a visible mark.
 */
function plain(text: string): string {
  return text.replace(/[\t\n\r]+/g, ' ').replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '\ufffd')
}
