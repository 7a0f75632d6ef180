import { describe, expect, test } from 'vitest'
import type { Card } from '../../../bot/cards/model.js'
import { renderConsole } from '../../../bot/console/render.js'

function card(blocks: Card['blocks']): Card {
  return { title: 'Title', tone: 'plain', blocks, actions: [] }
}

test('a table is aligned by what characters take on a screen', () => {
  const text = renderConsole(
    card([
      {
        type: 'table',
        columns: [
          { heading: 'Customer', align: 'left' },
          { heading: 'To bill', align: 'right' },
        ],
        rows: [
          ['Contoso', '$514.52'],
          ['株式会社', '¥1,200'],
        ],
        more: { hidden: 3, command: 'who march' },
      },
    ]),
  )
  expect(text).toBe(
    [
      'Title',
      '',
      'Customer  To bill',
      'Contoso   $514.52',
      '株式会社   ¥1,200',
      '  … and 3 more: who march',
      '',
    ].join('\n'),
  )
})

describe('text from outside cannot act on the terminal', () => {
  test.each([
    ['\u001b[2J\u001b[31mred', '\ufffd[2J\ufffd[31mred'],
    ['a\u0000b\u0007c', 'a\ufffdb\ufffdc'],
    ['left\u202eright', 'left\ufffdright'],
    ['two\nlines\tand tab', 'two lines and tab'],
  ])('%j', (hostile, shown) => {
    expect(renderConsole(card([{ type: 'text', style: 'plain', text: hostile }]))).toBe(`Title\n\n${shown}\n`)
  })
})

test('a long cell is cut visibly, in whole characters', () => {
  const text = renderConsole(
    card([
      {
        type: 'table',
        columns: [
          { heading: 'Name', align: 'left' },
          { heading: '', align: 'left' },
          { heading: '', align: 'left' },
        ],
        rows: [
          ['é'.repeat(80), '', ''],
          ['😀'.repeat(40), '', ''],
        ],
      },
    ]),
  )
  const [, , heading, first, second] = text.split('\n')
  expect(heading).toBe('Name')
  expect(first).toBe(`${'é'.repeat(47)}…`)
  expect(second?.endsWith('😀…')).toBe(true)
})

test('of two columns the first may be long: there is only one behind it', () => {
  const table = (name: string) =>
    renderConsole(
      card([
        {
          type: 'table',
          columns: [
            { heading: 'Customer', align: 'left' },
            { heading: 'To bill', align: 'right' },
          ],
          rows: [[name, '$514.52']],
        },
      ]),
    )
  expect(table('é'.repeat(80))).toContain(`${'é'.repeat(80)}  $514.52\n`)
  expect(table('é'.repeat(130))).toContain(`${'é'.repeat(119)}…  $514.52\n`)
})

test('actions are shown as what to type', () => {
  const actions = [
    {
      name: 'approve',
      label: 'Approve',
      tone: 'primary',
      target: { id: 'APR-7', revision: '' },
      command: 'approve BR-7',
    },
  ] as const
  expect(renderConsole({ ...card([]), actions })).toContain('[Approve] approve BR-7')
})
