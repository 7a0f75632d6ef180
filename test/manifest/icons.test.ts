import { readFileSync } from 'node:fs'
import { inflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { png } from '../support/manifest/draw.js'
import { ICONS, pixelsOf } from '../support/manifest/icons.js'
import { source } from '../support/manifest/packages.js'

/** Reads back a PNG of one data chunk without filters. */
function read(file: Buffer): { readonly side: number; readonly pixels: Uint8Array } {
  expect(file.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n')
  const [side, height] = [file.readUInt32BE(16), file.readUInt32BE(20)]
  expect(height).toBe(side)
  expect(file.subarray(37, 41).toString('latin1')).toBe('IDAT')
  const rows = inflateSync(file.subarray(41, 41 + file.readUInt32BE(33)))
  const row = side * 4 + 1
  const pixels = Buffer.concat(
    Array.from({ length: side }, (_, index) => rows.subarray(index * row + 1, (index + 1) * row)),
  )
  return { side, pixels }
}

function alphas(pixels: Uint8Array): number[] {
  return [...pixels].filter((_, index) => index % 4 === 3)
}

describe('icons', () => {
  it('of Teams are what the script draws, pixel by pixel', () => {
    for (const icon of ICONS.filter(({ surface }) => surface === 'teams')) {
      const { side, pixels } = read(readFileSync(source(icon.surface, icon.name)))
      expect(side).toBe(icon.side)
      expect(Buffer.compare(pixels, pixelsOf(icon)), `${icon.name}: draw it again`).toBe(0)
    }
  })

  it('have the sizes Slack and Teams ask for', () => {
    expect(ICONS.map(({ name, side }) => [name, side])).toEqual([
      ['icon.png', 512],
      ['color.png', 192],
      ['outline.png', 32],
    ])
    for (const { surface, name, side } of ICONS) {
      expect(read(readFileSync(source(surface, name))).side).toBe(side)
    }
  })

  it('are full of the accent colour, or white on nothing', () => {
    const { accentColor } = JSON.parse(readFileSync(source('teams', 'manifest.json'), 'utf8')) as {
      readonly accentColor: string
    }
    const color = read(readFileSync(source('teams', 'color.png'))).pixels
    expect(new Set(alphas(color))).toEqual(new Set([255]))
    expect(`#${Buffer.from(color.subarray(0, 3)).toString('hex')}`).toBe(accentColor)
    const outline = read(readFileSync(source('teams', 'outline.png'))).pixels
    expect(alphas(outline)[0]).toBe(0)
    expect(alphas(outline)).toContain(255)
    const painted = [...outline].filter((_, index) => index % 4 < 3 && outline[index - (index % 4) + 3] !== 0)
    expect(new Set(painted)).toEqual(new Set([255]))
  })

  it('are read back as they were written', () => {
    const pixels = Uint8Array.from({ length: 16 }, (_, index) => index * 16)
    expect(read(png(2, pixels))).toEqual({ side: 2, pixels: Buffer.from(pixels) })
  })
})
