/**
 * Brings dist/ up to date: the generated database client, then the compiled sources, and meanwhile the image a new
 * embedded database starts from. Does nothing, fast, when nothing changed. All output goes to stderr, so that a command which builds first still prints only its answer on stdout.
 *
 *   node test/support/build.mjs              with type checking (npm run build)
 *   node test/support/build.mjs --no-check   emit only (before a command is run; `npm run check` checks the types)
 *   node test/support/build.mjs --generate   the database client only
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const SOURCE_FOLDERS = ['bot', 'core', 'adapters', 'prisma', 'test']
const SETTINGS = ['tsconfig.json', 'package-lock.json']
/** Generated or installed: never a source. */
const NOT_SOURCES = new Set(['node_modules', 'generated', 'clients'])
const SOURCE = /\.(ts|mjs)$/
/** Writes the image of an empty embedded database; it needs nothing compiled. */
const IMAGE_MAKER = join('adapters', 'storage', 'embedded-image.mjs')
const IMAGE = /^embedded-postgres-.*\.tar\.gz$/
/** Another build of a cold tree takes about five seconds on a busy machine; past this it hangs. */
const WAIT_FOR_OTHER_BUILD_MILLISECONDS = 120_000
const POLL_MILLISECONDS = 50

/**
 * Types are stripped file by file: without a look at what is imported it takes a third of the work, and writes the same.
 * Nothing is remembered for the next build, which may check.
 */
const EMIT_ONLY = [
  '--noCheck',
  '--noResolve',
  '--types',
  '',
  '--incremental',
  'false',
  '--tsBuildInfoFile',
  'null',
]

const projectRoot = fileURLToPath(new URL('../..', import.meta.url))

/** A build that cannot be done; the message is for the person at the terminal. */
class BuildFailed extends Error {}

/**
 * Builds what is out of date under `root`; returns what was done ("generate", "compile", "image").
 * @param {{ root?: string, check?: boolean, generateOnly?: boolean }} [options]
 * @returns {Promise<string[]>}
 */
export async function build({ root = projectRoot, check = true, generateOnly = false } = {}) {
  if (staleSteps(root, check, generateOnly).length === 0) return []
  if (!existsSync(join(root, 'node_modules', 'typescript'))) {
    throw new BuildFailed('The packages are not installed. Run `npm install` first.')
  }
  return withLock(root, async () => {
    const steps = staleSteps(root, check, generateOnly)
    const image = steps.includes('image') ? makeImage(root) : undefined
    try {
      if (steps.includes('generate')) await generate(root)
      if (steps.includes('compile')) await compile(root, check)
    } finally {
      await image
    }
    return steps
  })
}

/**
 * @param {string} root
 * @param {boolean} check
 * @param {boolean} generateOnly
 * @returns {string[]}
 */
function staleSteps(root, check, generateOnly) {
  const stamps = readStamps(root)
  const steps = []
  const schema = schemaSignature(root)
  if (schema !== undefined && (stamps.schema !== schema || !existsSync(generatedFolder(root)))) {
    steps.push('generate')
  }
  if (generateOnly) return steps
  const compiled = stamps.sources === sourcesSignature(root) && (stamps.checked === true || !check)
  if (steps.length > 0 || !compiled) steps.push('compile')
  if (existsSync(join(root, IMAGE_MAKER)) && (stamps.image !== imageSignature(root) || !hasImage(root))) {
    steps.push('image')
  }
  return steps
}

/** @param {string} root */
async function generate(root) {
  await run(root, [join('prisma', 'prisma.mjs'), 'generate'], 'The database client could not be generated.')
  writeStamps(root, { schema: schemaSignature(root) })
}

/**
 * @param {string} root
 * @param {boolean} check
 */
async function compile(root, check) {
  const before = sourcesSignature(root)
  writeStamps(root, { sources: undefined })
  const compiler = join('node_modules', 'typescript', 'bin', 'tsc')
  await run(root, [compiler, '-p', '.', ...(check ? [] : EMIT_ONLY)], 'The sources do not compile.')
  removeOrphans(root)
  writeStamps(root, { sources: before, checked: check })
}

/** @param {string} root */
async function makeImage(root) {
  const before = imageSignature(root)
  // Its code runs once: optimising it costs more than it gives.
  await run(root, ['--liftoff-only', IMAGE_MAKER], 'The image of an empty database could not be made.')
  writeStamps(root, { image: before })
}

/** @param {string} root */
function hasImage(root) {
  return existsSync(join(root, 'dist')) && readdirSync(join(root, 'dist')).some((name) => IMAGE.test(name))
}

/**
 * The image depends on the engine's version and on how it is set up, and on nothing else of ours.
 * @param {string} root
 */
function imageSignature(root) {
  return contentSignature(root, [IMAGE_MAKER, 'package-lock.json'])
}

/**
 * A deleted or renamed source must not live on in dist, where a stale import would still find it.
 * @param {string} root
 */
