import { createHmac, createSign, randomBytes } from 'node:crypto'
import { type ClaimSet, type KeySet, type SigningKey, encodePart, signToken } from './keys.js'
import { type Activity, channelClaims } from './player.js'
import type { TeamsEmulator } from './server.js'

/** A request that is not, or not for us, what Teams sends: an activity and a header that claims to be the channel's. */
export interface Forgery {
  readonly name: string
  /** Values of the Authorization header; several are several header lines, none is no header. */
  readonly authorization: readonly string[]
  readonly activity: Activity
  /** What a careful bot answers. */
  readonly status: 401 | 403
}

type Claims = ClaimSet
type Header = Readonly<Record<string, unknown>>

interface Making {
  readonly keys: KeySet
  readonly claims: Claims
  readonly activity: Activity
  readonly emulator: TeamsEmulator
  /** A good token. */
  readonly good: string
  readonly now: number
}

type Maker = (making: Making) => Promise<Partial<Omit<Forgery, 'name'>>> | Partial<Omit<Forgery, 'name'>>

function bearer(token: string): { readonly authorization: readonly string[] } {
  return { authorization: [`Bearer ${token}`] }
}

/** Signed as it should be, with other claims; undefined takes one out. */
function claiming(changes: Claims | ((making: Making) => Claims)): Maker {
  return async (making) => {
    const changed = typeof changes === 'function' ? changes(making) : changes
    const all = Object.entries({ ...making.claims, ...changed }).filter(([, value]) => value !== undefined)
    return bearer(await signToken(making.keys.teams, Object.fromEntries(all)))
  }
}

/** Good claims under another header. */
function heading(header: Header, key: (keys: KeySet) => SigningKey = ({ teams }) => teams): Maker {
  return async ({ keys, claims }) => bearer(await signToken(key(keys), claims, header))
}

function parts(header: unknown, claims: unknown): string {
  return `${encodePart(header)}.${encodePart(claims)}`
}

function hmac(secret: (making: Making) => string | Buffer): Maker {
  return (making) => {
    const input = parts({ alg: 'HS256', typ: 'JWT', kid: making.keys.teams.kid }, making.claims)
    return bearer(`${input}.${createHmac('sha256', secret(making)).update(input).digest('base64url')}`)
  }
}

/** Signed by hand: what no library would agree to make. */
function signedParts(header: unknown, claims: (making: Making) => unknown): Maker {
  return async (making) => {
    const { exportPKCS8 } = await import('jose')
    const key = await exportPKCS8(making.keys.teams.privateKey)
    const input = parts(header, claims(making))
    return bearer(`${input}.${createSign('RSA-SHA256').update(input).sign(key, 'base64url')}`)
  }
}

/** The body changed on its way; the token is the channel's own. */
function editing(change: (activity: Activity, making: Making) => Activity): Maker {
  return (making) => ({ ...bearer(making.good), activity: change(making.activity, making) })
}

/** Token and body agree on a Connector. */
function servedBy(url: (making: Making) => string): Maker {
  return async (making) => {
    const serviceUrl = url(making)
    const token = await signToken(making.keys.teams, { ...making.claims, serviceurl: serviceUrl })
    return { ...bearer(token), activity: { ...making.activity, serviceUrl }, status: 403 }
  }
}

function fromTenant(tenant: string | undefined, dataTenant = tenant): Maker {
  return (making) => {
    const { tenantId: _, ...conversation } = making.activity['conversation'] as Record<string, unknown>
    return {
      ...bearer(making.good),
      status: 403,
      activity: {
        ...making.activity,
        conversation: tenant === undefined ? conversation : { ...conversation, tenantId: tenant },
        channelData: dataTenant === undefined ? {} : { tenant: { id: dataTenant } },
      },
    }
  }
}

const OTHER_TENANT = '11111111-2222-4333-8444-555555555555'
const OTHER_APP = '99999999-8888-4777-8666-555555555555'

const withoutToken: Readonly<Record<string, Maker>> = {
  'no header': () => ({ authorization: [] }),
  'an empty header': () => ({ authorization: [''] }),
  'the scheme alone': () => ({ authorization: ['Bearer'] }),
  'the scheme and a space': () => ({ authorization: ['Bearer '] }),
  garbage: () => bearer('abc.def.ghi'),
  'one word': () => bearer('secret'),
  'basic authentication': ({ emulator }) => ({
    authorization: [`Basic ${Buffer.from(`${emulator.appId}:${emulator.appPassword}`).toString('base64')}`],
  }),
  'two headers': ({ good }) => ({ authorization: [`Bearer ${good}`, `Bearer ${good}`] }),
  'two tokens': ({ good }) => ({ authorization: [`Bearer ${good} ${good}`] }),
  'another scheme': ({ good }) => ({ authorization: [`Token ${good}`] }),
  'the scheme in small letters': ({ good }) => ({ authorization: [`bearer ${good}`] }),
  'a token without signature part': ({ good }) => bearer(good.split('.').slice(0, 2).join('.')),
  'a token of four parts': ({ good }) => bearer(`${good}.x`),
  'a token of 9,000 characters': ({ good }) => bearer(good + 'A'.repeat(9000)),
  'the token the bot itself calls with': () => bearer('connector-token-1'),
}

