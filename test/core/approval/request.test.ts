import { expect, test } from 'vitest'
import { requestContent } from '../../../core/approval/request.js'
import type { ApprovalRecord } from '../../../core/ports.js'
import { observed } from '../../support/observed.js'
import { DANA, LEE, type Office, office } from '../../support/office.js'

/** Contoso's two lines of March and Fabrikam's one, billed; and requests to void them. */
async function billed(): Promise<Office> {
  const msp = await office()
  msp.subscriptions.push(observed({ subscriptionId: '2', customerId: 'C2' }))
  await msp.observe()
  await msp.bill()
  return msp
}

function voidOf(msp: Office, customer?: string): Promise<ApprovalRecord> {
  return msp.studio.billing.void(DANA, 'BR-0001', customer, 'wrong price')
}

/** Counts of lines: asked for, voided before, voided since. */
async function counts(msp: Office, { approval }: ApprovalRecord): Promise<readonly unknown[]> {
  const content = requestContent(await msp.studio.billing.request(approval.id))
  const partsOf = (parts: typeof content.voidedBefore) =>
    parts.map(({ approvalId, lines }) => [approvalId, lines.length])
  return [content.lines.length, partsOf(content.voidedBefore), partsOf(content.voidedSince)]
}

test('a void keeps its lines, whatever is decided before, after and about it', async () => {
  const msp = await billed()
  const all = await voidOf(msp) // APR-0002
  const contoso = await voidOf(msp, 'contoso') // APR-0003
  await msp.decide(LEE, contoso)
  const rest = await voidOf(msp) // APR-0004
  expect(await counts(msp, all)).toEqual([3, [], [['APR-0003', 2]]])
  expect(await counts(msp, rest)).toEqual([1, [['APR-0003', 2]], []])
  await msp.decide(LEE, rest)
  expect(await counts(msp, contoso)).toEqual([2, [], []])
  expect(await counts(msp, rest)).toEqual([1, [['APR-0003', 2]], []])
  expect(await counts(msp, all)).toEqual([
    3,
    [],
    [
      ['APR-0003', 2],
      ['APR-0004', 1],
    ],
  ])
})
