type Fields = Readonly<Record<string, unknown>>

/** An attachment that is no card: a file, or the question whether one is wanted. */
export interface FileAttachment {
  readonly kind: 'consent' | 'info'
  readonly name: string
  readonly contentUrl: string | undefined
  readonly content: Fields
}

const CARD = 'application/vnd.microsoft.card.adaptive'
const KINDS = new Map([
  ['application/vnd.microsoft.teams.card.file.consent', 'consent'],
  ['application/vnd.microsoft.teams.card.file.info', 'info'],
] as const)

/** The file, or the question for one, in an activity. */
export function fileOf(activity: Fields): FileAttachment | undefined {
  for (const { contentType, name, contentUrl, content } of attachmentsOf(activity)) {
    const kind = KINDS.get(String(contentType) as Parameters<typeof KINDS.get>[0])
    if (kind === undefined) continue
    const url = typeof contentUrl === 'string' ? contentUrl : undefined
    return { kind, name: String(name), contentUrl: url, content: (content ?? {}) as Fields }
  }
  return undefined
}

function attachmentsOf({ attachments }: Fields): readonly Fields[] {
  return Array.isArray(attachments) ? (attachments as Fields[]) : []
}

/** What Teams takes no message for. @param personal whether nobody but the bot and one person is there */
export function attachmentMistakes(activity: Fields, personal: boolean): string[] {
  const all = attachmentsOf(activity)
  const unknown = all.filter(
    ({ contentType }) => contentType !== CARD && !KINDS.has(String(contentType) as never),
  )
  const file = fileOf(activity)
  return [
    ...unknown.map(({ contentType }) => `${String(contentType)} is no attachment`),
    ...(file === undefined ? [] : fileMistakes(file, personal)),
    ...(file !== undefined && all.length > 1 ? ['a file beside something else'] : []),
  ]
}

function fileMistakes({ kind, name, contentUrl, content }: FileAttachment, personal: boolean): string[] {
  if (!personal) return ['a file outside a personal chat']
  if (name === '' || name === 'undefined') return ['a file without a name']
  if (kind === 'info') {
    const { uniqueId, fileType } = content
    const whole = contentUrl !== undefined && typeof uniqueId === 'string' && typeof fileType === 'string'
    return whole ? [] : ['a file that is nowhere']
  }
  const { description, sizeInBytes, acceptContext, declineContext } = content
  const isWhole =
    typeof description === 'string' &&
    Number.isInteger(sizeInBytes) &&
    Number(sizeInBytes) > 0 &&
    typeof acceptContext === 'object' &&
    typeof declineContext === 'object'
  return isWhole ? [] : ['an offered file that is not whole']
}