const badSignatures: Readonly<Record<string, Maker>> = {
  'alg none, no signature': ({ claims, keys }) =>
    bearer(`${parts({ alg: 'none', typ: 'JWT', kid: keys.teams.kid }, claims)}.`),
  'alg none, some signature': ({ claims, keys }) =>
    bearer(`${parts({ alg: 'none', typ: 'JWT', kid: keys.teams.kid }, claims)}.AAAA`),
  'alg nOnE': ({ claims, keys }) => bearer(`${parts({ alg: 'nOnE', kid: keys.teams.kid }, claims)}.AAAA`),
  'no alg': ({ claims, keys, good }) =>
    bearer(`${parts({ kid: keys.teams.kid }, claims)}.${good.split('.')[2] ?? ''}`),
  'HS256 with the public key as secret': hmac(({ keys }) => keys.teams.publicPem),
  'HS256 with the modulus as secret': hmac(({ keys }) =>
    Buffer.from(keys.teams.publicJwk.n ?? '', 'base64url'),
  ),
  'HS256 with an empty secret': hmac(() => ''),
  'HS256 with the app password': hmac(({ emulator }) => emulator.appPassword),
  'another key under a known kid': heading({ kid: 'teams-1' }, ({ stranger }) => stranger),
  'a key nobody published': heading({}, ({ stranger }) => stranger),
  'a key that does not speak for Teams': heading({}, ({ webchat }) => webchat),
  'no kid': heading({ kid: undefined }),
  'an unknown kid': heading({ kid: 'teams-2' }),
  'a kid that is a path': heading({ kid: '../../keys' }),
  'an empty kid': heading({ kid: '' }),
  'the forger’s key in the header': async ({ keys, claims }) =>
    bearer(await signToken(keys.stranger, claims, { kid: 'teams-1', jwk: keys.stranger.publicJwk })),
  'the forger’s address of keys in the header': heading(
    { kid: 'teams-1', jku: 'http://127.0.0.1:9/keys' },
    ({ stranger }) => stranger,
  ),
  'a signature with one letter changed': ({ good }) => {
    const [head = '', claims = '', signature = ''] = good.split('.')
    const other = signature.startsWith('A') ? 'B' : 'A'
    return bearer(`${head}.${claims}.${other}${signature.slice(1)}`)
  },
  'a signature cut short': ({ good }) => bearer(good.slice(0, -10)),
  'a signature of random bytes': ({ good }) =>
    bearer(`${good.split('.').slice(0, 2).join('.')}.${randomBytes(256).toString('base64url')}`),
  'RS512 in the header of an RS256 token': ({ good, keys }) => {
    const [, claims = '', signature = ''] = good.split('.')
    return bearer(`${encodePart({ alg: 'RS512', kid: keys.teams.kid })}.${claims}.${signature}`)
  },
  'claims changed after signing': ({ good, claims, now }) => {
    const [head = '', , signature = ''] = good.split('.')
    return bearer(`${head}.${encodePart({ ...claims, exp: now + 86_400 })}.${signature}`)
  },
  'claims that are a list': signedParts({ alg: 'RS256', kid: 'teams-1' }, ({ claims }) => [claims]),
  'claims that are no JSON': signedParts({ alg: 'RS256', kid: 'teams-1' }, () => '{"iss":'),
}

