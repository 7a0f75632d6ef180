// Draws the icons of the app packages anew: `node test/support/run.mjs test/support/manifest/draw-icons.js`.
import { writeFileSync } from 'node:fs'
import { png } from './draw.js'
import { ICONS, pixelsOf } from './icons.js'
import { source } from './packages.js'

for (const icon of ICONS) {
  writeFileSync(source(icon.surface, icon.name), png(icon.side, pixelsOf(icon)))
  process.stdout.write(`Drawn: manifest/${icon.surface}/${icon.name}\n`)
}
