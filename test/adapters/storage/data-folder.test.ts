import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { EMBEDDED_MAJOR_VERSION, unpack } from '../../../adapters/storage/data-folder.js'
import { embeddedImage, prepareImage } from '../../../adapters/storage/embedded-image.mjs'
import { AssertionFailed } from '../../../core/assert.js'

const base = mkdtempSync(join(tmpdir(), 'billing-image-'))
afterAll(() => rmSync(base, { recursive: true, force: true }))

/** One file of an archive (ustar): a header of 512 bytes, the content filled up to the next 512. */
function archived(name: string, content: string, prefix = ''): Buffer {
  const header = Buffer.alloc(512)
  header.write(name, 0)
  header.write(content.length.toString(8).padStart(11, '0'), 124)
  header.write(prefix, 345)
  return Buffer.concat([header, Buffer.from(content), Buffer.alloc((512 - (content.length % 512)) % 512)])
}

describe('the image a new database starts from', () => {
  let image: Uint8Array
  beforeAll(async () => {
    await prepareImage()
    image = await embeddedImage()
  })

  test('is a database of the version this program opens, readable by its owner alone', () => {
    const folder = join(base, 'whole')
    unpack(image, folder)
    expect(readFileSync(join(folder, 'PG_VERSION'), 'utf8').trim()).toBe(EMBEDDED_MAJOR_VERSION)
    expect(existsSync(join(folder, 'global', 'pg_control'))).toBe(true)
    for (const path of [folder, join(folder, 'global', 'pg_control')])
      expect(statSync(path).mode & 0o077).toBe(0)
  })

  test('is made once where there is none', async () => {
    const file = join(base, 'prepared', 'image.tar.gz')
    expect(await prepareImage(file)).toBe(file)
    const { mtimeMs } = statSync(file)
    await prepareImage(file)
    expect(statSync(file).mtimeMs).toBe(mtimeMs)
    expect(readdirSync(dirname(file))).toEqual(['image.tar.gz'])
    unpack(await embeddedImage(file), join(base, 'made'))
    expect(readFileSync(join(base, 'made', 'PG_VERSION'), 'utf8').trim()).toBe(EMBEDDED_MAJOR_VERSION)
  }, 120_000)

  test('cut short it is refused', () => {
    expect(() => unpack(image.subarray(0, 1_000_000), join(base, 'cut'))).toThrow(AssertionFailed)
  })

  test('a name that leads out of the folder is refused', () => {
    expect(() => unpack(archived('../out.txt', 'x'), join(base, 'escaping'))).toThrow(AssertionFailed)
    expect(existsSync(join(base, 'out.txt'))).toBe(false)
  })

  test('long names come in two parts, empty files are files', () => {
    const folder = join(base, 'parts')
    unpack(
      Buffer.concat([archived('b.txt', 'text', 'deep/a'), archived('empty', ''), Buffer.alloc(1024)]),
      folder,
    )
    expect(readFileSync(join(folder, 'deep', 'a', 'b.txt'), 'utf8')).toBe('text')
    expect(statSync(join(folder, 'empty')).size).toBe(0)
  })
})
