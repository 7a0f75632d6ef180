// Microsoft's own chat client for agents (the Microsoft 365 Agents Playground), one for each person, in a real browser:
//
//   node playground.mjs PLAN.json FOLDER
//
// PLAN is { tenantId, botId, people: [{ handle, name, aadObjectId, port, bot }] }, `bot` the address of the person's messages.
// Then each line of stdin is one act, answered by one line of stdout: { who, do: 'say' | 'click' | 'read' | 'picture', … }.
// Playgrounds listen on all interfaces: they have no option for another address. Nothing they ask the network for is let
// through.
import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const CLI = fileURLToPath(new URL('./node_modules/@microsoft/m365agentsplayground/cli.js', import.meta.url))
const STARTS_IN = 60_000
const ANSWERS_IN = 30_000

/** A Playground refuses a world with more or fewer other people, and then ends without a word. */
const OTHERS = 5
const STRANGERS = [1, 2, 3, 4, 5].map((number) => ({
  handle: `stranger-${number}`,
  name: `Stranger ${number}`,
  aadObjectId: `00000000-0000-4000-8000-0000000001${number}0`,
}))

const [file, folder] = process.argv.slice(2)
if (file === undefined || folder === undefined) throw new Error('Name the plan and a folder.')
const plan = JSON.parse(readFileSync(file, 'utf8'))
/** @type {import('node:child_process').ChildProcess[]} */
const children = []
/** @type {Map<string, import('playwright-core').Page>} */
const pages = new Map()

/** What a Playground takes for the world; it leaves out nothing that it expects. */
function worldOf({ handle, name, aadObjectId }) {
  const person = (id, called, object) => ({
    id,
    name: called,
    userPrincipleName: `${id}@example.com`,
    aadObjectId: object,
    givenName: called,
    surname: 'Example',
    email: `${id}@example.com`,
  })
  return {
    version: '0.1.1',
    tenantId: plan.tenantId,
    bot: { id: plan.botId, name: 'Cloud Billing Studio' },
    currentUser: person(handle, name, aadObjectId),
    users: [...plan.people.filter((other) => other.handle !== handle), ...STRANGERS]
      .slice(0, OTHERS)
      .map((other) => person(other.handle, other.name, other.aadObjectId)),
    personalChat: { id: `personal-${handle}` },
    groupChat: { id: `group-${handle}`, name: 'Group Chat' },
    team: {
      id: 'team-of-all',
      name: 'Back office',
      aadGroupId: '00000000-0000-4000-8000-000000000031',
      channels: [{ id: 'channel-billing', name: 'Billing' }],
    },
  }
}

/** @param {string} url */
async function answers(url) {
  for (let waited = 0; waited < STARTS_IN; waited += 200) {
    const is = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    )
    if (is) return
    await wait(200)
  }
  throw new Error(`the Playground at ${url} does not answer`)
}

async function open(browser, person) {
  const home = join(folder, person.handle)
  mkdirSync(home, { recursive: true })
  // JSON is YAML, too.
  writeFileSync(join(home, '.m365agentsplayground.yml'), JSON.stringify(worldOf(person), null, 2))
  const args = [
    CLI,
    'start',
    '-e',
    person.bot,
    '-c',
    'msteams',
    '-p',
    String(person.port),
    '--disable-telemetry',
  ]
  const env = { PATH: process.env['PATH'], HOME: home, BROWSER: 'none' }
  children.push(spawn(process.execPath, args, { cwd: home, env, stdio: 'ignore' }))
  const url = `http://127.0.0.1:${person.port}/`
  await answers(url)
  const page = await browser.newPage({ viewport: { width: 1300, height: 1500 } })
  await page.route('**/*', (route) =>
    /^(https?|wss?):\/\/(127\.0\.0\.1|localhost)[:/]/.test(route.request().url())
      ? route.continue()
      : route.abort(),
  )
  await page.goto(url, { waitUntil: 'domcontentloaded' })
  await composer(page).waitFor({ timeout: STARTS_IN })
  pages.set(person.handle, page)
}

/** @param {import('playwright-core').Page} page */
function composer(page) {
  return page.locator('[contenteditable="true"][data-lexical-editor="true"]').first()
}

/** @type {Record<string, (page: import('playwright-core').Page, act: any) => Promise<unknown>>} */
const ACTS = {
  /** Types into the personal chat. */
  say: async (page, { text }) => {
    await composer(page).click()
    await page.keyboard.type(text)
    await page.keyboard.press('Enter')
  },
  /** Presses the newest button of a name. */
  click: async (page, { button }) => {
    await page.getByRole('button', { name: button, exact: true }).last().click({ timeout: ANSWERS_IN })
  },
  /** Everything that can be read, once it holds `shows` and does not hold `hides`. */
  read: async (page, { shows = [], hides = [] }) => {
    await page.waitForFunction(
      ({ wanted, gone }) => {
        const text = document.body.innerText.replaceAll('\u00a0', ' ')
        return wanted.every((part) => text.includes(part)) && gone.every((part) => !text.includes(part))
      },
      { wanted: shows, gone: hides },
      { timeout: ANSWERS_IN },
    )
    return page.evaluate(() => document.body.innerText)
  },
  /** Names of the buttons of all cards, in order. */
  buttons: async (page) =>
    page.evaluate(() =>
      [...document.querySelectorAll('.ac-adaptiveCard button')].map((one) => one.textContent?.trim()),
    ),
  /** Where a button that opens a page leads. */
  link: async (page, { button }) => {
    // What is opened may be a download, whose page never has an address: it is asked for all the same.
    const [request] = await Promise.all([
      page.context().waitForEvent('request', {
        predicate: (one) => one.url().includes('/files/'),
        timeout: ANSWERS_IN,
      }),
      page.getByText(button, { exact: true }).last().click({ timeout: ANSWERS_IN }),
    ])
    return request.url()
  },
  picture: async (page, { name }) => {
    await page.screenshot({ path: join(folder, `${name}.png`) })
  },
}

const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
})
const stop = async () => {
  await browser.close()
  for (const child of children) child.kill()
}
try {
  for (const person of plan.people) await open(browser, person)
  process.stdout.write(`${JSON.stringify({ ready: true })}\n`)
  for await (const line of createInterface({ input: process.stdin })) {
    const act = JSON.parse(line)
    const page = pages.get(act.who)
    if (page === undefined) throw new Error(`nobody is called ${act.who}`)
    try {
      const value = await ACTS[act.do](page, act)
      process.stdout.write(`${JSON.stringify({ value })}\n`)
    } catch (error) {
      const seen = await page.evaluate(() => document.body.innerText)
      process.stdout.write(`${JSON.stringify({ fault: String(error), seen })}\n`)
    }
  }
} finally {
  await stop()
}
