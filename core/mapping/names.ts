/** A name taken apart for comparing: what looks different and is the same becomes the same. */
export interface FoldedName {
  /** As it is, without space around it. */
  readonly text: string
  /** Words without case, punctuation and accents; with umlauts written out as a second way to spell it. */
  readonly spellings: readonly string[]
  /** The words of the first spelling. */
  readonly words: readonly string[]
  /** Without legal forms at the end; never empty while there are words. */
  readonly core: readonly string[]
  readonly coreSpellings: readonly string[]
  /** Legal forms at the end, each in one way to write it, in order of the alphabet. */
  readonly legal: string
}

/** Forms of companies, as they stand at the end of a name, and the one way in which each is compared. */
const LEGAL_FORMS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    incorporated: 'inc',
    limited: 'ltd',
    corporation: 'corp',
    company: 'co',
  }).concat(
    (
      'ab ag aps as asa bv bvba co corp cv doo eg ev eu gbr gesmbh gmbh inc kft kg kgaa lda llc llp lp ltd ltda ' +
      'mbh nv oho ohg oy oyj pbc plc pllc pte pty pvt sa sarl sas sasu se sl slu snc spa spzoo srl sro ug zoo'
    )
      .split(' ')
      .map((form) => [form, form]),
  ),
)

/** Words that join others and tell nobody apart. */
const JOINING: ReadonlySet<string> = new Set(['and', 'und', 'et', 'the'])

const LETTERS: ReadonlyMap<string, string> = new Map(
  Object.entries({ ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', ı: 'i', þ: 'th' }),
)
const UMLAUTS: ReadonlyMap<string, string> = new Map(
  Object.entries({ ä: 'ae', ö: 'oe', ü: 'ue', å: 'aa', ø: 'oe' }),
)

/** Takes a name apart. Whatever it holds is text: nothing in it means anything else. */
export function foldName(name: string): FoldedName {
  const text = name.trim()
  const lower = text.normalize('NFKC').toLowerCase()
  const ways = [lower, lower.replace(/[äöüåø]/gu, (letter) => UMLAUTS.get(letter) ?? letter)].map(wordsOf)
  const [words = []] = ways
  const cores = ways.map(withoutLegalForms)
  const [core = words] = cores
  return {
    text,
    spellings: [...new Set(ways.map((way) => way.join(' ')))],
    words,
    core,
    coreSpellings: [...new Set(cores.map((way) => way.join(' ')))],
    legal: words
      .slice(core.length)
      .map((form) => LEGAL_FORMS.get(form) ?? form)
      .sort()
      .join(' '),
  }
}

function wordsOf(lower: string): readonly string[] {
  const plain = lower
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/gu, '')
    .replace(/[ßæœøłđıþ]/gu, (letter) => LETTERS.get(letter) ?? letter)
    // "O'Brien", "S.r.l.", "A/S": marks inside a word do not part it.
    .replace(/['’`´]/gu, '')
    .replace(/(?<![\p{L}\p{N}])(?:\p{L}\.){2,}/gu, (letters) => `${letters.replaceAll('.', '')} `)
    .replace(/(?<![\p{L}\p{N}])(\p{L})\/(\p{L})(?![\p{L}\p{N}])/gu, '$1$2')
  const words = plain.match(/[\p{L}\p{N}\p{M}]+/gu) ?? []
  const telling = words.filter((word) => !JOINING.has(word))
  return telling.length === 0 ? words : telling
}

/** A name that is nothing but legal forms keeps its first. */
function withoutLegalForms(words: readonly string[]): readonly string[] {
  const last = words.findLastIndex((word) => !LEGAL_FORMS.has(word))
  return last < 0 ? words.slice(0, 1) : words.slice(0, last + 1)
}

/** Parts of an address under which names are registered, before its last part. */
const SECOND_PARTS: ReadonlySet<string> = new Set(['co', 'com', 'org', 'net', 'gov', 'ac', 'edu'])

/** The part of a domain that is a name: "contoso" of "https://www.contoso.co.uk/"; undefined: there is none. */
export function domainName(domain: string): string | undefined {
  const host = domain
    .trim()
    .toLowerCase()
    .replace(/^[a-z]+:\/\//, '')
    .replace(/[/:?#].*$/s, '')
  const labels = host.split('.').filter((label) => label !== '' && label !== 'www')
  if (labels.length < 2) return undefined
  if (host.endsWith('.onmicrosoft.com')) return labels[0]
  const isSecond = labels.length > 2 && SECOND_PARTS.has(labels.at(-2) ?? '')
  return labels.at(isSecond ? -3 : -2)
}
