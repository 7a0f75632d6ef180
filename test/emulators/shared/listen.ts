import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Opens a server of an emulator on a free port of 127.0.0.1, and gives its address. */
export async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  // A server bound to a TCP port always has an address with a port.
  const { port } = server.address() as AddressInfo
  return `http://127.0.0.1:${port}`
}
