/**
 * `npm run test:pictures [-- --out FOLDER]`: plays a back office's day through the real server and keeps what the bot sent
 * to Slack and Teams, adds every card and form of the sample worlds, and has test/clients draw all of it as people see it. Every amount and button must be there, nothing may be
 * cut, stand outside or be alive. Without --out the pictures go with the temporary folder they are in.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { connectWiseSettings } from '../demo-psa.js'
import { type ConnectWiseEmulator, startConnectWiseEmulator } from '../emulators/connectwise/server.js'
import { type Outside, openOutside, serveProduct } from '../support/both-platforms.js'
import { createStoryClock } from '../support/story/clock.js'
import { sampleScenes } from './samples.js'
import { CHANNEL, type Camera, openCamera } from './scenes.js'

/** From dist/test/pictures to the clients among the sources, which are not compiled. */
const DRAW = fileURLToPath(new URL('../../../test/clients/draw.mjs', import.meta.url))
/** Everything a name could do to a card, and long enough to be in the way. */
const HOSTILE =
  '<!channel> <@U1> *Bold* _it_ ~s~ [x](https://evil.example) &lt;b&gt; ${name} {{7*7}} <script>alert(1)</script>'
const LONG = 'Donaudampfschifffahrtselektrizitaetenhauptbetriebswerkbauunterbeamtengesellschaft'
const LINES = 200

/** Contoso's arithmetic: 20 × $22.00 = $440.00; five more from 11 March, 21 of 31 days: $74.52. Together $514.52. */
function tellWorld(tell: (sentence: string) => void): void {
  tell('Contoso buys 20 × Microsoft 365 Business Premium at 22.00 a month on 2025-02-01')
  tell('Contoso · Microsoft 365 Business Premium · 20 → 25 seats on 2026-03-11')
  tell('Contoso buys 3 × Azure reservation without a price on 2025-03-01')
  tell('customer Globex in EUR')
  tell('Globex buys 2 × Exchange Online at 9.50 a month in EUR on 2025-02-01')
  tell(`${HOSTILE} buys 3 × Defender *for* _Business_ at 10.00 a month on 2025-02-01`)
  tell(`${LONG} buys 1234 × ${LONG} at 1234.56 a month on 2025-02-01`)
  // 1 + 2 + … + 200 = $20,100.00
  for (let line = 1; line <= LINES; line += 1) {
    tell(`Fabrikam buys 1 × Product ${String(line).padStart(3, '0')} at ${line}.00 a month on 2025-02-01`)
  }
}

/** Lists of the day, before anything is decided. 1234 × $1,234.56 = $1,523,447.04. */
async function lists(camera: Camera): Promise<void> {
  const amounts = ['$514.52', '€19.00', '$30.00', '$1,523,447.04', '$20,100.00']
  await camera.ask('who', 'dana', 'who march', { shows: [...amounts, HOSTILE, LONG, 'Azure reservation'] })
  await camera.ask('customer', 'dana', 'customer contoso march', { shows: ['$440.00', '$74.52', '$514.52'] })
  await camera.ask('customer-long', 'dana', 'customer fabrikam march', { shows: ['$20,100.00', '$1.00'] })
  await camera.ask('changes', 'dana', 'changes', { shows: ['20 → 25 seats'] })
  await camera.ask('status', 'dana', 'status', { shows: ['6 customers'] })
  await camera.ask('upcoming', 'dana', 'upcoming 60', {
    shows: ['Invoice from Ingram', '2 Apr 2026', 'In and out in USD', 'its cost is not stated'],
  })
  await camera.ask('calendar', 'dana', 'calendar april', {
    shows: ['invoice from Ingram', 'bills of 4 customers'],
  })
  await camera.askAlone('home', 'dana', 'home', {
    shows: ['Today for Dana', '$1,523,447.04', HOSTILE],
    buttons: ['Approvals', 'Who to bill', 'Upcoming', 'Propose March 2026'],
  })
  await camera.ask('help', 'dana', 'help', { shows: ['propose'] })
  await camera.askAlone('unknown', 'dana', 'whoo march', { shows: ['who'] })
  await camera.askAlone('forbidden', 'vic', 'propose march', {
    shows: ['may not do that', 'Nothing was done'],
  })
}

