import { assert } from '../../core/assert.js'
import type { ContainerPlan, PsaName, Step } from '../../core/sync/types.js'
import { numberedId } from './billing-books.js'
import { insertRows } from './bulk.js'
import type { BulkColumn } from './bulk.js'
import type { Cell, Database, Query, Transaction } from './database.js'
import { PSA_NAMES } from './psa-customer.js'
import { readStep, writeStep } from './psa-json.js'
import { integer, packedColumns, text, unpack, word, writeText } from './values.js'

const MODES = ['datedLines', 'wholeLines', 'units'] as const

/** A step in its place in its run's plan, both counted from 1. */
interface Placed {
  readonly position: number
  readonly part: number
  readonly plan: ContainerPlan
  readonly step: Step
}

const COLUMNS: readonly BulkColumn<Placed>[] = [
  { name: 'position', type: 'integer', value: ({ position }) => position },
  { name: 'part', type: 'integer', value: ({ part }) => part },
  { name: 'psa', type: 'text', value: ({ plan }) => plan.psa },
  { name: 'container_id', type: 'text', value: ({ plan }) => writeText(plan.containerId, 'a container') },
  { name: 'container_name', type: 'text', value: ({ plan }) => writeText(plan.containerName, 'a container') },
  { name: 'customer_id', type: 'text', value: ({ plan }) => writeText(plan.customerId, 'a customer') },
  { name: 'customer_name', type: 'text', value: ({ plan }) => writeText(plan.customerName, 'a customer') },
  { name: 'currency', type: 'text', value: ({ plan }) => plan.currency },
  { name: 'mode', type: 'text', value: ({ plan }) => plan.mode },
  { name: 'slot_id', type: 'text', value: ({ step }) => writeText(step.slotId, 'a slot') },
  { name: 'key', type: 'text', value: ({ step }) => writeText(step.key, 'a step') },
  { name: 'content', type: 'jsonb', value: ({ step }) => writeStep(step) },
]

/**
 * Freezes the plan of a run. A key is made from everything a step says: one that was used for other content, in this
 * plan or any before it, is a bug and nothing is written.
 */
export async function addSteps(
  database: Database,
  tx: Transaction,
  mspId: string,
  runNumber: number,
  plan: readonly ContainerPlan[],
): Promise<void> {
  const placed = placedSteps(plan)
  const insert = { table: 'sync_step', shared: { msp_id: mspId, run_number: runNumber }, columns: COLUMNS }
  await insertRows(database, tx, insert, placed)
  const [other] = await tx.$queryRaw<{ readonly key: string }[]>`
    SELECT fresh.key FROM sync_step AS fresh
    JOIN sync_step AS known ON known.msp_id = fresh.msp_id AND known.key = fresh.key
    WHERE fresh.msp_id = ${mspId} AND fresh.run_number = ${runNumber}
      AND (known.psa, known.container_id, known.slot_id, known.content)
        IS DISTINCT FROM (fresh.psa, fresh.container_id, fresh.slot_id, fresh.content) LIMIT 1`
  assert(other === undefined, `step ${other?.key} was planned before with other content`)
}

function placedSteps(plan: readonly ContainerPlan[]): readonly Placed[] {
  const placed: Placed[] = []
  const keys = new Set<string>()
  for (const [index, part] of plan.entries()) {
    assert(part.steps.length > 0, `plan for ${part.psa} ${part.containerId} has no steps`)
    for (const step of part.steps) {
      const isHere = step.psa === part.psa && step.containerId === part.containerId
      assert(isHere, `step ${step.key} is not for ${part.psa} ${part.containerId}`)
      assert(!keys.has(step.key), `step ${step.key} is twice in one plan`)
      keys.add(step.key)
      placed.push({ position: placed.length + 1, part: index + 1, plan: part, step })
    }
  }
  return placed
}

/** Columns of `sync_step AS step` that {@link stepOf} reads; cells of free text each for itself. */
export const STEP_COLUMNS =
  'step.run_number, step.position, step.psa, step.container_id, step.slot_id, step.key, step.content'

export type StepRow = readonly [
  runNumber: Cell,
  position: Cell,
  psa: Cell,
  containerId: Cell,
  slotId: Cell,
  key: Cell,
  content: Cell,
]

/** A stored step with its id: "BR-0007/3". */
export function stepOf([run, position, psa, containerId, slotId, key, content]: StepRow): {
  readonly id: string
  readonly runId: string
  readonly step: Step
} {
  const runId = numberedId('BR', integer(run))
  const id = `${runId}/${integer(position)}`
  const place = {
    key: text(key),
    psa: word(PSA_NAMES, psa),
    containerId: text(containerId),
    slotId: text(slotId),
  }
  return { id, runId, step: { ...place, ...readStep(content, `step ${id}`) } }
}

const SELECT = `SELECT ${STEP_COLUMNS}, ${packedColumns(['step.part', 'step.mode', 'step.currency'])}, step.container_name,
    step.customer_id, step.customer_name
  FROM sync_step AS step WHERE step.msp_id = $1 AND step.run_number = ANY($2::integer[])
  ORDER BY step.run_number, step.position`

type PlanRow = readonly [...StepRow, packed: Cell, containerName: Cell, customerId: Cell, customerName: Cell]

type MutablePlan = Omit<ContainerPlan, 'steps'> & { readonly steps: Step[] }

/** The plans of runs as they were frozen, by the number of the run; a run without steps is left out. */
export async function readPlans(
  query: Query,
  mspId: string,
  runNumbers: readonly number[],
): Promise<ReadonlyMap<number, readonly ContainerPlan[]>> {
  const plans = new Map<number, MutablePlan[]>()
  if (runNumbers.length === 0) return plans
  await query(SELECT, [mspId, runNumbers], (row: PlanRow) => {
    const [run, position, psa, containerId, slotId, key, content, packed, ...names] = row
    const [containerName, customerId, customerName] = names
    const { step } = stepOf([run, position, psa, containerId, slotId, key, content])
    const [part, mode, currency] = unpack<[part: Cell, mode: Cell, currency: Cell]>(packed, 3)
    const parts = plans.get(integer(run)) ?? []
    plans.set(integer(run), parts)
    parts[integer(part) - 1] ??= {
      ...placeOf(step),
      containerName: text(containerName),
      customerId: text(customerId),
      customerName: text(customerName),
      currency: text(currency),
      mode: word(MODES, mode),
      steps: [],
    }
    parts[integer(part) - 1]?.steps.push(step)
  })
  return plans
}

function placeOf({ psa, containerId }: Step): { readonly psa: PsaName; readonly containerId: string } {
  return { psa, containerId }
}
