import { writeManifests } from './command.js'

process.exitCode = await writeManifests(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
})
