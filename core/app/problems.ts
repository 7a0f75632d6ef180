import { Problem } from '../problem.js'

/** There is no data yet. */
export function nothingObserved(): Problem {
  return new Problem({
    kind: 'notFound',
    what: 'The marketplace has not been observed yet, so there is nothing to answer from.',
    next: 'Type `observe` to read it now.',
  })
}

export function lineNotFound(ref: string): Problem {
  return new Problem({
    kind: 'notFound',
    what: `There is no line “${ref}”: lines change when their seats, dates or prices do.`,
    next: 'Type `customer <name>` to see the lines as they are now, each with its reference.',
  })
}

export function customerNotFound(name: string, nearest: readonly string[], among?: string): Problem {
  return new Problem({
    kind: 'notFound',
    what: `No customer${among === undefined ? '' : ` ${among}`} is called “${name}”.`,
    next: nearest.length === 0 ? 'Type `who` to see all customers.' : `Did you mean ${quoted(nearest)}?`,
  })
}

export function customerAmbiguous(name: string, matches: readonly string[]): Problem {
  return new Problem({
    kind: 'input',
    what: `“${name}” fits ${matches.length} customers: ${quoted(matches)}.`,
    next: 'Type more of the name.',
  })
}

function quoted(names: readonly string[]): string {
  const shown = names.slice(0, 5).map((name) => `“${name}”`)
  const hidden = names.length - shown.length
  return hidden > 0 ? `${shown.join(', ')} and ${hidden} more` : shown.join(', ')
}
