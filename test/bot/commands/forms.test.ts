import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FORM_NAMES, type FormName } from '../../../bot/cards/model.js'
import { type Field, filled, formCard, mistakesIn, valuesOf } from '../../../bot/cards/form.js'
import { REJECT_FIELDS, rejectForm } from '../../../bot/cards/reject-form.js'
import type { Submission } from '../../../bot/commands/desk-forms.js'
import { renderConsole } from '../../../bot/console/render.js'
import { RIGHTS, ROLES, type Right } from '../../../core/access/rights.js'
import { type ChatDesk, chatDesk } from '../../support/chat-desk.js'
import { memoryLog } from '../../support/memory-log.js'

/** Written out by hand: what each form needs. */
const NEEDS: Readonly<Record<FormName, Right>> = {
  reject: 'decide',
  addPerson: 'people',
  changeRole: 'people',
  removePerson: 'people',
  mapByHand: 'map',
  price: 'price',
  describe: 'price',
  chooseSetting: 'settings',
  setting: 'settings',
}

const WHO = { admin: 'ann', approver: 'bob', biller: 'cy', viewer: 'vic' } as const
const PEOPLE = ROLES.map((role) => `console:${WHO[role]}=${role}:${WHO[role]}`).join(',')

async function house(): Promise<ChatDesk> {
  return await chatDesk({ log: memoryLog(), people: `${PEOPLE},console:dan=approver:Dan` })
}

async function trail({ billing }: ChatDesk): Promise<string[]> {
  return (await billing.trail()).map(({ actor, action, subject }) => `${actor} ${action} ${subject}`)
}

function submission(changes: Partial<Submission>): Submission {
  return {
    name: 'reject',
    target: { id: 'APR-0001', revision: '' },
    values: new Map([['reason', 'no']]),
    isFirst: async () => true,
    ...changes,
  }
}

/** A request that waits, and what its button to reject carries. */
async function asked() {
  const chat = await house()
  const { card } = await chat.desk.ask('console:dan', 'propose march')
  const reject = card.actions.find(({ name }) => name === 'reject')
  if (reject === undefined) throw new Error('no button to reject')
  return { chat, desk: chat.desk, target: reject.target }
}

function wordsOf(answer: {
  readonly type: string
  readonly reply?: { readonly card: Parameters<typeof renderConsole>[0] }
}) {
  return answer.reply === undefined ? answer.type : renderConsole(answer.reply.card).replaceAll(/\s+/g, ' ')
}

describe('every role × every form', () => {
  for (const role of ROLES) {
    test(`${role}: opened and sent off as the right says, and each refusal is in the trail`, async () => {
      for (const name of FORM_NAMES) {
        const chat = await house()
        const identity = `console:${WHO[role]}`
        const target = { id: 'APR-0001', revision: '' }
        const answers = [
          await chat.desk.form(identity, name, target),
          await chat.desk.submit(identity, submission({ name, target })),
        ]
        const allowed = RIGHTS[role].has(NEEDS[name])
        const refused = answers.map((answer) => wordsOf(answer).includes('may not do that'))
        expect([name, refused]).toEqual([name, [!allowed, !allowed]])
        const noted = (await trail(chat)).filter((entry) => entry.includes('right.refused'))
        const entry = `${identity} right.refused ${name} APR-0001`
        expect(noted).toEqual(allowed ? [] : [entry, entry])
      }
    })
  }

  test('a form nobody knows is refused for everybody, and noted', async () => {
    const chat = await house()
    for (const name of ['delete', 'constructor', '__proto__', '', 'approve']) {
      const target = { id: 'x', revision: '' }
      const opened = await chat.desk.form('console:ann', name, target)
      const sent = await chat.desk.submit('console:ann', submission({ name, target }))
      const behind = await chat.desk.behind('console:ann', name, target)
      expect([opened.type, sent.type, behind.problem?.kind]).toEqual(['refused', 'refused', 'forbidden'])
      expect(chat.desk.mistakes(name, new Map([['reason', 5]]))).toEqual(new Map())
      const noted = (await trail(chat)).filter((entry) => entry.endsWith(`right.refused ${name} x`))
      expect(noted).toHaveLength(3)
    }
  })

  test('a button of a form does not act', async () => {
    const { chat, target } = await asked()
    const reply = await chat.desk.click('console:bob', { name: 'reject', target })
    expect(reply.problem?.kind).toBe('forbidden')
    expect((await chat.billing.approval('APR-0001'))?.approval.decision).toBeUndefined()
  })
})

