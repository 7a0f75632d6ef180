import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/** Ports that are free and that no client is given by chance: below those the system hands out by itself. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const ports = new Set<number>()
  while (ports.size < count) {
    const port = randomInt(20_000, 30_000)
    if (await isFree(port)) ports.add(port)
  }
  return [...ports]
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  const isListening = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false))
    server.listen(port, () => resolve(true))
  })
  if (isListening) await new Promise<void>((closed) => void server.close(() => closed()))
  return isListening
}
