import * as product from '../../../bot/http.js'
import { closeAfterwards } from '../../support/closing.js'
import { memoryLog } from '../../support/memory-log.js'
import { mutant } from '../../support/mutant.js'

export type Options = Partial<product.HttpServerOptions>

/** A server whose handlers count how often they ran; `module` may be a mutant. It is closed after the test. */
export async function serve(options: Options = {}, module: typeof product = product) {
  const log = memoryLog()
  const ran: string[] = []
  const echo = (name: string): product.Route['handle'] => {
    return ({ response, body, segment }) => {
      ran.push(name)
      response.end(`${name} ${body.length} ${segment}`)
    }
  }
  const server = closeAfterwards(
    await module.createHttpServer({
      port: 0,
      log,
      routes: [
        { method: 'POST', path: '/slack/events', handle: echo('slack') },
        { method: 'POST', path: '/api/messages', handle: echo('teams') },
        { method: 'GET', path: '/files/*', handle: echo('file') },
      ],
      ...options,
    }),
  )
  return { server, url: server.url, log, ran }
}

/** The server's module with one guard taken away. */
export function withoutGuard(from: string, to: string): Promise<typeof product> {
  return mutant<typeof product>({ file: 'bot/http.ts', from, to })
}
