// node adapters/storage/embedded-image.mjs   writes the image beforehand (a build does): dist/embedded-postgres-*.tar.gz
//
// The image is an empty database cluster as an archive. Making one is the slow part of a new embedded database (three
// to five seconds and 500 MB of memory, all in the engine's own set-up); unpacking one takes a fraction of a second.
// It holds nothing of ours: the engine's version decides its content. Without the file an image is made on the spot,
// in a thread that ends afterwards and gives its memory back.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { gunzipSync, gzipSync } from 'node:zlib'

const WORKER = new URL('./embedded-worker.mjs', import.meta.url)
/** An archive of zeros and text: the lightest setting already gives an eighth. */
const COMPRESSION = { level: 1 }

/**
 * An image, from the prepared file where there is one.
 * @param {string} [file]
 * @returns {Promise<Uint8Array>} an uncompressed archive
 */
export async function embeddedImage(file = imageFile()) {
  return existsSync(file) ? new Uint8Array(gunzipSync(readFileSync(file))) : await makeImage()
}

/**
 * Writes the prepared file unless it is there; returns its path. Several may do so at once.
 * @param {string} [file]
 * @returns {Promise<string>}
 */
export async function prepareImage(file = imageFile()) {
  if (existsSync(file)) return file
  const bytes = gzipSync(await makeImage(), COMPRESSION)
  mkdirSync(dirname(file), { recursive: true })
  const unfinished = `${file}.${process.pid}`
  try {
    writeFileSync(unfinished, bytes)
    renameSync(unfinished, file)
  } finally {
    rmSync(unfinished, { force: true })
  }
  return file
}

/** In dist/ of the project, named by the engine's version, so that a new engine never meets an old image. */
function imageFile() {
  const entry = createRequire(import.meta.url).resolve('@electric-sql/pglite')
  const engine = JSON.parse(readFileSync(join(dirname(entry), '..', 'package.json'), 'utf8'))
  return join(projectFolder(), 'dist', `embedded-postgres-${engine.version}.tar.gz`)
}

/** The same from the sources and from dist/, which is one folder deeper. */
function projectFolder() {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder)
  return folder
}

/** @returns {Promise<Uint8Array>} */
function makeImage() {
  return new Promise((resolve, reject) => {
    /** @type {import('./embedded-worker.mjs').WorkerStart} */
    const start = { directory: undefined, image: undefined }
    const worker = new Worker(WORKER, { workerData: start, execArgv: [] })
    /** @type {Uint8Array | undefined} */
    let image
    worker.on('error', reject)
    worker.on('exit', () => {
      if (image === undefined) reject(new Error('The embedded database could not be set up.'))
      else resolve(image)
    })
    worker.on('message', (/** @type {import('./embedded-worker.mjs').Reply} */ reply) => {
      if (reply.failure !== undefined) reject(new Error(reply.failure))
      if (reply.data !== undefined) image = reply.data
      if (reply.done !== true) return
      if (reply.id === 0) worker.postMessage({ id: 1, operation: 'image' })
      if (reply.id === 1) worker.postMessage({ id: 2, operation: 'close' })
    })
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.stderr.write(`${await prepareImage()}\n`)
