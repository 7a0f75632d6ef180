import { ConfigurationBotFrameworkAuthentication } from 'botbuilder'
import { describe, expect, test } from 'vitest'
import type * as product from '../../../bot/teams/app.js'
import type { createTeamsSurface } from '../../../bot/teams/app.js'
import type { TeamsEmulator } from '../../emulators/teams/server.js'
import { memoryLog } from '../../support/memory-log.js'
import { mutant } from '../../support/mutant.js'
import { counted, forgeries, send, strangerForSuite } from './counted.js'
import { APP, TENANT, optionsFor, startOffice } from './office.js'

const stranger = strangerForSuite()

async function without(file: string, from: string, to: string): Promise<typeof createTeamsSurface> {
  const changed = await mutant<typeof product>({ file: `bot/teams/${file}`, from, to, entry: 'app.ts' })
  return changed.createTeamsSurface
}

describe('without its guard, a forgery gets through', () => {
  const taken = async (create: typeof createTeamsSurface, names: readonly string[]) => {
    const office = await counted(create)
    const all = await forgeries(office, stranger)
    const statuses: (readonly [string, number])[] = []
    for (const forgery of all.filter(({ name }) => names.includes(name))) {
      office.emulator.world.addUser('Somebody', '00000000-0000-4000-8000-000000000099')
      const { status } = await send(office, forgery)
      statuses.push([forgery.name, status])
    }
    expect(statuses.length).toBe(names.length)
    return { office, statuses: statuses.filter(([, status]) => status === 200 || status === 500) }
  }

  test.each([
    ['one header only', 'authenticate.ts', 'more.length === 0 && ', '', ['two headers']],
    [
      'what the token says is compared first',
      'authenticate.ts',
      'if (why !== undefined) return refused(401, why)',
      '',
      ['no end', 'a token of the emulator', 'a token of the emulator in a tenant it names itself'],
    ],
    ['a token has an end', 'schema.ts', 'exp: z.number()', 'exp: z.unknown().optional()', ['no end']],
    [
      'only Teams is served',
      'authenticate.ts',
      "channelId !== 'msteams'",
      'false',
      ['the body names another channel, signed by a key that speaks for nobody'],
    ],
    [
      'every failure of the check is a 401',
      'authenticate.ts',
      "return refused(401, error instanceof Error ? error.message : 'the token does not hold')",
      'throw error',
      ['another key under a known kid'],
    ],
    [
      'the tenant is ours',
      'authenticate.ts',
      'named.some((tenant) => tenant !== settings.tenantId)',
      'false',
      [
        'another tenant',
        'another tenant in the conversation alone',
        'another tenant in the channel’s data alone',
      ],
    ],
    ['a tenant is named', 'authenticate.ts', 'named.length === 0', 'false', ['no tenant']],
    [
      'the Connector is allowed',
      'authenticate.ts',
      '!settings.isAllowed(serviceUrl)',
      'false',
      ['a Connector elsewhere'],
    ],
  ] as const)('%s', async (_, file, from, to, names) => {
    const { statuses } = await taken(await without(file, from, to), names)
    expect(statuses.map(([name]) => name)).toEqual(expect.arrayContaining([...names]))
  })

  test('with any Connector allowed, the bot calls whoever is named', async () => {
    const before = stranger.calls
    const anybody = await without(
      'settings.ts',
      "isAllowed: (url) => origins.has(originOf(url) ?? '')",
      'isAllowed: () => true',
    )
    const { office, statuses } = await taken(anybody, ['a Connector elsewhere'])
    expect(statuses).toEqual([['a Connector elsewhere', 200]])
    expect(office.asked).toHaveLength(1)
    expect(stranger.calls).toBeGreaterThan(before)
  })

  test('an app id of nothing is taken', async () => {
    const blank = await without(
      'settings.ts',
      'appId === undefined || tenantId === undefined || mistakes.length > 0',
      'tenantId === undefined',
    )
    const { emulator, work, ...chat } = await startOffice()
    const options = { ...optionsFor(emulator, chat), log: memoryLog(), work, appId: '' }
    expect(() => blank(options)).not.toThrow()
  })

  test('the SDK alone takes a token without an end, and answers to a wrong key with an error that is no refusal', async () => {
    const office = await startOffice()
    const all = await forgeries(office, stranger)
    const bare = bareAuthentication(office.emulator)
    const outcome = async (name: string) => {
      const forgery = all.find((candidate) => candidate.name === name)
      try {
        await bare.authenticateRequest(forgery?.activity as never, forgery?.authorization[0] ?? '')
        return 'taken'
      } catch (error) {
        return error instanceof Error && 'statusCode' in error ? error.statusCode : 'no status'
      }
    }
    expect(await outcome('no end')).toBe('taken')
    expect(await outcome('a Connector elsewhere')).toBe('taken')
    expect(await outcome('another key under a known kid')).toBe('no status')
    expect(await outcome('alg none, no signature')).toBe('no status')
    expect(await outcome('another issuer')).toBe(401)
  })
})

function bareAuthentication({ openIdMetadataUrl, loginUrl, issuer }: TeamsEmulator) {
  const credentials = {
    isValidAppId: async (id?: string) => id === APP,
    isAuthenticationDisabled: async () => false,
    createCredentials: async () => ({ signRequest: async (request: unknown) => request as never }),
  }
  return new ConfigurationBotFrameworkAuthentication(
    {
      ToChannelFromBotLoginUrl: `${loginUrl}/${TENANT}`,
      ToChannelFromBotOAuthScope: issuer,
      ToBotFromChannelTokenIssuer: issuer,
      OAuthUrl: issuer,
      ToBotFromChannelOpenIdMetadataUrl: openIdMetadataUrl,
      ToBotFromEmulatorOpenIdMetadataUrl: openIdMetadataUrl,
      CallerId: 'urn:botframework:azure',
    },
    credentials,
  )
}
