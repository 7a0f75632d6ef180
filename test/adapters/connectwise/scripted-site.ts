import type { ServerResponse } from 'node:http'
import { type Received, type ScriptedServer } from '../http/scripted-server.js'
import { sendJson } from '../http/scripted-server.js'
import { serve } from '../http/scripted-client.js'
import { clientOf } from './office.js'

export const KEYS = {
  companyId: 'msp',
  publicKey: 'public-key-1',
  privateKey: 'private-key-1',
  clientId: 'client-id-1',
}

/** What Authorization carries with these keys. */
export const TOKEN = Buffer.from('msp+public-key-1:private-key-1').toString('base64')

export interface ScriptedSite extends ScriptedServer, ReturnType<typeof clientOf> {}

/** A site that answers as the test says, with a client of it. */
export async function scriptedSite(
  answer: (received: Received, response: ServerResponse) => void,
): Promise<ScriptedSite> {
  const server = await serve(answer)
  return { ...server, ...clientOf({ site: server.url, ...KEYS }) }
}

interface Oddities {
  /** The Link of the additions' list; "same": that list itself. */
  readonly next?: string
  readonly count?: number
  readonly rows?: unknown
  readonly invoices?: unknown
}

const AGREEMENT = {
  id: 77,
  name: 'Odd',
  company: { id: 5 },
  startDate: '2025-01-01T00:00:00Z',
  prorateFlag: true,
  nextInvoiceDate: '2026-04-01T00:00:00Z',
}

const ADDITION = {
  id: 1,
  product: { id: 3 },
  quantity: 1,
  unitPrice: 1,
  billCustomer: 'Billable',
}

/** A site with one agreement, 77, of one line, that does odd things with the lists beside it. */
export async function agreementSite({
  next,
  count = 1,
  rows = [ADDITION],
  invoices = [],
}: Oddities): Promise<ScriptedSite> {
  return await scriptedSite(({ url, headers }, response) => {
    const path = url.pathname.replace('/v4_6_release/apis/3.0', '')
    const origin = `http://${headers.host ?? ''}`
    if (path === '/finance/agreements/77') sendJson(response, AGREEMENT)
    else if (path.endsWith('/count')) sendJson(response, { count })
    else if (path.endsWith('/additions')) sendJson(response, rows, 200, linkTo(next, origin, url.pathname))
    else if (path === '/finance/invoices') sendJson(response, invoices)
    else sendJson(response, { code: 'NotFound', message: 'no' }, 404)
  })
}

function linkTo(next: string | undefined, origin: string, own: string): Readonly<Record<string, string>> {
  if (next === undefined) return {}
  const address = next === 'same' ? `${origin}${own}` : next.startsWith('/') ? `${origin}${next}` : next
  return { link: `<${address}>; rel="next"` }
}
