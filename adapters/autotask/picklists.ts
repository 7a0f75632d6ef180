import { AUTOTASK_REMEMBERED_MILLISECONDS } from '../../core/limits.js'
import type { Api } from './api.js'
import { read } from './reading.js'
import { parseFields } from './schema.js'
import type { Purpose } from './threshold.js'

/** One value a tenant offers for a field; values differ from tenant to tenant, labels say what they mean. */
export interface Choice {
  readonly value: string
  readonly label: string
  readonly isActive: boolean
  readonly isDefault: boolean
}

/** The choices of an entity's fields, by field. */
export type Picklists = ReadonlyMap<string, readonly Choice[]>

/** Reads what the tenant offers, and remembers it for an hour. */
export function createPicklists(
  api: Api,
  now: () => number,
): (entity: string, purpose: Purpose) => Promise<Picklists> {
  const known = new Map<string, { readonly picklists: Picklists; readonly until: number }>()
  return async (entity, purpose) => {
    const remembered = known.get(entity)
    if (remembered !== undefined && now() < remembered.until) return remembered.picklists
    const picklists = await readPicklists(api, entity, purpose)
    known.set(entity, { picklists, until: now() + AUTOTASK_REMEMBERED_MILLISECONDS })
    return picklists
  }
}

async function readPicklists(api: Api, entity: string, purpose: Purpose): Promise<Picklists> {
  const { body, where } = await api.get(entity, ['entityInformation', 'fields'], purpose)
  const { fields } = read(parseFields, body, { subject: `the fields of ${entity}`, where })
  return new Map(
    fields.map(({ name, picklistValues }) => [
      name,
      (picklistValues ?? []).map(({ value, label, isActive, isDefaultValue }) => ({
        value,
        label: label ?? '',
        isActive: isActive ?? true,
        isDefault: isDefaultValue ?? false,
      })),
    ]),
  )
}

/** What a value means to the tenant's people; undefined: it is none of the offered ones. */
export function labelOf(picklists: Picklists, field: string, value: string | undefined): string | undefined {
  return picklists.get(field)?.find((choice) => choice.value === value)?.label
}

/** The choice whose label says what is wanted, else the tenant's default; of active ones only. */
export function chosen(picklists: Picklists, field: string, wanted: RegExp): Choice | undefined {
  const active = (picklists.get(field) ?? []).filter(({ isActive }) => isActive)
  return active.find(({ label }) => wanted.test(label)) ?? active.find(({ isDefault }) => isDefault)
}
