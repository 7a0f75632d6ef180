import { describe, expect, test } from 'vitest'
import { verifyChain } from '../../../core/audit/chain.js'
import type { Verdict } from '../../../core/approval/approval.js'
import type { ApprovalRecord } from '../../../core/ports.js'
import { testDatabases } from '../../support/database.js'
import {
  APRIL,
  DECIDED_AT,
  EXPIRES_AT,
  MARCH,
  approved,
  decision,
  decisionOn,
  draft,
  fact,
  proposed,
  runCustomer,
  runLine,
  voidDraft,
  billingStores,
} from './billing-fixtures.js'

const databases = testDatabases()

const keysOf = (lines: readonly { readonly key: string }[]) => lines.map(({ key }) => key)

describe.each(billingStores(databases))('bill runs and approvals %s', (_name, withBilling) => {
  test('before the first proposal there is nothing', () =>
    withBilling(async (billing) => {
      expect(await billing.version()).toBe(0)
      expect(await billing.books()).toEqual({ version: 0, billed: [], settings: [], overrides: [] })
      expect(await billing.open()).toEqual([])
      expect(await billing.trail()).toEqual([])
      for (const id of ['APR-0001', 'APR-1', 'APR-00001', 'BR-0001', 'APR-0000', 'APR-99999999999', '']) {
        expect(await billing.approval(id), id).toBeUndefined()
        expect(await billing.run(id), id).toBeUndefined()
      }
    }))

  test('a proposal is frozen whole, numbered, and moves the books on', () =>
    withBilling(async (billing) => {
      const held = [
        runCustomer({ customerId: 'C9', comparison: { type: 'outside', before: -5n, why: '+300 %' } }),
        runCustomer({ customerId: 'C8', comparison: { type: 'twoPeriods', why: 'March and April' } }),
      ]
      const customers = [
        runCustomer({ comparison: { type: 'within', before: 7000n } }),
        runCustomer({ currency: 'EUR' }),
        runCustomer({ currency: 'CHF', comparison: { type: 'billedInPart', billed: 44_000n } }),
      ]
      const lines = [runLine('k2'), runLine('k1', { description: 'Défense “P1”, 日本 😀 \\ {a,b} \t NULL' })]
      const from = draft(lines, { asked: ['C9', 'C1'], customers, held })
      const { approval, run } = await billing.propose(from, 0)
      expect(run).toEqual({ ...from.run, id: 'BR-0001' })
      expect(approval).toEqual({
        id: 'APR-0001',
        subject: { type: 'bill', runId: 'BR-0001' },
        fingerprint: from.run.fingerprint,
        requestedBy: from.run.proposedBy,
        requestedByName: 'Ada',
        requestedAt: from.run.proposedAt,
        expiresAt: EXPIRES_AT,
        decision: undefined,
        supersededBy: undefined,
      })
      expect(await billing.approval('APR-0001')).toEqual({ approval, run, voids: [] })
      expect(await billing.run('BR-0001')).toEqual(run)
      expect(await billing.open()).toEqual([{ approval, run, voids: [] }])
      expect(await billing.books()).toEqual({ version: 1, billed: [], settings: [], overrides: [] })
    }))

  test('a proposal computed from older books is a conflict and leaves nothing', () =>
    withBilling(async (billing) => {
      await proposed(billing, draft(['k1']))
      await expect(billing.propose(draft(['k2']), 0)).rejects.toMatchObject({ kind: 'conflict' })
      await expect(billing.propose(draft(['k2']), 2)).rejects.toMatchObject({ kind: 'conflict' })
      expect(await billing.run('BR-0002')).toBeUndefined()
      expect(await billing.approval('APR-0002')).toBeUndefined()
      expect(await billing.version()).toBe(1)
      expect(await billing.trail()).toHaveLength(1)
    }))

  test('an approval bills exactly its frozen lines, in order', () =>
    withBilling(async (billing) => {
      const first = await approved(billing, draft(['k2', 'k1']))
      const second = await approved(billing, draft(['k3'], { month: APRIL }))
      const billing1 = { runId: 'BR-0001', month: MARCH, approvedAt: DECIDED_AT, version: 2 }
      const billing2 = { runId: 'BR-0002', month: APRIL, approvedAt: DECIDED_AT, version: 4 }
      expect(await billing.books()).toEqual({
        version: 4,
        settings: [],
        overrides: [],
        billed: [
          ...first.run.lines.map((line) => ({ ...line, ...billing1 })),
          ...second.run.lines.map((line) => ({ ...line, ...billing2 })),
        ],
      })
      expect((await billing.approval('APR-0001'))?.approval.decision).toEqual(decision('approved'))
      expect(await billing.open()).toEqual([])
    }))

  test('what is billed stands in the order of the decisions, not of the runs', () =>
    withBilling(async (billing) => {
      const march = await proposed(billing, draft(['k1']))
      await approved(billing, draft(['k2'], { month: APRIL }))
      await billing.decide(decisionOn(march, 'approved', await billing.version()))
      expect(keysOf((await billing.books()).billed)).toEqual(['k2', 'k1'])
    }))

  test('a rejection bills nothing and keeps its reason', () =>
    withBilling(async (billing) => {
      const record = await proposed(billing, draft(['k1']))
      expect(await billing.decide(decisionOn(record, 'rejected', 1))).toEqual({ outcome: 'written' })
      expect(await billing.books()).toEqual({ version: 2, billed: [], settings: [], overrides: [] })
      expect((await billing.approval('APR-0001'))?.approval.decision).toEqual(decision('rejected'))
      expect(await billing.open()).toEqual([])
    }))

  test('deciding again, as after a lost acknowledgement, returns the stored decision', () =>
    withBilling(async (billing) => {
      const record = await proposed(billing, draft(['k1']))
      const yes = decisionOn(record, 'approved', 1)
      expect(await billing.decide(yes)).toEqual({ outcome: 'written' })
      const before = { outcome: 'decidedBefore', decision: decision('approved') }
      expect(await billing.decide(yes)).toEqual(before)
      expect(
        await billing.decide({ ...decisionOn(record, 'rejected', 2), decision: decision('rejected') }),
      ).toEqual(before)
      expect(await billing.version()).toBe(2)
      expect(await billing.trail()).toHaveLength(2)
      expect(keysOf((await billing.books()).billed)).toEqual(['k1'])
    }))

  test('a decision checked against older books is sent back, and so is one about nothing', () =>
    withBilling(async (billing) => {
      const record = await proposed(billing, draft(['k1']))
      await proposed(billing, draft(['k2'], { month: APRIL }))
      expect(await billing.decide(decisionOn(record, 'approved', 1))).toEqual({ outcome: 'moved' })
      expect(await billing.decide(decisionOn(record, 'approved', 3))).toEqual({ outcome: 'moved' })
      for (const approvalId of ['APR-0003', 'APR-3', 'BR-0001', '']) {
        const about = { ...decisionOn(record, 'approved', 2), approvalId }
        expect(await billing.decide(about), approvalId).toEqual({ outcome: 'moved' })
      }
      expect(await billing.books()).toEqual({ version: 2, billed: [], settings: [], overrides: [] })
      expect(await billing.trail()).toHaveLength(2)
    }))

  test('past its expiry, to the millisecond, nothing is decided', () =>
    withBilling(async (billing) => {
      const record = await proposed(billing, draft(['k1']))
      const at = (instant: Date) => ({
        ...decisionOn(record, 'approved', 1),
        decision: decision('approved', { at: instant }),
      })
      expect(await billing.decide(at(EXPIRES_AT))).toEqual({ outcome: 'moved' })
      expect(await billing.version()).toBe(1)
      expect(await billing.decide(at(new Date(EXPIRES_AT.getTime() - 1)))).toEqual({ outcome: 'written' })
    }))

  test('a new proposal for the same month and customers takes the place of the undecided one', () =>
    withBilling(async (billing) => {
      const first = await proposed(billing, draft(['k1'], { asked: ['C2', 'C1'] }))
      const other = await proposed(billing, draft(['k1'], { asked: ['C1'] }))
      const later = await proposed(billing, draft(['k1'], { asked: ['C2', 'C1'], month: APRIL }))
      const all = await proposed(billing, draft(['k1']))
      const request = await billing.proposeVoid(voidDraft('BR-0001'))
      const second = await proposed(billing, draft(['k2'], { asked: ['C1', 'C2'] }))
      expect((await billing.approval(first.approval.id))?.approval.supersededBy).toBe(second.approval.id)
      const ids = (await billing.open()).map(({ approval }) => approval.id)
      expect(ids).toEqual([other, later, all, request, second].map(({ approval }) => approval.id))
      const late = decisionOn(first, 'approved', await billing.version())
      expect(await billing.decide(late)).toEqual({ outcome: 'moved' })
      expect((await billing.books()).billed).toEqual([])
    }))

  test('a decided request is never superseded', () =>
    withBilling(async (billing) => {
      const first = await approved(billing, draft(['k1']))
      await proposed(billing, draft(['k2']))
      expect((await billing.approval(first.approval.id))?.approval.supersededBy).toBeUndefined()
    }))

  test('a void names its run, customer and reason, and makes the lines due again', () =>
    withBilling(async (billing) => {
      const { run } = await approved(billing, draft(['k1', runLine('k2', { customerId: 'C2' })]))
      const request = await billing.proposeVoid(voidDraft('BR-0001', { customerId: 'C2' }))
      expect(request.approval.subject).toEqual({
        type: 'void',
        runId: 'BR-0001',
        customerId: 'C2',
        reason: 'wrong month',
      })
      expect(request.run).toEqual(run)
      expect(await billing.approval('APR-0002')).toEqual(request)
      const yes = decisionOn(request, 'approved', 3, { void: ['k2'] })
      expect(await billing.decide(yes)).toEqual({ outcome: 'written' })
      expect(keysOf((await billing.books()).billed)).toEqual(['k1'])
      expect(await billing.run('BR-0001')).toEqual(run)
    }))

  test('a voided charge can be billed again, and voided again', () =>
    withBilling(async (billing) => {
      for (const runId of ['BR-0001', 'BR-0002', 'BR-0003']) {
        await approved(billing, draft(['k1']))
        expect((await billing.books()).billed.map((line) => line.runId)).toEqual([runId])
        const request = await billing.proposeVoid(voidDraft(runId))
        await billing.decide(decisionOn(request, 'approved', await billing.version(), { void: ['k1'] }))
        expect((await billing.books()).billed).toEqual([])
      }
    }))

  test('a request about a run knows the approved voids of that run, in the order in which they were decided', () =>
    withBilling(async (billing) => {
      const lines = [runLine('k1'), runLine('k2', { customerId: 'C2' }), runLine('k3', { customerId: 'C3' })]
      const { approval } = await approved(billing, draft(lines))
      await approved(billing, draft(['k4'], { month: APRIL }))
      const all = await billing.proposeVoid(voidDraft('BR-0001'))
      const second = await billing.proposeVoid(voidDraft('BR-0001', { customerId: 'C2' }))
      const first = await billing.proposeVoid(voidDraft('BR-0001', { customerId: 'C1' }))
      const refused = await billing.proposeVoid(voidDraft('BR-0001', { customerId: 'C3' }))
      const other = await billing.proposeVoid(voidDraft('BR-0002'))
      expect(all.voids).toEqual([])
      const decide = async (request: ApprovalRecord, verdict: Verdict, keys: readonly string[]) =>
        billing.decide(decisionOn(request, verdict, await billing.version(), { void: keys }))
      await decide(first, 'approved', ['k1'])
      await decide(second, 'approved', ['k2'])
      await decide(refused, 'rejected', [])
      await decide(other, 'approved', ['k4'])
      const voids = [
        { approvalId: first.approval.id, customerId: 'C1', decision: decision('approved') },
        { approvalId: second.approval.id, customerId: 'C2', decision: decision('approved') },
      ]
      expect((await billing.approval(approval.id))?.voids).toEqual(voids)
      expect((await billing.approval(second.approval.id))?.voids).toEqual(voids)
      expect((await billing.open()).map((record) => record.voids)).toEqual([voids])
      expect((await billing.proposeVoid(voidDraft('BR-0001'))).voids).toEqual(voids)
    }))

  test('a void about all customers has none, and one about no run is refused', () =>
    withBilling(async (billing) => {
      await approved(billing, draft(['k1']))
      const { approval } = await billing.proposeVoid(voidDraft('BR-0001'))
      expect(approval.subject).toEqual({
        type: 'void',
        runId: 'BR-0001',
        customerId: undefined,
        reason: 'wrong month',
      })
      for (const runId of ['BR-0002', 'BR-1', 'APR-0001', '']) {
        await expect(billing.proposeVoid(voidDraft(runId)), runId).rejects.toMatchObject({ kind: 'notFound' })
      }
      expect(await billing.version()).toBe(3)
      expect(await billing.approval('APR-0003')).toBeUndefined()
    }))

  test('a charge that is billed is never billed again: a conflict, and nothing is written', () =>
    withBilling(async (billing) => {
      await approved(billing, draft(['k1']))
      const again = await proposed(billing, draft(['k0', 'k1', 'k2'], { month: APRIL }))
      const version = await billing.version()
      const trail = await billing.trail()
      await expect(billing.decide(decisionOn(again, 'approved', version))).rejects.toMatchObject({
        kind: 'conflict',
      })
      expect(keysOf((await billing.books()).billed)).toEqual(['k1'])
      expect(await billing.version()).toBe(version)
      expect(await billing.trail()).toEqual(trail)
      expect((await billing.approval(again.approval.id))?.approval.decision).toBeUndefined()
      expect(await billing.decide(decisionOn(again, 'rejected', version))).toEqual({ outcome: 'written' })
    }))

  test('the trail says who asked for what and who decided, in one chain', () =>
    withBilling(async (billing) => {
      const record = await proposed(billing, draft(['k1']))
      await billing.note(fact())
      await billing.decide(decisionOn(record, 'approved', 1))
      await billing.proposeVoid(voidDraft('BR-0001'))
      const trail = await billing.trail()
      expect(trail.map(({ sequence, actor, action, subject }) => [sequence, actor, action, subject])).toEqual(
        [
          [1, 'slack:T1:U1', 'bill.proposed', 'APR-0001'],
          [2, 'slack:T1:U2', 'right.refused', 'approve APR-0001'],
          [3, 'teams:t:b', 'bill.approved', 'APR-0001'],
          [4, 'slack:T1:U1', 'void.proposed', 'APR-0002'],
        ],
      )
      expect(trail.map(({ at }) => at)).toEqual([
        record.approval.requestedAt,
        DECIDED_AT,
        DECIDED_AT,
        voidDraft('BR-0001').requestedAt,
      ])
      expect(trail.map(({ details }) => details)).toEqual([
        { run: 'BR-0001', fingerprint: 'f-1' },
        { right: 'decide' },
        { run: 'BR-0001', fingerprint: 'f-1' },
        { run: 'BR-0001', fingerprint: 'f-void', void: { lines: '1', reason: 'wrong month' } },
      ])
      expect(verifyChain(trail)).toBeUndefined()
      expect(await billing.trail('APR-0001')).toEqual([trail[0], trail[2]])
      expect(await billing.trail('APR-0003')).toEqual([])
    }))

  test('a note keeps every shape of detail, changes no version, and outside text stays as it is', () =>
    withBilling(async (billing) => {
      const details = {
        z: 'x',
        a: null,
        yes: true,
        list: ['b', 'a'],
        inner: { '2': 'two', '10': '', 'ключ "q"': '\u2028 \\u0000 😀 <b>' },
      }
      await billing.note(fact({ details, subject: `it's "quoted"; \\ $1`, actor: 'system' }))
      const trail = await billing.trail()
      expect(trail[0]).toMatchObject({
        sequence: 1,
        subject: `it's "quoted"; \\ $1`,
        actor: 'system',
        details,
      })
      expect(verifyChain(trail)).toBeUndefined()
      expect(await billing.version()).toBe(0)
    }))
})
