import { type Paint, type Shape, box, circle, draw, edge, grown, polygon, union, without } from './draw.js'

// The mark: an invoice that comes out of a cloud. In hundredths of the picture's side.

const BLUE = [0x17, 0x46, 0x6b] as const
const WHITE = [0xff, 0xff, 0xff] as const
const PALE = [0xbf, 0xdc, 0xf2] as const
const GREEN = [0x1f, 0xa3, 0x7a] as const

export interface Icon {
  readonly surface: 'slack' | 'teams'
  readonly name: string
  readonly side: number
  readonly paints: readonly Paint[]
}

/** Slip of paper with a torn lower end of `teeth` teeth. */
function slip(left: number, top: number, right: number, bottom: number, teeth: number): Shape {
  const [step, depth] = [(right - left) / teeth / 2, 4.5]
  const torn = Array.from({ length: teeth * 2 + 1 }, (_, index) => {
    return [right - index * step, index % 2 === 0 ? bottom - depth : bottom] as const
  })
  return polygon([[left, top], [right, top], ...torn])
}

function colorMark(): readonly Paint[] {
  const cloud = union(circle(35, 42.5, 12), circle(51, 35, 17), circle(67, 43.5, 11), box(35, 40, 67, 54.5))
  const paper = slip(36, 47, 66, 83, 4)
  const lines = [56.5, 63].map((top) => box(41.5, top, 60.5, top + 2.6, 1.3))
  return [
    { shape: box(0, 0, 100, 100), color: BLUE },
    { shape: cloud, color: PALE },
    { shape: grown(paper, 2.6), color: BLUE },
    { shape: paper, color: WHITE },
    ...lines.map((shape) => ({ shape, color: BLUE })),
    { shape: box(41.5, 69.5, 52, 73.7, 1.6), color: GREEN },
  ]
}

/** The same with lines two pixels wide, its straight edges on the borders of pixels. */
function outlineMark(): readonly Paint[] {
  const [pixel, line] = [100 / 32, 200 / 32]
  // The small circles lie inside: they keep the middle far from every edge.
  const middle = union(circle(38, 42, 14), circle(65, 43, 13), box(25, 35, 76, 59))
  const cloud = union(circle(25, 41, 18), circle(51, 30, 24), circle(76, 42, 17), middle)
  const paper = slip(9 * pixel, 15 * pixel, 23 * pixel, 31 * pixel, 3)
  const lines = [19, 23].map((top) => box(13 * pixel, top * pixel, 19 * pixel, (top + 2) * pixel))
  const outline = union(without(edge(cloud, line), grown(paper, 4.5)), edge(paper, line), ...lines)
  return [{ shape: outline, color: WHITE }]
}

/** The icons of both app packages: Slack asks for 512 pixels at least, Teams for these two sizes. */
export const ICONS: readonly Icon[] = [
  { surface: 'slack', name: 'icon.png', side: 512, paints: colorMark() },
  { surface: 'teams', name: 'color.png', side: 192, paints: colorMark() },
  { surface: 'teams', name: 'outline.png', side: 32, paints: outlineMark() },
]

export function pixelsOf({ side, paints }: Icon): Uint8Array {
  return draw(side, paints)
}
