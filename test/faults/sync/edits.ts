import { finish } from './kills.js'
import { type PlacedCustomer, type PlacedLicence, writesOf } from './office.js'
import type { Scenario } from './scenario.js'
import { type Stage, onWrites } from './stage.js'

/**
 * What a person makes of the seats of a licence: two more than there were, just what is wanted, or what is missing as a
 * line of their own.
 */
type Edit = 'more' | 'wanted' | 'beside'

async function edit(
  stage: Stage,
  customer: PlacedCustomer,
  licence: PlacedLicence,
  how: Edit,
): Promise<void> {
  const { before, after, lineId, itemId } = licence
  if (how === 'beside') {
    const addition = { agreementId: Number(customer.containerId), product: Number(itemId) }
    const seats = { quantity: after - before, effectiveDate: '2026-03-11' }
    await stage.emulator.call('createAddition', { ...addition, ...seats })
    return
  }
  if (stage.psa === 'connectwise') {
    const quantity = how === 'wanted' ? after : before + 2
    await stage.emulator.call('editAddition', { additionId: Number(lineId), quantity })
    return
  }
  // A day later than ours: one change a service and day is all that Autotask takes.
  const days = customer.invoiced ? ['2026-04-01', '2026-04-02'] : ['2026-03-11', '2026-03-12']
  const [unitChange, effectiveDate] = how === 'wanted' ? [after - before, days[0]] : [2, days[1]]
  await stage.emulator.call('adjust', { contractServiceId: Number(lineId), unitChange, effectiveDate })
}

/** Every kind in turn, where the PSA knows it. */
function editOf({ psa }: Stage, { invoiced }: PlacedCustomer, index: number): Edit {
  // In an open March of ConnectWise a line of all seats would bill more than is wanted.
  const kinds: readonly Edit[] =
    psa === 'autotask' ? ['more', 'wanted'] : invoiced ? ['more', 'wanted', 'beside'] : ['more', 'beside']
  return kinds[index % kinds.length] ?? 'more'
}

/** After the approval, before anything is read: every one must be seen, and never be written over. */
export const editsSeen: Scenario = {
  name: 'edits seen',
  isTwice: true,
  async play(stage, life) {
    let [edits, wanted, barred] = [0, 0, 0]
    for (const customer of stage.customers) {
      for (const [index, licence] of customer.placed.entries()) {
        const how = editOf(stage, customer, index)
        edits += 1
        if (how === 'wanted') wanted += 1
        // Money for what is past is due whatever the count of now is; nothing at all comes on top of a line beside.
        if (how === 'more') barred += 1
        if (how === 'beside') barred += writesOf([{ ...customer, placed: [licence] }])
        await edit(stage, customer, licence, how)
      }
    }
    await finish(stage, life)
    const said = await life.order('dispatch')
    const parked = said?.parked ?? 0
    const faults = parked === barred ? [] : [`${parked} parked of ${barred} that somebody had changed`]
    await life.kill()
    const edited = new Set(stage.customers.map(({ containerId }) => containerId))
    const report = await stage.audit({ edited })
    return { words: `${edits} edits: ${parked} parked, ${wanted} as wanted`, faults, report }
  },
}

/** Between our last look and the effect of our write. */
export const editsUnseen: Scenario = {
  name: 'edits unseen',
  isTwice: true,
  async play(stage, life, draw) {
    const left = new Map(stage.customers.map((customer) => [customer.containerId, [...customer.placed]]))
    let edits = 0
    stage.emulator.onHeld = async ({ path }) => {
      // ConnectWise names the agreement in the address; of a contract any service may be next.
      const named = stage.customers.find(({ containerId }) => path.split('/').includes(containerId))
      const customer =
        named ?? stage.customers.find(({ containerId }) => (left.get(containerId) ?? []).length > 0)
      const free = left.get(customer?.containerId ?? '') ?? []
      const [licence] = free.splice(Math.floor(draw() * free.length), 1)
      if (customer === undefined || licence === undefined) return true
      edits += 1
      await edit(stage, customer, licence, 'more')
      return true
    }
    const moment = stage.psa === 'connectwise' ? { at: 'beforeApply' } : { moment: 'beforeApply' }
    await stage.emulator.setFaults(onWrites(stage.psa, { kind: 'pause', ...moment }))
    await finish(stage, life)
    await stage.emulator.setFaults([])
    stage.emulator.onHeld = undefined
    const said = await life.order('dispatch')
    await life.kill()
    const edited = new Set(stage.customers.map(({ containerId }) => containerId))
    const report = await stage.audit({ unseenEdits: true, edited })
    const words = `${edits} edits: ${said?.confirmed} confirmed, ${said?.parked} parked`
    return { words, faults: [], report }
  },
}
