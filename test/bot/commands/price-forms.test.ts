import { describe, expect, test } from 'vitest'
import type { FormName } from '../../../bot/cards/model.js'
import { renderConsole } from '../../../bot/console/render.js'
import { type ChatDesk, chatDesk } from '../../support/chat-desk.js'
import { memoryLog } from '../../support/memory-log.js'
import { observed } from '../../support/observed.js'

describe('a price and a description', () => {
  const office = () => chatDesk({ log: memoryLog(), people: 'console:cy=biller:Cy,console:ann=admin:Ann' })
  const sendTo = async (chat: ChatDesk, name: FormName, values: Readonly<Record<string, string>>) => {
    const sent = await chat.desk.submit('console:cy', {
      name,
      target: { id: name, revision: '' },
      values: new Map(Object.entries(values)),
      isFirst: async () => true,
    })
    return 'reply' in sent ? renderConsole(sent.reply.card).replaceAll(/\s+/g, ' ') : sent.type
  }
  const send = async (name: FormName, values: Readonly<Record<string, string>>) => {
    const chat = await office()
    return { chat, words: await sendTo(chat, name, values) }
  }
  /** A customer whose name is that of another with the beginning of a product behind it. */
  const eastToo = async () => {
    const chat = await office()
    chat.world.customers.push({ id: 'C2', name: 'Contoso East' })
    chat.world.subscriptions.push(
      observed({ subscriptionId: '1001', mpn: 'EC', productName: 'East Cloud' }),
      observed({ subscriptionId: '2000', customerId: 'C2' }),
    )
    chat.world.now = new Date(chat.world.now.getTime() + 60_000)
    await chat.studio.observe()
    return chat
  }

  test.each([
    [{ customer: 'contoso', rule: 'fixed', amount: '20' }, 'no price of its own → $20.00'],
    [
      { customer: 'contoso', product: 'premium', rule: 'fixed', amount: '20.50', currency: 'usd' },
      '→ $20.50',
    ],
    [
      { customer: 'contoso', rule: 'discount', amount: '10', from: '2026-04-01', until: '2026-06-30' },
      '→ discount 10% off list, from 1 Apr 2026, through 30 Jun 2026',
    ],
  ])('%o is set', async (values, says) => {
    const { words } = await send('price', values)
    expect(words).toContain(says)
  })

  test('a price for everyone is shown first; the button it is shown with sets it', async () => {
    const { chat, words } = await send('price', { customer: 'All', rule: 'margin', amount: '30' })
    expect(words).toContain('Set this price? everyone margin 30%, from 20 Mar 2026: not set yet.')
    expect((await chat.billing.books()).overrides).toEqual([])
    const id = /price yes (\w+)/.exec(words)?.[1] ?? ''
    const done = await chat.desk.click('console:cy', { name: 'setPrice', target: { id, revision: 'other' } })
    expect(renderConsole(done.card)).toContain('not set yet')
    const { card } = await chat.desk.ask('console:cy', 'price all margin 30%')
    const [button] = card.actions
    if (button === undefined) throw new Error('no button')
    const { name, target } = button
    expect([name, target.id, target.revision]).toEqual([
      'setPrice',
      expect.stringMatching(/^[a-z2-9]{8}$/),
      expect.stringMatching(/^[a-z2-9]{16}$/),
    ])
    const set = await chat.desk.click('console:cy', { name, target })
    expect(renderConsole(set.card)).toContain('no price of its own → margin 30%')
    const twice = await chat.desk.click('console:cy', { name, target })
    expect(twice.problem?.what).toContain('That is set already: price 1, everyone, by Cy.')
  })

  test.each([
    ['price', { rule: 'fixed', amount: '20' }],
    ['describe', { words: 'Cloud' }],
  ] as const)(
    '%s: customer and product stay apart, whatever other customer they spell',
    async (name, says) => {
      const chat = await eastToo()
      await sendTo(chat, name, { customer: 'Contoso', product: 'East', ...says })
      const scopes = async () => (await chat.billing.books()).overrides.map(({ scope }) => scope)
      expect(await scopes()).toEqual([{ customerId: 'C1', mpn: 'EC' }])
      const refused = await sendTo(chat, name, { customer: 'Contoso East', product: 'Cloud', ...says })
      expect(refused).toContain('No product is called “Cloud”')
      expect(await sendTo(chat, name, { customer: 'all', product: 'Visio', ...says })).toContain(
        'No product is called “Visio”',
      )
      expect(await scopes()).toHaveLength(1)
      const all = await sendTo(chat, name, { customer: 'all', product: 'East', ...says })
      const yes = /price yes \w+/.exec(all)?.[0]
      if (yes !== undefined) await chat.desk.ask('console:cy', yes)
      await sendTo(chat, name, { customer: 'Contoso East', ...says })
      expect((await scopes()).slice(1)).toEqual([{ mpn: 'EC' }, { customerId: 'C2' }])
    },
  )

  test('a name that fits several customers is the one that has the product', async () => {
    const chat = await eastToo()
    await sendTo(chat, 'price', { customer: 'conto', product: 'east', rule: 'fixed', amount: '20' })
    expect((await chat.billing.books()).overrides).toMatchObject([{ scope: { customerId: 'C1', mpn: 'EC' } }])
    const both = { customer: 'conto', product: 'premium', rule: 'fixed', amount: '20' }
    expect(await sendTo(chat, 'price', both)).toContain('Contoso East')
    expect((await chat.billing.books()).overrides).toHaveLength(1)
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