function removeOrphans(root) {
  const dist = join(root, 'dist')
  for (const file of filesUnder(dist, /\.(js|mjs)$/)) {
    const source = join(root, relative(dist, file))
    if (existsSync(source) || existsSync(source.replace(/\.js$/, '.ts'))) continue
    rmSync(file)
    rmSync(`${file}.map`, { force: true })
  }
}

/**
 * Runs a Node script with its stdout sent to our stderr.
 * @param {string} root
 * @param {string[]} args
 * @param {string} failure
 * @returns {Promise<void>}
 */
function run(root, args, failure) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 2, 2] })
    child.on('error', reject)
    child.on('close', (status) => {
      if (status === 0) resolve()
      else reject(new BuildFailed(`${failure} The reasons are above.`))
    })
  })
}

/** @param {string} root */
function generatedFolder(root) {
  return join(root, 'adapters', 'storage', 'generated')
}

/**
 * By content, because generating is the slow part; undefined while there is no schema.
 * @param {string} root
 */
function schemaSignature(root) {
  const schema = join('prisma', 'schema.prisma')
  return existsSync(join(root, schema)) ? contentSignature(root, [schema, 'package-lock.json']) : undefined
}

/**
 * @param {string} root
 * @param {string[]} names
 */
function contentSignature(root, names) {
  const hash = createHash('sha256')
  for (const name of names) hash.update(readFileSync(join(root, name)))
  return hash.digest('hex')
}

/**
 * By name, size and time of change: a few hundred `stat`s are far cheaper than reading every file.
 * @param {string} root
 */
function sourcesSignature(root) {
  const hash = createHash('sha256')
  const files = SOURCE_FOLDERS.flatMap((folder) => filesUnder(join(root, folder), SOURCE))
  for (const file of [...files, ...SETTINGS.map((name) => join(root, name))]) {
    const { size, mtimeMs } = statSync(file)
    hash.update(`${relative(root, file)} ${size} ${mtimeMs}\n`)
  }
  return hash.digest('hex')
}

/**
 * @param {string} folder
 * @param {RegExp} pattern
 * @returns {string[]} sorted, so that a signature does not depend on the file system's order
 */
function filesUnder(folder, pattern) {
  if (!existsSync(folder)) return []
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  return entries.flatMap((entry) => {
    const path = folder + sep + entry.name
    if (entry.isDirectory()) return NOT_SOURCES.has(entry.name) ? [] : filesUnder(path, pattern)
    return pattern.test(entry.name) ? [path] : []
  })
}

/**
 * @typedef {{ schema?: string | undefined, sources?: string | undefined, checked?: boolean, image?: string }} Stamps
 * @param {string} root
 * @returns {Stamps}
 */
function readStamps(root) {
  try {
    return JSON.parse(readFileSync(join(root, 'dist', '.build.json'), 'utf8'))
  } catch {
    return {} // none yet, or cut short by a kill: build again
  }
}

/**
 * @param {string} root
 * @param {Stamps} changed
 */
function writeStamps(root, changed) {
  const stamps = { ...readStamps(root), ...changed }
  writeFileSync(join(root, 'dist', '.build.json'), `${JSON.stringify(stamps, null, 2)}\n`)
}

/**
 * Two commands started at once must not write dist/ at once: the second waits, then finds it fresh.
 * @template T
 * @param {string} root
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
async function withLock(root, work) {
  mkdirSync(join(root, 'dist'), { recursive: true })
  const lock = join(root, 'dist', '.building')
  const deadline = Date.now() + WAIT_FOR_OTHER_BUILD_MILLISECONDS
  while (!tryLock(lock)) {
    if (ownerIsGone(lock)) rmSync(lock, { force: true })
    else if (Date.now() > deadline) {
      throw new BuildFailed(
        `Another build holds ${lock} for two minutes. Delete the file if none is running.`,
      )
    } else await setTimeout(POLL_MILLISECONDS)
  }
  try {
    return await work()
  } finally {
    rmSync(lock, { force: true })
  }
}

/** @param {string} lock */
function tryLock(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

/** @param {string} lock */
function ownerIsGone(lock) {
  try {
    const owner = Number(readFileSync(lock, 'utf8'))
    if (!Number.isInteger(owner) || owner <= 0) return false // being written just now
    process.kill(owner, 0)
    return false
  } catch (error) {
    // ESRCH: nobody has that id. ENOENT: released meanwhile. EPERM: somebody else's process, alive.
    return error instanceof Error && 'code' in error && (error.code === 'ESRCH' || error.code === 'ENOENT')
  }
}

/**
 * {@link build} for a script: a failure is a sentence on stderr and exit code 1.
 * @param {Parameters<typeof build>[0]} options
 */
export async function buildOrExit(options) {
  try {
    return await build(options)
  } catch (error) {
    if (!(error instanceof BuildFailed)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(1)
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildOrExit({
    check: !process.argv.includes('--no-check'),
    generateOnly: process.argv.includes('--generate'),
  })
}