describe('sending off', () => {
  test('is the command, with what was seen', async () => {
    const { chat, desk, target } = await asked()
    const values = new Map([['reason', ' the seats\nare wrong ']])
    const sent = await desk.submit('console:bob', submission({ target, values }))
    expect(sent).toMatchObject({ type: 'done', reply: { decided: true } })
    expect((await chat.billing.approval('APR-0001'))?.approval.decision).toMatchObject({
      verdict: 'rejected',
      reason: 'the seats\nare wrong',
    })
  })

  test('twice is carried out once; a form of what was decided meanwhile is refused and noted', async () => {
    const { chat, desk, target } = await asked()
    const twice = await desk.submit('console:bob', submission({ target, isFirst: async () => false }))
    expect(twice).toEqual({ type: 'repeated' })
    expect((await chat.billing.approval('APR-0001'))?.approval.decision).toBeUndefined()
    await desk.submit('console:bob', submission({ target }))
    const late = await desk.submit('console:ann', submission({ target }))
    expect(wordsOf(late)).toContain('It is decided already: rejected by bob')
    const opened = await desk.form('console:ann', 'reject', target)
    expect(wordsOf(opened)).toContain('It is decided already: rejected by bob')
    const entry = 'console:ann approval.refused APR-0001'
    expect((await trail(chat)).filter((each) => each === entry)).toHaveLength(2)
  })

  test.each(['', '0123456789abcdef', '0'.repeat(64)])(
    'of other content (%j) decides nothing',
    async (revision) => {
      const { chat, desk, target } = await asked()
      const other = { ...target, revision }
      expect((await desk.form('console:bob', 'reject', other)).type).toBe('refused')
      const sent = await desk.submit('console:bob', submission({ target: other }))
      expect(sent.type).toBe('refused')
      expect((await chat.billing.approval('APR-0001'))?.approval.decision).toBeUndefined()
    },
  )

  test('of nothing keeps the form, with what is wrong', async () => {
    const { desk, target } = await asked()
    for (const values of [new Map(), new Map([['reason', ' \n\t']])]) {
      const sent = await desk.submit('console:bob', submission({ target, values }))
      expect(sent).toMatchObject({ type: 'mistakes', form: { name: 'reject' } })
      expect(sent.type === 'mistakes' && [...sent.mistakes]).toEqual([
        ['reason', 'A rejection needs a reason.'],
      ])
      expect([...desk.mistakes('reject', values)]).toEqual([['reason', 'A rejection needs a reason.']])
    }
  })

  test('whatever is sent, a decision has a reason, and nothing else is thrown', async () => {
    const { chat, desk, target } = await asked()
    const value = fc.oneof(
      fc.string(),
      fc.constant('x'.repeat(3001)),
      fc.integer(),
      fc.constant(null),
      fc.object(),
    )
    const id = fc.oneof(fc.constantFrom('reason', 'Reason', '__proto__', 'id'), fc.string())
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(id, value), { maxLength: 4 }),
        fc.string(),
        async (sent, revision) => {
          const values = new Map<string, unknown>(sent)
          desk.mistakes('reject', values)
          await desk.submit('console:bob', submission({ target: { ...target, revision }, values }))
        },
      ),
      { numRuns: 200 },
    )
    const other = submission({
      target,
      values: new Map([
        ['reason', 'no'],
        ['amount', '1'],
      ]),
    })
    expect((await desk.submit('console:bob', other)).type).toBe('refused')
    expect((await chat.billing.approval('APR-0001'))?.approval.decision).toBeUndefined()
  })
})

describe('values', () => {
  const fields: readonly Field[] = [
    { id: 'name', type: 'text', lines: 'one', most: 5, label: 'Name', required: true },
    { id: 'role', type: 'choice', options: [{ label: 'A', value: 'a' }], label: 'Role', required: false },
    { id: 'day', type: 'date', label: 'Day', required: false },
    { id: 'price', type: 'number', label: 'Price', required: false },
  ]
  const read = (sent: Readonly<Record<string, unknown>>) => valuesOf(fields, new Map(Object.entries(sent)))

  test.each([
    [{ name: ' Lee ' }, []],
    [{}, ['name']],
    [{ name: 'Leeeee' }, ['name']],
    [{ name: 'Lee', role: 'a', day: '2026-02-28', price: '22.5' }, []],
    [{ name: 'Lee', day: '2026-02-29' }, ['day']],
    [{ name: 'Lee', day: 'tomorrow', price: 'many' }, ['day', 'price']],
  ])('%j', (sent, wrong) => {
    expect([...mistakesIn(fields, read(sent)).keys()]).toEqual(wrong)
  })

  test.each([{ other: 'x' }, { name: 5 }, { name: null }, { name: ['a'] }, { name: 'x'.repeat(3001) }])(
    '%j is not what a form of ours sends',
    (sent) => expect(() => read(sent)).toThrow('not what the form asks for'),
  )

  test('a choice that is not offered is refused; where nothing is known of the choices it stands open', () => {
    const values = read({ name: 'Lee', role: 'b' })
    expect(() => mistakesIn(fields, values)).toThrow('is not offered')
    const open = fields.map((field) => (field.type === 'choice' ? { ...field, options: [] } : field))
    expect(mistakesIn(open, values).size).toBe(0)
  })

  test('a form in words names its fields and the command', () => {
    const form = rejectForm(
      { title: 'Bill run', tone: 'plain', blocks: [], actions: [] },
      { id: 'APR-1', revision: '' },
    )
    expect(renderConsole(formCard({ ...form, fields }, 'No window.')).split('\n')).toEqual(
      expect.arrayContaining([
        'Reject APR-1',
        'No window. Type `reject APR-1 because <reason>`.',
        '  - Name',
        '  - Role · may be left out · A',
      ]),
    )
    expect(filled(form, new Map([['reason', 'x']])).fields).toEqual([{ ...REJECT_FIELDS[0], value: 'x' }])
  })
})

