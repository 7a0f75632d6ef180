import { spawn, spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { projectRoot } from '../support/root.js'

/** Stands in for the real generator: it talks on stdout, as the real one does, and counts how often it ran. */
const GENERATOR = `
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
console.log('talking on stdout')
appendFileSync('generated.log', 'x')
mkdirSync('adapters/storage/generated', { recursive: true })
writeFileSync('adapters/storage/generated/client.ts', 'export const client = 1\\n')
`

/** Stands in for the maker of the embedded database's image. */
const IMAGE_MAKER = `
import { appendFileSync, writeFileSync } from 'node:fs'
console.log('an image')
appendFileSync('images.log', 'x')
writeFileSync('dist/embedded-postgres-1.0.0.tar.gz', 'image')
`

let root = ''

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

function node(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...args], { cwd: root, encoding: 'utf8' })
  return { status, stdout, stderr }
}

const build = (...args: readonly string[]) => node('test/support/build.mjs', '--no-check', ...args)
const checkedBuild = () => node('test/support/build.mjs')
const run = (...args: readonly string[]) => node('test/support/run.mjs', ...args)
const generations = (): number => readFileSync(join(root, 'generated.log'), 'utf8').length

const images = (): number => readFileSync(join(root, 'images.log'), 'utf8').length

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'build-'))
  for (const file of ['test/support/build.mjs', 'test/support/run.mjs', 'tsconfig.json', 'package.json']) {
    cpSync(join(projectRoot, file), join(root, file))
  }
  symlinkSync(join(projectRoot, 'node_modules'), join(root, 'node_modules'))
  write('package-lock.json', '{}')
  write('prisma/schema.prisma', 'model A {}')
  write('prisma/prisma.mjs', GENERATOR)
  write(
    'bot/main.ts',
    "import { word } from './word.js'\nprocess.stdout.write(`${word} ${process.argv.slice(2).join(' ')}`)\n",
  )
  write('bot/word.ts', "export const word: string = 'hello'\n")
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

describe('building', () => {
  it('a command builds first, and only its answer is on stdout', () => {
    const { status, stdout, stderr } = run('bot/main.js', 'who', 'march 2026')
    expect({ status, stdout }, stderr).toEqual({ status: 0, stdout: 'hello who march 2026' })
    expect(stderr).toContain('talking on stdout')
  })

  it('does nothing when nothing changed, and compiles again what did', () => {
    expect(build().status).toBe(0)
    const before = readFileSync(join(root, 'dist', '.build.json'), 'utf8')
    expect(build()).toEqual({ status: 0, stdout: '', stderr: '' })
    expect(readFileSync(join(root, 'dist', '.build.json'), 'utf8')).toBe(before)
    expect(generations()).toBe(1)
    write('bot/word.ts', "export const word: string = 'changed'\n")
    expect(run('bot/main.js').stdout).toBe('changed ')
    expect(generations()).toBe(1)
  })

  it('generates again when the schema changed or the generated client is gone', () => {
    build()
    write('prisma/schema.prisma', 'model B {}')
    build()
    expect(generations()).toBe(2)
    rmSync(join(root, 'adapters/storage/generated'), { recursive: true })
    build('--generate')
    expect(generations()).toBe(3)
    expect(existsSync(join(root, 'adapters/storage/generated/client.ts'))).toBe(true)
  })

  it('makes the image of an empty database once, again when its maker changed, and fails when it fails', () => {
    write('adapters/storage/embedded-image.mjs', IMAGE_MAKER)
    expect(run('bot/main.js')).toMatchObject({ status: 0, stdout: 'hello ' })
    write('bot/word.ts', "export const word: string = 'changed'\n")
    build()
    expect(images()).toBe(1)
    write('adapters/storage/embedded-image.mjs', `${IMAGE_MAKER}\n`)
    build()
    expect(images()).toBe(2)
    rmSync(join(root, 'dist/embedded-postgres-1.0.0.tar.gz'))
    build()
    expect(images()).toBe(3)
    write('adapters/storage/embedded-image.mjs', 'process.exit(1)')
    const { status, stderr } = build()
    expect(status).toBe(1)
    expect(stderr).toContain('empty database')
  })

  it('starts over when dist was deleted, or a build was cut short', () => {
    build()
    rmSync(join(root, 'dist'), { recursive: true })
    expect(run('bot/main.js').stdout).toBe('hello ')
    writeFileSync(join(root, 'dist', '.build.json'), '{"sour')
    expect(run('bot/main.js').stdout).toBe('hello ')
  })

  it('a deleted source does not live on in dist', () => {
    write('bot/old.ts', 'export const old = 1\n')
    build()
    expect(existsSync(join(root, 'dist/bot/old.js'))).toBe(true)
    rmSync(join(root, 'bot/old.ts'))
    build()
    expect(existsSync(join(root, 'dist/bot/old.js'))).toBe(false)
    expect(existsSync(join(root, 'dist/bot/word.js'))).toBe(true)
  })

  it('wrong types fail the build with their place, every time, but do not stop a command', () => {
    write('bot/word.ts', 'export const word: string = 7\n')
    expect(run('bot/main.js').stdout).toBe('7 ')
    for (const attempt of [checkedBuild(), checkedBuild()]) {
      expect(attempt.status).toBe(1)
      expect(attempt.stdout).toBe('')
      expect(attempt.stderr).toContain('bot/word.ts(1,14)')
      expect(attempt.stderr).toContain('do not compile')
    }
  })

  it('a program that does not exist is named', () => {
    expect(run('bot/nothing.js')).toMatchObject({ status: 2, stdout: '' })
    expect(run('bot/nothing.js').stderr).toContain('dist/bot/nothing.js')
  })

  it('says what to do when the packages are not installed', () => {
    rmSync(join(root, 'node_modules'))
    const { status, stderr } = build()
    expect(status).toBe(1)
    expect(stderr).toContain('npm install')
  })

  it('two commands started at once on a cold tree both answer, and one of them builds', async () => {
    const start = () =>
      new Promise<string>((resolve, reject) => {
        const child = spawn(process.execPath, ['test/support/run.mjs', 'bot/main.js', 'x'], { cwd: root })
        let out = ''
        child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
        child.on('error', reject)
        child.on('close', () => resolve(out))
      })
    expect(await Promise.all([start(), start()])).toEqual(['hello x', 'hello x'])
    expect(generations()).toBe(1)
  })

  it('a lock left by a killed build does not stop the next one', () => {
    const gone = spawnSync(process.execPath, ['-e', '']).pid
    write('dist/.building', String(gone))
    expect(run('bot/main.js').stdout).toBe('hello ')
  })
})