const PENDING = ['Approve', 'Reject']

async function runs(camera: Camera, later: () => Promise<void>): Promise<void> {
  const contoso = ['Total $514.52 (2 lines)', '20 × $22.00 = $440.00', '$74.52', 'APR-']
  await camera.ask('run', 'dana', 'propose march contoso', { shows: contoso, buttons: PENDING })
  await camera.say('slack', 'sam', 'approval APR-0002')
  await camera.clickAlone('own', 'dana', { shows: ['somebody else has to approve it'] })
  await camera.question('approve', 'lee', 'approve', {
    shows: ['$514.52 (2 lines) to 1 customer'],
    buttons: ['Back', 'Approve'],
  })
  await camera.question('reject', 'sam', 'reject', {
    shows: ['Why is it rejected?'],
    buttons: ['Back', 'Reject'],
  })
  await camera.say('slack', 'lee', 'approve APR-0002')
  await camera.ask('approved', 'dana', 'approval APR-0002', {
    shows: ['Approved by Lee', '$514.52'],
    buttons: ['Download CSV'],
  })
  await camera.clickAlone('late', 'sam', { shows: ['decided already: approved by Lee'] })
  const total = ['$20,100.00 (200 lines)', 'and 1', 'more']
  const many = [...PENDING, 'All lines']
  await camera.ask('run-200', 'dana', 'propose march fabrikam', { shows: total, buttons: many })
  await camera.ask('page', 'dana', 'approval APR-0004 page 2', {
    shows: ['page 2 of 8', '$20,100.00 (200 lines)', '1 × $26.00 = $26.00', '1 × $50.00 = $50.00'],
    buttons: ['Next page'],
  })
  await camera.say(
    'slack',
    'lee',
    'reject APR-0004 because the prices of Product 007 and Product 008 are last year’s',
  )
  await camera.ask('rejected', 'dana', 'approval APR-0004', { shows: ['Rejected by Lee', 'last year’s'] })
  const everybody = ['$1,543,577.04', '€19.00', HOSTILE, LONG]
  await camera.ask('run-all', 'dana', 'propose march', {
    shows: [...everybody, 'Look at this first', 'Azure reservation'],
    buttons: many,
  })
  await camera.ask('approvals', 'dana', 'approvals', { shows: ['APR-0006'], onlyWide: true })
  await camera.say('slack', 'sam', 'approval APR-0006')
  await later()
  await camera.clickAlone('stale', 'lee', {
    shows: ['changed since it was shown. Nothing was billed', '€12.87'],
  })
  await camera.ask('approvals-stale', 'dana', 'approvals', {
    shows: ['APR-0006, out of date', '1 line changed since it was shown', '€12.87'],
    onlyWide: true,
  })
  await camera.ask('void', 'lee', 'void BR-0002 because it went to the wrong address', {
    shows: ['Makes $514.52 (2 lines) due again.', '$74.52'],
    buttons: PENDING,
  })
  await camera.ask('audit', 'lee', 'audit', { shows: ['approved'] })
}

/** Tailspin: 20 × $22.00 in an agreement that does not prorate, March invoiced; 5 more from 11 March: $74.52 once. */
function tailspin(connectWise: ConnectWiseEmulator): void {
  const agreement = { name: 'Tailspin Cloud', prorateFlag: false, nextInvoiceDate: '2026-04-01' } as const
  const line = { product: 'VISIO', quantity: 20, effectiveDate: '2026-03-01' } as const
  connectWise.world.seed({
    catalog: [
      {
        identifier: 'VISIO',
        description: 'Visio Plan 2',
        manufacturerPartNumber: 'VISIO-PLAN-2',
        price: '22.00',
      },
    ],
    companies: [
      { identifier: 'TAILSPIN', name: 'Tailspin', agreements: [{ ...agreement, additions: [line] }] },
    ],
  })
}

