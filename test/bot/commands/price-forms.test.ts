import { describe, expect, test } from 'vitest'
import type { FormName } from '../../../bot/cards/model.js'
import { renderConsole } from '../../../bot/console/render.js'
import { chatDesk } from '../../support/chat-desk.js'
import { memoryLog } from '../../support/memory-log.js'

describe('a price and a description', () => {
  const send = async (name: FormName, values: Readonly<Record<string, string>>) => {
    const chat = await chatDesk({ log: memoryLog(), people: 'console:cy=biller:Cy,console:ann=admin:Ann' })
    const sent = await chat.desk.submit('console:cy', {
      name,
      target: { id: name, revision: '' },
      values: new Map(Object.entries(values)),
      isFirst: async () => true,
    })
    const words = 'reply' in sent ? renderConsole(sent.reply.card).replaceAll(/\s+/g, ' ') : sent.type
    return { chat, words }
  }

  test.each([
    [{ customer: 'contoso', rule: 'fixed', amount: '20' }, 'no price of its own → $20.00'],
    [
      { customer: 'contoso', product: 'premium', rule: 'fixed', amount: '20.50', currency: 'usd' },
      '→ $20.50',
    ],
    [{ customer: 'All', rule: 'margin', amount: '20', from: '2026-04-01' }, '→ margin 20%, from 1 Apr 2026'],
    [
      { customer: 'contoso', rule: 'discount', amount: '10', from: '2026-04-01', until: '2026-06-30' },
      '→ discount 10% off list, from 1 Apr 2026, through 30 Jun 2026',
    ],
  ])('%o is set', async (values, says) => {
    const { words } = await send('price', values)
    expect(words).toContain(says)
  })

  test('the words of a description', async () => {
    const { words } = await send('describe', {
      customer: 'contoso',
      product: 'premium',
      words: 'Cloud “office”',
    })
    expect(words).toContain('“Cloud “office””')
  })

  test.each([
    ['price', { customer: 'contoso', rule: 'margin', amount: '100' }, 'A margin is less than 100%'],
    ['price', { customer: 'contoso', rule: 'fixed', amount: '-1' }, 'A price is not negative'],
    ['price', { customer: 'contoso', rule: 'fixed', amount: '20', currency: 'xyz' }, 'is not a price'],
    ['price', { customer: 'contoso', rule: 'fixed', amount: '20', currency: '30' }, '“30” is not a currency'],
    [
      'price',
      { customer: 'contoso', rule: 'fixed', amount: '20', currency: '$30' },
      '“$30” is not a currency',
    ],
    ['price', { customer: 'nobody', rule: 'fixed', amount: '20' }, 'No customer is called “nobody”'],
    ['price', { customer: 'contoso', rule: 'gift', amount: '20' }, 'is not offered'],
    ['price', { customer: '', rule: 'fixed', amount: '20' }, 'mistakes'],
    ['price', { customer: 'contoso', rule: 'fixed', amount: '2O' }, 'mistakes'],
    ['describe', { customer: 'contoso', words: 'a\u0007b' }, 'mistakes'],
  ] as const)('%s: %o is refused, and nothing is recorded', async (name, values, why) => {
    const { words, chat } = await send(name, values)
    expect(words).toContain(why)
    expect((await chat.billing.books()).overrides).toEqual([])
  })
})
