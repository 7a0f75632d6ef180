import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it } from 'vitest'
import { checkCards } from './cards.js'
import { judge } from './judge.js'

it('a folder without the schema of Adaptive Cards fails, and says which file it wants', async () => {
  const specs = mkdtempSync(path.join(tmpdir(), 'contract-'))
  let text = ''
  try {
    expect(await checkCards(specs, (part) => void (text += part))).toBe(1)
  } finally {
    rmSync(specs, { recursive: true })
  }
  expect(text).toContain(path.join(specs, 'adaptive-card-1.5.schema.json'))
  expect(text).toContain('no card was checked')
})

const accepts = Object.assign((content: unknown) => (content as { good: boolean }).good, { errors: null })

it.each([
  ['good, and what is broken is rejected', [{ good: true }], false, true],
  ['one of them is not accepted', [{ good: true }, { good: false }], false, false],
  ['what is broken is accepted all the same', [{ good: true }], true, false],
  ['there is nothing to check', [], false, false],
])('%s', (_, contents, value, kept) => {
  const shown = contents.map((content, index) => ({ label: `${index}`, content }))
  const broken = shown.length === 0 ? [] : [{ what: 'no good', at: ['good'], value }]
  const checked = { name: 'cards', shown, accepts: accepts as never, broken }
  expect(judge(checked, () => undefined)).toBe(kept)
})