const badClaims: Readonly<Record<string, Maker>> = {
  'another issuer': claiming({ iss: 'https://evil.example' }),
  'the issuer with a slash': claiming({ iss: 'https://api.botframework.com/' }),
  'no issuer': claiming({ iss: undefined }),
  'two issuers': claiming(({ claims }) => ({ iss: [claims['iss'], 'https://evil.example'] })),
  'another bot': claiming({ aud: OTHER_APP }),
  'the channel itself as audience': claiming({ aud: 'https://api.botframework.com' }),
  'no audience': claiming({ aud: undefined }),
  'two audiences': claiming(({ claims }) => ({ aud: [claims['aud'], OTHER_APP] })),
  'ended six minutes ago': claiming(({ now }) => ({ nbf: now - 3960, exp: now - 360 })),
  'ended ten minutes ago': claiming(({ now }) => ({ nbf: now - 4200, exp: now - 600 })),
  'ended a year ago': claiming({ exp: 1_700_000_000 }),
  'no end': claiming({ exp: undefined }),
  'an end that is text': signedParts({ alg: 'RS256', kid: 'teams-1' }, ({ claims }) => ({
    ...claims,
    exp: '9999999999',
  })),
  'not valid for an hour yet': claiming(({ now }) => ({ nbf: now + 3600, exp: now + 7200 })),
  'no Connector': claiming({ serviceurl: undefined }),
  'another Connector than the body': claiming({ serviceurl: 'https://smba.trafficmanager.net/amer/' }),
  'a token of the emulator': claiming(({ emulator }) => ({
    iss: 'https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/',
    ver: '1.0',
    appid: emulator.appId,
  })),
  'a token of the emulator in a tenant it names itself': claiming(({ emulator }) => ({
    iss: `https://sts.windows.net/${OTHER_TENANT}/`,
    tid: OTHER_TENANT,
    ver: '1.0',
    appid: emulator.appId,
  })),
  'a token of a person signed in to the app': claiming(({ emulator }) => ({
    iss: `https://login.microsoftonline.com/${OTHER_TENANT}/v2.0`,
    aud: 'https://graph.microsoft.com',
    tid: OTHER_TENANT,
    ver: '2.0',
    azp: emulator.appId,
  })),
  'a token of another bot': claiming({ ver: '1.0', appid: OTHER_APP }),
  'a tenant in the channel’s token': claiming({ tid: OTHER_TENANT }),
}

const badBodies: Readonly<Record<string, Maker>> = {
  'the body names another Connector': editing((activity) => ({
    ...activity,
    serviceUrl: 'https://smba.trafficmanager.net/amer/',
  })),
  'the body names another channel': editing((activity) => ({ ...activity, channelId: 'webchat' })),
  'the body is of the emulator': editing((activity) => ({ ...activity, channelId: 'emulator' })),
  'the body is of an internal channel': editing((activity) => ({ ...activity, channelId: 'AseChannel' })),
  'the body names another channel, signed by a key that speaks for nobody': async ({
    keys,
    claims,
    activity,
  }) => ({
    ...bearer(await signToken(keys.plain, claims)),
    activity: { ...activity, channelId: 'webchat' },
  }),
  'a channel with other letters': editing((activity) => ({ ...activity, channelId: 'MSTeams' })),
  'another tenant': fromTenant(OTHER_TENANT),
  'another tenant in the conversation alone': (making) =>
    fromTenant(OTHER_TENANT, making.emulator.tenantId)(making),
  'another tenant in the channel’s data alone': (making) =>
    fromTenant(making.emulator.tenantId, OTHER_TENANT)(making),
  'no tenant': fromTenant(undefined),
}

/** @param elsewhere an address nobody may call. */
function badConnectors(elsewhere: string): Readonly<Record<string, Maker>> {
  return {
    'a Connector elsewhere': servedBy(() => elsewhere),
    'a Connector whose name begins like ours': servedBy(
      ({ emulator }) => `${emulator.origin}.evil.example/teams/`,
    ),
    'a Connector behind our name as user': servedBy(
      ({ emulator }) => `http://${emulator.origin.slice(7)}@${elsewhere.slice(7)}`,
    ),
    'our Connector with a user': servedBy(({ emulator }) => `http://user@${emulator.origin.slice(7)}/teams/`),
    'our Connector on another port': servedBy(
      ({ emulator }) => `${emulator.origin.replace(/\d+$/, '1')}/teams/`,
    ),
    'our Connector under another scheme': servedBy(({ emulator }) =>
      emulator.origin.replace('http:', 'https:'),
    ),
    'a Connector that is no address': servedBy(() => 'urn:botframework:ws'),
    'an empty Connector': servedBy(() => ''),
    'a cloud’s own pages': servedBy(() => 'http://169.254.169.254/metadata/'),
  }
}

/** All forgeries of one activity. @param elsewhere an address nobody may call, with a slash at its end. */
export async function forgeriesOf(
  emulator: TeamsEmulator,
  activity: Activity,
  elsewhere: string,
): Promise<readonly Forgery[]> {
  const { keys } = emulator
  const claims = channelClaims(emulator)
  const good = await signToken(keys.teams, claims)
  const now = Math.floor(Date.now() / 1000)
  const making: Making = { keys, claims, activity, emulator, good, now }
  const makers = {
    ...withoutToken,
    ...badSignatures,
    ...badClaims,
    ...badBodies,
    ...badConnectors(elsewhere),
  }
  return await Promise.all(
    Object.entries(makers).map(async ([name, make]) => ({
      name,
      activity,
      authorization: [],
      status: 401 as const,
      ...(await make(making)),
    })),
  )
}
