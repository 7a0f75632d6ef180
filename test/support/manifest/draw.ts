import { crc32, deflateSync } from 'node:zlib'

/** Distance of a point to the edge of a shape, negative inside; in hundredths of the picture's side. */
export type Shape = (x: number, y: number) => number

export interface Paint {
  readonly shape: Shape
  readonly color: readonly [red: number, green: number, blue: number]
}

export function circle(centerX: number, centerY: number, radius: number): Shape {
  return (x, y) => Math.hypot(x - centerX, y - centerY) - radius
}

/** A rectangle from corner to corner with round corners. */
export function box(left: number, top: number, right: number, bottom: number, radius = 0): Shape {
  const [middleX, middleY] = [(left + right) / 2, (top + bottom) / 2]
  return (x, y) => {
    const outX = Math.abs(x - middleX) - (right - left) / 2 + radius
    const outY = Math.abs(y - middleY) - (bottom - top) / 2 + radius
    return Math.hypot(Math.max(outX, 0), Math.max(outY, 0)) + Math.min(Math.max(outX, outY), 0) - radius
  }
}

/** A closed line through these points, and what it encloses. */
export function polygon(points: readonly (readonly [number, number])[]): Shape {
  const edges = points.map((from, index) => [from, points[(index + 1) % points.length] ?? from] as const)
  return (x, y) => {
    let nearest = Infinity
    let inside = false
    for (const [[ax, ay], [bx, by]] of edges) {
      const [dx, dy] = [bx - ax, by - ay]
      const along = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)))
      nearest = Math.min(nearest, Math.hypot(x - ax - dx * along, y - ay - dy * along))
      if (ay > y !== by > y && x < ax + ((y - ay) / dy) * dx) inside = !inside
    }
    return inside ? -nearest : nearest
  }
}

export function union(...shapes: readonly Shape[]): Shape {
  return (x, y) => Math.min(...shapes.map((shape) => shape(x, y)))
}

/** The shape without what lies in another. */
export function without(shape: Shape, other: Shape): Shape {
  return (x, y) => Math.max(shape(x, y), -other(x, y))
}

/** The shape, larger by this much all around. */
export function grown(shape: Shape, by: number): Shape {
  return (x, y) => shape(x, y) - by
}

/** A line of this width along the edge of the shape, on the inside. */
export function edge(shape: Shape, width: number): Shape {
  return (x, y) => Math.abs(shape(x, y) + width / 2) - width / 2
}

/** Points looked at in one pixel that an edge goes through, across and down: more changes nothing the eye sees. */
const SAMPLES = 8

/** The pixels of a square picture, red green blue alpha, row by row: what is painted later lies above. */
export function draw(side: number, paints: readonly Paint[]): Uint8Array {
  const pixels = new Uint8Array(side * side * 4)
  for (let index = 0; index < side * side; index += 1) {
    pixels.set(pixel(side, index % side, Math.floor(index / side), paints), index * 4)
  }
  return pixels
}

function pixel(side: number, column: number, row: number, paints: readonly Paint[]): readonly number[] {
  const at = (place: number) => (place / side) * 100
  const isPlain = paints.every(({ shape }) => Math.abs(shape(at(column + 0.5), at(row + 0.5))) > 100 / side)
  const samples = isPlain ? 1 : SAMPLES
  const sums = [0, 0, 0]
  let painted = 0
  for (let sample = 0; sample < samples * samples; sample += 1) {
    const x = at(column + ((sample % samples) + 0.5) / samples)
    const y = at(row + (Math.floor(sample / samples) + 0.5) / samples)
    const paint = paints.findLast(({ shape }) => shape(x, y) <= 0)
    if (paint === undefined) continue
    painted += 1
    for (const [part, value] of paint.color.entries()) sums[part] = (sums[part] ?? 0) + value
  }
  const mean = sums.map((sum) => (painted === 0 ? 0 : Math.round(sum / painted)))
  return [...mean, Math.round((painted / samples / samples) * 255)]
}

/** A PNG file (ISO 15948) of a square picture: 8 bits of red, green, blue and alpha, no filter. */
export function png(side: number, pixels: Uint8Array): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(side, 0)
  header.writeUInt32BE(side, 4)
  header.set([8, 6, 0, 0, 0], 8)
  const rows = Array.from({ length: side }, (_, row) =>
    Buffer.concat([Buffer.alloc(1), pixels.subarray(row * side * 4, (row + 1) * side * 4)]),
  )
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  const data = deflateSync(Buffer.concat(rows), { level: 9 })
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', data),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const [size, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  size.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([size, body, sum])
}
