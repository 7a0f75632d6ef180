import { expect, test } from 'vitest'
import { rejectForm } from '../../../bot/cards/reject-form.js'
import { type TeamsMessage, renderForm } from '../../../bot/teams/render.js'
import { cardMistakes, elementsOf } from '../../emulators/teams/cards.js'

const CARD = { title: 'Title', tone: 'plain', blocks: [], actions: [] } as const

/** A card as JSON, the way the emulated Teams reads it. */
function shownBy({ card }: TeamsMessage): Readonly<Record<string, unknown>> {
  return JSON.parse(JSON.stringify(card)) as Record<string, unknown>
}

test('a form asks for what is needed; going back needs nothing', () => {
  const form = rejectForm(CARD, { id: 'APR-0001', revision: '0123456789abcdef' })
  const { card: shown } = renderForm(form, 'key')
  const [input] = elementsOf(shownBy({ summary: '', card: shown })).filter(
    ({ type }) => type === 'Input.Text',
  )
  expect(input).toMatchObject({
    id: 'reason',
    label: 'Why is it rejected?',
    isRequired: true,
    maxLength: 500,
  })
  const data = { id: 'APR-0001', revision: '0123456789abcdef', form: 'reject', key: 'key' }
  expect(shown.body.at(-1)).toMatchObject({
    actions: [
      { verb: 'submit', data },
      { verb: 'back', data, associatedInputs: 'none' },
    ],
  })
})

test('two hundred long choices fit into a card, each of them, in fewer words', () => {
  const options = Array.from({ length: 100 }, (_, index) => {
    return { label: `${'株式会社'.repeat(40)} (${index})`, value: `connectwise ${100_000 + index}` }
  })
  const base = { type: 'choice', label: 'Company', required: true, options } as const
  const form = rejectForm(CARD, { id: 'APR-0001', revision: '' })
  const shown = shownBy(
    renderForm(
      {
        ...form,
        fields: [
          { ...base, id: 'company' },
          { ...base, id: 'other' },
        ],
      },
      'key',
    ),
  )
  expect(cardMistakes(shown)).toEqual([])
  const inputs = elementsOf(shown).filter(({ type }) => type === 'Input.ChoiceSet')
  expect(inputs.map(({ choices }) => (choices as unknown[]).length)).toEqual([100, 100])
  expect(JSON.stringify(inputs)).toContain('(99)"')
})
