import { expect, test } from 'vitest'
import { parseCommand } from '../../../bot/commands/parse.js'
import { typedName } from '../../../core/mapping/typed.js'
import { day } from '../../support/observed.js'

test.each([
  ['Contoso', 'Contoso'],
  ['Bank of America', 'Bank of America'],
  ['New Horizons', 'New Horizons'],
  ['Brave New World', '"Brave New World"'],
  ['Made to Measure', '"Made to Measure"'],
  ['The "Set" set', '“The "Set" set”'],
])('%s is typed as %s, and understood', (name, typed) => {
  expect(typedName(name)).toBe(typed)
  const said = { line: 'k7q2mdxa', from: undefined }
  expect(parseCommand(`map ${typed} new k7q2mdxa`, day('2026-03-20'))).toEqual({
    name: 'map',
    action: 'answer',
    customer: name,
    said,
  })
})
