import { type ProjectFile, lineAt } from './files.js'
import { type Remark, type TextRule, isSource } from './rule.js'

const FILE_LINES = 400

/** Written in pieces, so that this list does not find itself. */
function anyOf(...pieces: readonly (readonly string[])[]): RegExp {
  return new RegExp(pieces.map((parts) => parts.join('')).join('|'), 'g')
}

const UNFINISHED = anyOf(['\\bTO', 'DO\\b'], ['\\bFIX', 'ME\\b'], ['\\bX', 'XX\\b'], ['\\bHA', 'CK:'])
/** Where and with what this was written is nobody's business: the project speaks of itself alone. */
const WORKPLACE = anyOf(
  ['/wo', 'rk/'],
  // As an argument of a command, with the dots before it, such a folder may be named.
  ['(?<!\\.\\./)\\bsha', 'red/(truth|specs)\\b'],
  ['\\bsha', 'red/(DESIGN|BILLING|SYNC|FAULTS|EXAMPLES|facts|exports|prototypes|hooks)\\b'],
  ['\\b[Ii]ssue ', '#?\\d'],
  ['\\bhelper ', 'session'],
  ['\\b[Cc]la', 'ude\\b'],
  ['\\b[Aa]nthr', 'opic\\b'],
  ['\\b[Cc]hat', '(gpt|GPT)\\b'],
  ['\\bAI-', 'generated\\b'],
)
const REGISTRY = anyOf(
  ['npm', 'js\\.(org|com)'],
  ['regis', 'try\\.[a-z0-9-]+\\.'],
  ['yarn', 'pkg\\.com'],
  ['\\bjfr', 'og\\b'],
  ['npm', 'mirror'],
)

function matches(file: ProjectFile, pattern: RegExp, what: (text: string) => string): Remark[] {
  return [...file.text.matchAll(pattern)].map((match) => ({
    line: lineAt(file.text, match.index),
    what: what(match[0]),
  }))
}

export const textRules: readonly TextRule[] = [
  {
    name: 'file-length',
    next: 'Split it by what its parts are about.',
    applies: (path) => isSource(path) || path === '.ci/run' || path.endsWith('.sh'),
    inText: ({ text }) => {
      const lines = text.trimEnd().split('\n').length
      return lines <= FILE_LINES
        ? []
        : [{ line: FILE_LINES + 1, what: `${lines} lines, more than ${FILE_LINES}.` }]
    },
  },
  {
    name: 'unfinished',
    next: 'Do it now, or leave the sentence out.',
    applies: (path) => path !== 'package-lock.json',
    inText: (file) => matches(file, UNFINISHED, (text) => `"${text}" promises work that nobody tracks.`),
  },
  {
    name: 'speaks-of-itself',
    next: 'Say it without naming where or with what it was written.',
    applies: () => true,
    inText: (file) => matches(file, WORKPLACE, (text) => `"${text}" is not part of this project.`),
  },
  {
    name: 'no-registry-host',
    next: 'Take it out; in the lockfile: delete the "resolved" fields (.npmrc keeps them out).',
    applies: () => true,
    inText: (file) => [
      ...matches(file, REGISTRY, (text) => `"${text}" names where packages come from.`),
      ...(file.path.endsWith('package-lock.json')
        ? matches(file, /"resolved"\s*:/g, () => 'The lockfile says where a package was fetched from.')
        : []),
    ],
  },
  {
    name: 'bounds-have-reasons',
    next: 'Say above it, in a doc comment, why it has this value and not another.',
    applies: (path) => /^core\/(limits|chat-limits|limits-ahead)\.ts$/.test(path),
    inText: ({ text }) =>
      text.split('\n').flatMap((line, index, all) => {
        // Two bounds that belong together may share one reason.
        const explained = /(\*\/|^export const .*)$/.test(all[index - 1] ?? '')
        return line.startsWith('export const ') && !explained
          ? [{ line: index + 1, what: 'A bound without its reason.' }]
          : []
      }),
  },
  {
    name: 'no-vendor-schema',
    next: "A vendor's schema is read from outside at test time, never copied in.",
    applies: (path) => /\.(ya?ml|json)$/.test(path),
    inText: (file) =>
      matches(
        file,
        /^\s*"?(openapi|swagger)"?\s*:\s*"?[23]\./gm,
        () => 'This is a vendor interface description.',
      ),
  },
]
