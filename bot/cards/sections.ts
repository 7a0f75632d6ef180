import { CARD_PAGE_CHARACTERS, CARD_PAGE_ITEMS } from '../../core/limits.js'
import { Problem } from '../../core/problem.js'
import type { Block } from './model.js'

/** A part of a long answer: what its items are, and the items. */
export interface Section {
  readonly heading: string
  readonly items: readonly string[]
}

/** Sections as lists that show a few items each, and say where the others are. */
export function shortSections(sections: readonly Section[], most: number, all: string): Block[] {
  return sections.map(({ heading, items }) => {
    const hidden = items.length - most
    return {
      type: 'list',
      heading,
      items: items.slice(0, most),
      ...(hidden > 0 ? { more: { hidden, command: all } } : {}),
    }
  })
}

/** A page of an answer that has several. */
export interface Paged {
  readonly number: number
  /** How many there are, at least one. */
  readonly of: number
  readonly sections: readonly Section[]
}

/**
 * One page of an answer. Problem `notFound` when it has none of that number.
 *
 * @param number from 1.
 * @param command what shows its first page.
 */
export function pageOf(sections: readonly Section[], number: number, command: string): Paged {
  const pages = pagesOf(sections)
  const of = Math.max(1, pages.length)
  if (number <= of) return { number, of, sections: pages[number - 1] ?? [] }
  throw noSuchPage(command, number, of)
}

/** @param command what shows the first page. */
export function noSuchPage(command: string, number: number, of: number): Problem {
  const all = of === 1 ? '`page 1` is all of it' : `they go from 1 to ${of}`
  return new Problem({
    kind: 'notFound',
    what: `\`${command}\` has no page ${number}: ${all}.`,
    next: `Type \`${command}\` to read it from the beginning.`,
  })
}

/** " · page 1 of 2", for the title of an answer; nothing where it is all on one. */
export function pageWords({ number, of }: Paged): string {
  return of === 1 ? '' : ` · page ${number} of ${of}`
}

interface Entry {
  readonly section: Section
  readonly item: string
  readonly isFirst: boolean
}

/**
 * Splits sections into pages that fit into one message of every surface, the same on each: every item once, in order. A
 * section that goes on repeats its heading.
 */
export function pagesOf(sections: readonly Section[]): readonly (readonly Section[])[] {
  const pages: Entry[][] = []
  let characters = 0
  for (const entry of sections.flatMap((section) =>
    section.items.map((item, index) => ({ section, item, isFirst: index === 0 })),
  )) {
    const page = pages.at(-1)
    const cost =
      entry.item.length + (page?.at(-1)?.section === entry.section ? 0 : entry.section.heading.length)
    if (page === undefined || page.length >= CARD_PAGE_ITEMS || characters + cost > CARD_PAGE_CHARACTERS) {
      pages.push([entry])
      characters = entry.item.length + entry.section.heading.length
    } else {
      page.push(entry)
      characters += cost
    }
  }
  return pages.map(sectionsOf)
}

function sectionsOf(page: readonly Entry[]): readonly Section[] {
  const sections = [...new Set(page.map(({ section }) => section))]
  return sections.map((section) => {
    const entries = page.filter((entry) => entry.section === section)
    const continued = entries[0]?.isFirst === true ? '' : ', continued'
    return { heading: `${section.heading}${continued}`, items: entries.map(({ item }) => item) }
  })
}
