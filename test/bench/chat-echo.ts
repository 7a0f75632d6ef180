/**
 * What the platforms' own libraries need for the least a bot can do, to be measured beside the product:
 * `node chat-echo.js bolt|botbuilder CONFIG` with the JSON of {@link EchoConfig}. Says on stdout where it listens.
 */
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { App, HTTPReceiver } from '@slack/bolt'
import { CloudAdapter, ConfigurationBotFrameworkAuthentication } from 'botbuilder'

/** How to reach the emulated platforms. */
export interface EchoConfig {
  readonly slack: { readonly botToken: string; readonly signingSecret: string; readonly apiUrl: string }
  readonly teams: {
    readonly appId: string
    readonly appPassword: string
    readonly tenantId: string
    readonly openIdMetadataUrl: string
    readonly loginUrl: string
  }
}

type Handle = (request: IncomingMessage, response: ServerResponse) => unknown

/** Bolt as its documentation begins: acknowledge, then say the same in the channel. */
function boltEcho({ slack: { botToken, signingSecret, apiUrl } }: EchoConfig): Handle {
  const receiver = new HTTPReceiver({ signingSecret, endpoints: '/slack/events' })
  const app = new App({ token: botToken, receiver, clientOptions: { slackApiUrl: apiUrl } })
  app.command('/billing', async ({ ack, command, client }) => {
    await ack()
    await client.chat.postMessage({ channel: command.channel_id, text: `echo ${command.text}` })
  })
  return receiver.requestListener
}

/** The Bot Framework as its samples begin: answer within the turn. */
async function teamsEcho({ teams }: EchoConfig): Promise<Handle> {
  const token = await signIn(teams)
  const credentials = {
    isValidAppId: async (appId: string | undefined) => appId === teams.appId,
    isAuthenticationDisabled: async () => false,
    createCredentials: async () => ({
      signRequest: async (request: { headers: { set(name: string, value: string): void } }) => {
        request.headers.set('authorization', `Bearer ${token}`)
        return request
      },
    }),
  }
  const settings = {
    ValidateAuthority: true,
    ToChannelFromBotLoginUrl: teams.loginUrl,
    ToChannelFromBotOAuthScope: 'https://api.botframework.com',
    ToBotFromChannelTokenIssuer: 'https://api.botframework.com',
    ToBotFromChannelOpenIdMetadataUrl: teams.openIdMetadataUrl,
    ToBotFromEmulatorOpenIdMetadataUrl: teams.openIdMetadataUrl,
  }
  const adapter = new CloudAdapter(
    new ConfigurationBotFrameworkAuthentication(settings, credentials as never, { requiredEndorsements: [] }),
  )
  return async (request, response) => {
    const { method = 'POST', headers } = request
    const body = JSON.parse(await textOf(request)) as Record<string, unknown>
    await adapter.process({ method, body, headers }, answerOf(response), async (turn) => {
      await turn.sendActivity({ type: 'message', text: `echo ${turn.activity.text ?? ''}` })
    })
  }
}

async function signIn({ loginUrl, tenantId, appId, appPassword }: EchoConfig['teams']): Promise<string> {
  const form = {
    grant_type: 'client_credentials',
    client_id: appId,
    client_secret: appPassword,
    scope: 'https://api.botframework.com/.default',
  }
  const answer = await fetch(`${loginUrl}/${tenantId}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams(form),
  })
  return ((await answer.json()) as { readonly access_token: string }).access_token
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  request.setEncoding('utf8')
  for await (const chunk of request) text += String(chunk)
  return text
}

/** The adapter wants the answer's methods of a web framework. */
function answerOf(response: ServerResponse) {
  return {
    socket: response.socket,
    header: (name: string, value: unknown) => response.setHeader(name, String(value)),
    status: (code: number) => (response.statusCode = code),
    send: (body: unknown) => response.write(JSON.stringify(body)),
    end: () => response.end(),
  }
}

const [kind, config = ''] = process.argv.slice(2)
const parsed = JSON.parse(config) as EchoConfig
const handle = kind === 'bolt' ? boltEcho(parsed) : await teamsEcho(parsed)
const server = createServer((request, response) => void handle(request, response))
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`Listening on http://127.0.0.1:${(server.address() as AddressInfo).port}\n`)
})
