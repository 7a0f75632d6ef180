import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { projectRoot } from '../support/root.js'

interface Package {
  readonly version?: string
  readonly scripts?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

interface Lock {
  readonly packages: Readonly<Record<string, Package>>
}

function readJson(name: string): unknown {
  return JSON.parse(readFileSync(join(projectRoot, name), 'utf8'))
}

const project = readJson('package.json') as Package
/** Folders with packages of their own, from the root. */
const FOLDERS = ['', 'test/clients/']

/** Run around other scripts by npm, or not at all where install scripts are off: nothing may depend on them. */
const LIFECYCLE =
  /^(pre|post)(build|check|demo|install|pack|prepare|publish|start|test|version)\b|^(prepare|install|dependencies)$/

function lifecycleScripts(names: readonly string[]): string[] {
  return names.filter((name) => LIFECYCLE.test(name))
}

function looseVersions(versions: Readonly<Record<string, string>>): string[] {
  return Object.entries(versions).flatMap(([name, version]) =>
    /^\d[^ ]*$/.test(version) ? [] : [`${name}@${version}`],
  )
}

describe('packages', () => {
  it.each(FOLDERS)('every version is exact, and the lockfile installs it: %s', (folder) => {
    const { dependencies, devDependencies } = readJson(`${folder}package.json`) as Package
    const wanted = { ...dependencies, ...devDependencies }
    const lock = readJson(`${folder}package-lock.json`) as Lock
    expect(looseVersions(wanted)).toEqual([])
    const locked = Object.keys(wanted).map((name) => [name, lock.packages[`node_modules/${name}`]?.version])
    expect(Object.fromEntries(locked)).toEqual(wanted)
  })

  it('no script depends on being run around another one', () => {
    expect(lifecycleScripts(Object.keys(project.scripts ?? {}))).toEqual([])
  })

  it.each(FOLDERS)('install scripts are off, and the lockfile keeps no addresses: %s', (folder) => {
    const settings = readFileSync(join(projectRoot, folder, '.npmrc'), 'utf8').split('\n')
    expect(settings).toContain('ignore-scripts=true')
    expect(settings).toContain('omit-lockfile-registry-resolved=true')
  })

  it('what would be wrong is found', () => {
    expect(looseVersions({ a: '^1.0.0', b: '1.0.0', c: 'latest', d: '~2', e: '7.10.0-4.abc' })).toEqual([
      'a@^1.0.0',
      'c@latest',
      'd@~2',
    ])
    expect(lifecycleScripts(['test', 'pretest', 'postinstall', 'prepare', 'present'])).toEqual([
      'pretest',
      'postinstall',
      'prepare',
    ])
  })
})