/** A customer whom ConnectWise bills: who it is there, what is to be written, how it ended, what somebody changed by hand. */
async function inPsa(
  camera: Camera,
  outside: Outside,
  connectWise: ConnectWiseEmulator,
  newest: () => Promise<string>,
) {
  outside.tell('Tailspin buys 20 × Visio Plan 2 at 22.00 a month on 2025-02-01')
  outside.tell('Tailspin · Visio Plan 2 · 20 → 25 seats')
  outside.clock.moveOn(3_600_000)
  await camera.say('slack', 'lee', 'observe')
  await camera.ask('map', 'dana', 'map tailspin', {
    shows: ['Tailspin Cloud', 'same name'],
    buttons: ['Accept', 'Map by hand'],
  })
  await camera.say('slack', 'dana', 'map tailspin accept')
  await camera.ask('who-psa', 'dana', 'who march tailspin', { shows: ['$514.52', '$440.00', '$74.52'] })
  const steps = ['once $74.52', '20 → 25 on the running line', 'it does not prorate']
  await camera.ask('sync', 'dana', 'sync tailspin', { shows: steps, buttons: PENDING })
  const id = await newest()
  await camera.say('slack', 'lee', `approve ${id}`)
  await camera.ask('synced', 'dana', `approval ${id}`, {
    shows: ['2 of 2 steps confirmed', 'Approved by Lee'],
  })
  const [line] = connectWise.ledger().flatMap(({ addition }) => addition ?? [])
  connectWise.world.editAddition({ additionId: Number(line), quantity: 27 })
  outside.clock.moveOn(3_600_000)
  await camera.say('slack', 'lee', 'observe')
  await camera.ask('status-psa', 'dana', 'status', { shows: ['we wrote 25, there is 27, it should be 25'] })
}

async function play() {
  const outside = await openOutside({
    people: new Map([
      ['Dana', 'approver'],
      ['Lee', 'approver'],
      ['Sam', 'approver'],
      ['Vic', 'viewer'],
    ]),
    slackChannels: [CHANNEL],
    clock: createStoryClock('2026-03-11', '14:00', 'America/New_York'),
  })
  const folder = mkdtempSync(join(tmpdir(), 'cloud-billing-pictures-'))
  const connectWise = await startConnectWiseEmulator({ now: outside.clock.now })
  tailspin(connectWise)
  const served = await serveProduct(outside, {
    ...connectWiseSettings(connectWise),
    DATA_DIR: join(folder, 'data'),
    BILLING_OPENS_ON: '2026-03-01',
  })
  try {
    tellWorld(outside.tell)
    const camera = openCamera(outside, served, [HOSTILE, 'Defender *for* _Business_'])
    await camera.say('slack', 'lee', 'observe')
    await lists(camera)
    await runs(camera, async () => {
      outside.clock.moveOn(3_600_000)
      outside.tell('Globex · Exchange Online · 2 → 4 seats')
      await camera.say('slack', 'lee', 'observe')
    })
    const newest = async () => (await served.running.studio.billing.open()).at(-1)?.approval.id ?? ''
    await inPsa(camera, outside, connectWise, newest)
    return camera.scenes
  } finally {
    await served.close()
    await outside.close()
    await connectWise.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

const { values } = parseArgs({ options: { out: { type: 'string' } } })
const scenes = [...(await play()), ...(await sampleScenes())]
const temporary = mkdtempSync(join(tmpdir(), 'cloud-billing-pictures-'))
const out = values.out === undefined ? temporary : resolve(values.out)
mkdirSync(out, { recursive: true })
const file = join(out, 'scenes.json')
writeFileSync(file, JSON.stringify(scenes))
const { status } = spawnSync(process.execPath, [DRAW, file, out], { stdio: 'inherit' })
rmSync(temporary, { recursive: true, force: true })
process.exitCode = status ?? 1
