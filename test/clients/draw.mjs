// Draws what the bot sent as people see it, and looks at the drawings:
//
//   node draw.mjs SCENES.json FOLDER      writes FOLDER/NAME.png for each scene; exits 1 when anything looks wrong
//
// A scene is { name, platform: 'slack' | 'teams', payload, shows, buttons, literal, looks }; looks are widths and themes,
// such as wide-light. Needs Chromium (CHROMIUM, or /usr/bin/chromium). Nothing in a card may reach for the network.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { looksWrong } from './looks.mjs'
import { slackHtml, slackStyle } from './slack.mjs'
import { teamsHostConfig, teamsStyle } from './teams.mjs'

const [file, folder] = process.argv.slice(2)
if (file === undefined || folder === undefined)
  throw new Error('Name the file of scenes and the folder for the pictures.')
/** @type {any[]} */
const scenes = JSON.parse(readFileSync(file, 'utf8'))
/** A message in a channel on a desktop, and on the narrowest telephones. */
const WIDTHS = { wide: 640, narrow: 320 }
const RENDERER = new URL('./node_modules/adaptivecards/dist/adaptivecards.min.js', import.meta.url)

const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--force-color-profile=srgb'],
})
let pictures = 0
/** @type {string[]} */
const faults = []
for (const [width, pixels] of Object.entries(WIDTHS)) {
  for (const theme of /** @type {const} */ (['light', 'dark'])) {
    const page = await browser.newPage({ viewport: { width: pixels, height: 900 } })
    /** @type {string[]} */
    const alive = []
    page.on('dialog', (dialog) => void (alive.push('a dialog opened'), dialog.dismiss()))
    await page.route('**/*', (route) => (alive.push(`it asks for ${route.request().url()}`), route.abort()))
    for (const scene of scenes.filter(({ looks }) => looks.includes(`${width}-${theme}`))) {
      const name = `${scene.name}-${scene.platform}-${width}-${theme}`
      await draw(page, scene, theme)
      const wrong = [...(await page.evaluate(looksWrong, scene)), ...alive.splice(0)]
      faults.push(...wrong.map((what) => `${name}: ${what}`))
      await page.locator('#card').screenshot({ path: join(folder, `${name}.png`) })
      pictures += 1
    }
    await page.close()
  }
}
await browser.close()
process.stdout.write(`pictures: ${scenes.length} cards, ${pictures} pictures, ${faults.length} faults\n`)
for (const fault of faults) process.stdout.write(`  ${fault}\n`)
process.exitCode = faults.length === 0 ? 0 : 1

/**
 * @param {import('playwright-core').Page} page
 * @param {any} scene
 * @param {'light' | 'dark'} theme
 */
async function draw(page, { platform, payload }, theme) {
  const style = platform === 'slack' ? slackStyle(theme) : teamsStyle(theme)
  const html = platform === 'slack' ? slackHtml(payload) : ''
  await page.setContent(
    `<!doctype html><meta charset="utf-8"><style>${style}</style><div id="card">${html}</div>`,
  )
  if (platform === 'slack') return
  await page.addScriptTag({ content: readFileSync(RENDERER, 'utf8') })
  await page.evaluate(
    ({ card, config }) => {
      const { AdaptiveCard, HostConfig, SerializationContext } = /** @type {any} */ (globalThis).AdaptiveCards
      const drawn = new AdaptiveCard()
      drawn.hostConfig = new HostConfig(config)
      const context = new SerializationContext()
      drawn.parse(card, context)
      for (let index = 0; index < context.eventCount; index += 1) {
        const { message } = context.getEventAt(index)
        // Charts are an extension of Teams; this renderer draws what the bot wants in their place.
        if (/^Unknown element type "Chart\./.test(message)) continue
        throw new Error(`the renderer objects: ${message}`)
      }
      document.querySelector('#card')?.append(drawn.render())
    },
    { card: payload, config: teamsHostConfig(theme) },
  )
}
