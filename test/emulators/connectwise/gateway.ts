import type { Answer, Call } from './call.js'
import { badRequest, notFound, Refusal } from './refusal.js'
import { answerCall, type Scene } from './routes.js'

/** The version of the records that is served; newer ones are not known. */
export const API_VERSION = '2025.8'

/** The part of the path that stays the same through all releases. */
const STABLE_CODEBASE = 'v4_6_release/'

const DISCOVERY = /^\/login\/companyinfo\/([^/]+)$/

/** What a client needs to sign in. All of it is made up. */
export interface Credentials {
  readonly companyId: string
  readonly publicKey: string
  readonly privateKey: string
  readonly clientId: string
}

export const CREDENTIALS: Credentials = {
  companyId: 'emulated_msp',
  publicKey: 'emulatedPublicKey1',
  privateKey: 'emulatedPrivateKey1',
  clientId: '00000000-0000-4000-8000-00000c11e971',
}

/** Headers a client may send: the API's own, and what HTTP clients add by themselves. */
const HEADERS = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'authorization',
  'cache-control',
  'clientid',
  'connection',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'pagination-type',
  'pragma',
  'sec-fetch-mode',
  'transfer-encoding',
  'user-agent',
])

/** Roots below which the API is served at the moment. */
export function apiRoots(codebase: string): string[] {
  return [...new Set([codebase, STABLE_CODEBASE])].map((part) => `/${part}apis/3.0`)
}

/** The path below the API's root; undefined: outside it. */
export function apiPath(path: string, codebase: string): string | undefined {
  const root = apiRoots(codebase).find((candidate) => path.startsWith(`${candidate}/`))
  return root === undefined ? undefined : path.slice(root.length)
}

function checkHeaders({ headers }: Call): void {
  for (const name of Object.keys(headers)) {
    if (!HEADERS.has(name)) throw badRequest(`The header ${name} is not known`)
  }
}

function signIn({ headers }: Call): void {
  const { companyId, publicKey, privateKey, clientId } = CREDENTIALS
  const expected = Buffer.from(`${companyId}+${publicKey}:${privateKey}`).toString('base64')
  if (headers.authorization !== `Basic ${expected}`) {
    throw new Refusal(
      401,
      'Unauthorized',
      'You are unauthorized. Please use a valid company, public key and private key.',
    )
  }
  if (headers['clientid'] !== clientId)
    throw new Refusal(401, 'ConnectWiseApi', 'UserNotAuthenticated: the clientId is missing or not known')
}

/** The version asked for by Accept, or the default. */
function acceptedVersion({ headers }: Call): string {
  const accept = headers.accept ?? '*/*'
  for (const part of accept.split(',')) {
    const [type = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase())
    if (!['*/*', 'application/*', 'application/json', 'application/vnd.connectwise.com+json'].includes(type))
      continue
    const version = parameters.find((text) => text.startsWith('version='))?.slice('version='.length)
    if (version === undefined) return API_VERSION
    if (!/^20\d\d\.\d{1,2}$/.test(version) || Number(version) > Number(API_VERSION))
      throw new Refusal(406, 'NotAcceptable', `There is no version ${version}`)
    return version
  }
  throw new Refusal(406, 'NotAcceptable', `Nothing fits Accept: ${accept}`)
}

function discover(companyId: string, codebase: string): Answer {
  if (companyId.toLowerCase() !== CREDENTIALS.companyId) throw notFound('Company', companyId)
  return {
    status: 200,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: {
      CompanyName: 'Emulated MSP',
      Codebase: codebase,
      VersionCode: codebase.replace(/_/g, '.').replace('/', ''),
      CompanyID: CREDENTIALS.companyId,
      IsCloud: true,
    },
  }
}

/** Answers one request; never throws for what a client can do wrong. */
export function answerRequest(scene: Scene, call: Call): Answer {
  const { codebase } = scene.store.quirks
  try {
    const [, companyId] = DISCOVERY.exec(call.path) ?? []
    if (companyId !== undefined && call.method === 'GET')
      return discover(decodeURIComponent(companyId), codebase)
    const path = apiPath(call.path, codebase)
    if (path === undefined) throw notFound('Resource', call.path)
    checkHeaders(call)
    signIn(call)
    const version = acceptedVersion(call)
    const answer = answerCall(scene, { ...call, path })
    return {
      ...answer,
      headers: {
        'content-type': `application/vnd.connectwise.com+json; version=${version}`,
        'api-current-version': API_VERSION,
        ...answer.headers,
      },
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return refused(error)
  }
}

/** A refusal in the vendor's shape; refusals are plain JSON. */
export function refused(refusal: Refusal): Answer {
  return {
    status: refusal.status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'api-current-version': API_VERSION },
    body: refusal.body,
  }
}
