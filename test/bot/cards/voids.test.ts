import { beforeEach, describe, expect, test } from 'vitest'
import { renderConsole } from '../../../bot/console/render.js'
import { type ChatDesk, chatDesk } from '../../support/chat-desk.js'
import { memoryLog } from '../../support/memory-log.js'
import { observed } from '../../support/observed.js'

/** What people read of a run of two customers that is voided for one: Contoso's $514.52 and Fabrikam's $440.00. */

let chat: ChatDesk

beforeEach(async () => {
  chat = await chatDesk({ log: memoryLog() })
  chat.world.customers.push({ id: 'C2', name: 'Fabrikam' })
  chat.world.subscriptions.push(observed({ subscriptionId: '2', customerId: 'C2' }))
  chat.world.now = new Date('2026-03-20T14:00:00Z')
  await chat.studio.observe()
  await read('dana', 'propose march')
  await read('lee', 'approve APR-0001')
})

async function read(who: string, text: string): Promise<string[]> {
  const { card } = await chat.desk.ask(`console:${who}`, text)
  return renderConsole(card)
    .split('\n')
    .filter((line) => line !== '')
}

/** As one line with single spaces: what a table says, whatever its widths. */
async function readFlat(who: string, text: string): Promise<string> {
  return (await read(who, text)).join(' ').replace(/\s+/g, ' ')
}

describe('a void of one customer', () => {
  test('names the customer and the same amount on its card and among what waits', async () => {
    const card = await read('lee', 'void BR-0001 contoso because wrong price')
    expect(card.slice(0, 2)).toEqual([
      'Void BR-0001 · Contoso · APR-0002',
      'Makes $514.52 (2 lines) due again.',
    ])
    expect(await readFlat('dana', 'approvals')).toMatch(
      /APR-0002 void BR-0001, Contoso Lee .* \$514\.52 \(2 lines\)/,
    )
  })

  test('a run and a void of everybody say how many customers there are', async () => {
    expect((await read('lee', 'void BR-0001 because sent twice'))[0]).toBe(
      'Void BR-0001 · 2 customers · APR-0002',
    )
    expect(await readFlat('dana', 'approvals')).toMatch(
      /void BR-0001, 2 customers Lee .* \$954\.52 \(3 lines\)/,
    )
  })
})

describe('a void of what is left of a run', () => {
  // Contoso's $514.52 (2 lines) are voided first: of $954.52 (3 lines) Fabrikam's $440.00 (1 line) are left.
  beforeEach(async () => {
    await read('lee', 'void BR-0001 contoso because wrong price')
    await read('sam', 'approve APR-0002')
  })

  test('is about what is still billed, and says what was voided before and by whom', async () => {
    const card = await read('lee', 'void BR-0001 because sent twice')
    expect(card.slice(0, 6)).toEqual([
      'Void BR-0001 · Fabrikam · APR-0003',
      'Makes $440.00 (1 line) due again.',
      'Reason: sent twice',
      '  - Microsoft 365 Business Premium · 1–31 Mar 2026: 20 × $22.00 = $440.00',
      'Voided before, and no part of this:',
      '  - Contoso: $514.52 (2 lines), by Sam on 20 Mar 2026 10:00 (APR-0002)',
    ])
    expect(await readFlat('dana', 'approvals')).toMatch(
      /APR-0003 void BR-0001, Fabrikam Lee .* \$440\.00 \(1 line\)/,
    )
  })

  test('asks about that amount, voids that alone, and stays the same card when it is decided', async () => {
    const { card } = await chat.desk.ask('console:lee', 'void BR-0001 because sent twice')
    expect(card.actions[0]?.confirm?.text).toBe(
      'What it billed becomes due again: $440.00 (1 line) to 1 customer.',
    )
    const decided = await read('sam', 'approve APR-0003')
    expect(decided.slice(0, 2)).toEqual([
      'Void BR-0001 · Fabrikam · APR-0003',
      'Made $440.00 (1 line) due again.',
    ])
    expect(decided.join(' ')).toContain('Contoso: $514.52 (2 lines), by Sam')
    expect((await chat.billing.books()).billed).toEqual([])
  })

  test('the card of the run says what was voided of it since', async () => {
    expect(await readFlat('dana', 'approval APR-0001')).toContain(
      'Voided since: - Contoso: $514.52 (2 lines), by Sam on 20 Mar 2026 10:00 (APR-0002)',
    )
  })

  test('a run has its file for as long as something of it is billed', async () => {
    expect(await readFlat('dana', 'approval APR-0001')).toContain('export csv BR-0001')
    await read('lee', 'void BR-0001 because sent twice')
    await read('sam', 'approve APR-0003')
    expect(await readFlat('dana', 'approval APR-0001')).not.toContain('export csv')
  })
})