describe('people', () => {
  const TARGET = { id: 'people', revision: '' }

  function of(name: FormName, values: Readonly<Record<string, unknown>>): Submission {
    return submission({ name, target: TARGET, values: new Map(Object.entries(values)) })
  }

  /** What the choice of somebody carries. */
  async function choiceOf({ desk }: ChatDesk, name: FormName, label: string): Promise<string> {
    const made = await desk.form('console:ann', name, TARGET)
    const field = made.type === 'form' ? made.form.fields.find(({ id }) => id === 'person') : undefined
    const option =
      field?.type === 'choice' ? field.options.find((each) => each.label.startsWith(label)) : undefined
    if (option === undefined) throw new Error(`${label} cannot be chosen`)
    return option.value
  }

  test('the buttons are below the list, for whoever may', async () => {
    const { desk } = await house()
    const { card } = await desk.ask('console:ann', 'people')
    expect(card.actions.map(({ name, command }) => [name, command])).toEqual([
      ['addPerson', 'people add <name> <role> <identity>'],
      ['changeRole', 'people role <name> <role>'],
      ['removePerson', 'people remove <name>'],
    ])
    expect((await desk.ask('console:bob', 'people')).card.actions).toEqual([])
  })

  test('added, given another role and removed, as the command does it', async () => {
    const chat = await house()
    const { desk } = chat
    const added = { name: 'Eve Adams', role: 'approver', identity: 'TEAMS:x' }
    expect(await desk.submit('console:ann', of('addPerson', added))).toMatchObject({
      type: 'mistakes',
      mistakes: new Map([['identity', expect.stringContaining('An identity is written as')]]),
    })
    const identity = 'teams:7F3B1F0A-2f0c-4d5e-8a60-1b7f5f9f2d22:00000000-0000-4000-8000-000000000001'
    await desk.submit('console:ann', of('addPerson', { ...added, identity }))
    const person = await choiceOf(chat, 'changeRole', 'Eve Adams')
    await desk.submit('console:ann', of('changeRole', { person, role: 'viewer' }))
    await desk.submit('console:ann', of('removePerson', { person }))
    const subject = identity.toLowerCase()
    expect((await trail(chat)).filter((entry) => entry.endsWith(subject))).toEqual([
      `console:ann people.added ${subject}`,
      `console:ann people.role ${subject}`,
      `console:ann people.removed ${subject}`,
    ])
    // Whoever is gone cannot be chosen any more.
    const again = await desk.submit('console:ann', of('removePerson', { person }))
    expect(wordsOf(again)).toContain('What was chosen for “Who” is not offered (any more).')
  })

  test('two of one name are told apart', async () => {
    const people = 'console:ann=admin:Ann,console:x=viewer:Lee,console:y=viewer:lee'
    const chat = await chatDesk({ log: memoryLog(), people })
    const person = await choiceOf(chat, 'removePerson', 'lee')
    await chat.desk.submit('console:ann', of('removePerson', { person }))
    expect((await chat.studio.everybody()).people.map(({ id }) => id)).toEqual(['console:ann', 'console:x'])
  })

  test('more than anybody would look through are typed', async () => {
    const many = Array.from({ length: 110 }, (_, index) => `console:v${index}=viewer:Vic ${index}`)
    const chat = await chatDesk({ log: memoryLog(), people: ['console:ann=admin:Ann', ...many].join(',') })
    const made = await chat.desk.form('console:ann', 'removePerson', TARGET)
    expect(made).toMatchObject({ form: { fields: [{ id: 'person', type: 'text' }] } })
    for (const person of ['vic 7', 'console:v8']) {
      expect(await chat.desk.submit('console:ann', of('removePerson', { person }))).toMatchObject({
        type: 'done',
      })
    }
    const sent = await chat.desk.submit('console:ann', of('removePerson', { person: 'nobody' }))
    expect(wordsOf(sent)).toContain('Nobody is called “nobody”.')
  })

  test.each([
    ['addPerson', { name: 'Eve', role: 'owner', identity: 'console:eve' }],
    ['addPerson', { name: 'Eve', role: 'viewer', identity: 'console:eve', id: 'x' }],
    ['addPerson', { name: ['Eve'], role: 'viewer', identity: 'console:eve' }],
    ['addPerson', { name: 'E\u0000ve', role: 'viewer', identity: 'console:eve' }],
    ['addPerson', { name: 'E'.repeat(61), role: 'viewer', identity: 'console:eve' }],
    ['changeRole', { person: 'Cy', role: 'admin' }],
    ['removePerson', { person: 'console:cy' }],
    ['removePerson', {}],
  ] as const)('%s with %j changes nobody', async (name, values) => {
    const chat = await house()
    const before = (await chat.studio.everybody()).people
    const sent = await chat.desk.submit('console:ann', of(name, values))
    expect(['refused', 'mistakes']).toContain(sent.type)
    expect((await chat.studio.everybody()).people).toEqual(before)
  })
})