describe('a void that is out of date', () => {
  test('says that nothing was voided, who was faster, and how to void what is left', async () => {
    await read('lee', 'void BR-0001 because sent twice')
    await read('lee', 'void BR-0001 contoso because wrong price')
    await read('sam', 'approve APR-0003')
    expect(await read('sam', 'approve APR-0002')).toEqual([
      'APR-0002 is out of date',
      'Of its 3 lines only 1 is still billed. Nothing was voided.',
      'Voided since it was asked for:',
      '  - Contoso: $514.52 (2 lines), by Sam on 20 Mar 2026 10:00 (APR-0003)',
      'Next: `void BR-0001 because <reason>` asks for what is still billed, $440.00 (1 line).',
    ])
    expect((await chat.billing.books()).billed).toHaveLength(1)
  })

  test('says that nothing is left where everything of it is voided', async () => {
    await read('lee', 'void BR-0001 because sent twice')
    await read('lee', 'void BR-0001 contoso because wrong price')
    await read('sam', 'approve APR-0002')
    expect(await read('sam', 'approve APR-0003')).toEqual([
      'APR-0003 is out of date',
      'Nothing of its 2 lines is billed any more. Nothing was voided.',
      'Voided since it was asked for:',
      '  - Contoso: $514.52 (2 lines), by Sam on 20 Mar 2026 10:00 (APR-0002)',
      'Nothing of it is left to void. `reject APR-0003 because <reason>` closes it.',
    ])
  })

  test('one that expired says that nothing was voided, and how to ask again', async () => {
    await read('lee', 'void BR-0001 contoso because wrong price')
    chat.world.now = new Date('2026-03-24T14:00:00Z')
    const card = await readFlat('sam', 'approval APR-0002')
    expect(card).toContain('Would have made $514.52 (2 lines) due again.')
    expect(card).toContain('Expired on 23 Mar 2026 10:00: nothing was voided.')
    expect(card).toContain('Next: `void BR-0001 Contoso because <reason>` makes a fresh one.')
    expect(await readFlat('sam', 'approve APR-0002')).toContain(
      'Type `void BR-0001 Contoso because <reason>` to make a fresh one.',
    )
  })
})

describe('a void of a request', () => {
  test('is refused: a void is not voided, what it made due is proposed', async () => {
    await read('lee', 'void BR-0001 contoso because wrong price')
    await read('sam', 'approve APR-0002')
    const text = await readFlat('lee', 'void APR-0002 because a mistake')
    expect(text).toContain('APR-0002 is the request to void BR-0001; a void is not voided itself.')
    expect(text).toContain('Nothing was voided.')
    expect(text).toContain('Type `propose march 2026` to bill again what it made due.')
    await read('dana', 'propose march 2026 contoso')
    await read('lee', 'approve APR-0003')
    expect((await chat.billing.books()).billed).toHaveLength(3)
  })

  test('that billed or wrote names its run', async () => {
    expect(await readFlat('lee', 'void APR-0001 because sent twice')).toContain(
      'Type `void BR-0001 because <reason>`.',
    )
  })
})

describe('the file of a run', () => {
  test('is the same any day while nothing of it is voided', async () => {
    expect(await read('dana', 'export csv BR-0001')).toContain('The same run gives the same file, any day.')
  })

  test('says how many lines were voided since, and promises nothing then', async () => {
    await read('lee', 'void BR-0001 fabrikam because wrong price')
    await read('sam', 'approve APR-0002')
    const one = await read('dana', 'export csv BR-0001')
    expect(one.at(-1)).toBe('1 line was voided since: this file has what is still billed of it.')
    expect(one.join(' ')).not.toContain('any day')
  })

  test('counts several lines as several', async () => {
    await read('lee', 'void BR-0001 contoso because wrong price')
    await read('sam', 'approve APR-0002')
    expect((await read('dana', 'export csv BR-0001')).at(-1)).toBe(
      '2 lines were voided since: this file has what is still billed of it.',
    )
  })
})

describe('a void of what is not billed', () => {
  test('of a run of which nothing is billed says so, whoever is named', async () => {
    await read('lee', 'void BR-0001 because sent twice')
    await read('sam', 'approve APR-0002')
    const told = await read('lee', 'void BR-0001 contoso because wrong price')
    expect(told[1]).toBe(
      'Nothing of “BR-0001” is billed: it was not approved, is voided already, or does not exist.',
    )
    expect(told[2]).toBe('Nothing was voided.')
  })

  test('of a customer whose part is voided names them', async () => {
    await read('lee', 'void BR-0001 contoso because wrong price')
    await read('sam', 'approve APR-0002')
    expect((await read('lee', 'void BR-0001 contoso because wrong price'))[1]).toBe(
      'Nothing of “BR-0001” is billed to Contoso: it is voided already.',
    )
  })

  test('of somebody the run does not bill does not deny that they exist', async () => {
    expect((await read('lee', 'void BR-0001 northwind because wrong price'))[1]).toBe(
      'No customer of BR-0001 is called “northwind”.',
    )
  })
})

describe('deciding what is decided', () => {
  test('the one who decided is told that it was they, and when', async () => {
    expect(await read('lee', 'approve APR-0001')).toEqual([
      'APR-0001 is decided by you already',
      'You approved this already on 20 Mar 2026 10:00.',
      'Nothing was changed.',
      '`approval APR-0001` shows its trail.',
    ])
  })

  test('somebody else is told who it was', async () => {
    expect((await read('sam', 'reject APR-0001 because late')).slice(0, 2)).toEqual([
      'APR-0001 was not decided by you',
      'It is decided already: approved by Lee on 20 Mar 2026 10:00.',
    ])
  })
})

test('a customer of the run of whom a void makes nothing due again: the way out is the void itself', async () => {
  await read('lee', 'void BR-0001 contoso because wrong price')
  const { problem } = await chat.desk.ask('console:lee', 'approval APR-0002 fabrikam')
  expect([problem?.what, problem?.next]).toEqual([
    'APR-0002 Fabrikam has nothing to show.',
    'Type `approval APR-0002` to read what it is about.',
  ])
})

describe('the trail of a void', () => {
  const about = 'what BR-0001 billed to Contoso, $514.52 (2 lines)'

  test('names customer, amount, lines and reason, when it is asked for and when it is decided', async () => {
    await read('lee', 'void BR-0001 contoso because wrong price')
    await read('sam', 'approve APR-0002')
    for (const command of ['audit', 'approval APR-0002']) {
      const trail = (await read('lee', command)).join('\n')
      expect(trail, command).toContain(`Lee asked to void ${about}: wrong price (APR-0002)`)
      expect(trail, command).toContain(`Sam approved APR-0002: ${about}, is due again: wrong price`)
    }
  })

  test('of several customers counts and names them; rejected, it says why', async () => {
    await read('lee', 'void BR-0001 because sent twice')
    await read('sam', 'reject APR-0002 because it was not')
    expect((await read('lee', 'audit')).join('\n')).toContain(
      'Sam rejected APR-0002, to void what BR-0001 billed to 2 customers (Contoso, Fabrikam), $954.52 (3 lines): it was not',
    )
  })
})
