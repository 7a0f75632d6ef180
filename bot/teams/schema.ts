import { z } from 'zod'
import { readJson } from '../http.js'
import type { ActionName, ActionTarget, FormName } from '../cards/model.js'

// What we use of what the Bot Connector sends: other fields are ignored, other shapes are not understood.

/** Ids of Entra (tenants, people, apps) are GUIDs; small letters, so that one identity has one spelling. */
const guid = z
  .string()
  .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i)
  .transform((value) => value.toLowerCase())
const id = z.string().min(1).max(400)
const serviceUrl = z.string().max(400)
/** Nothing, null and no field mean the same. */
const optional = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? undefined)

/** What only some activities have, and none is refused for. */
const odd = <T extends z.ZodType>(schema: T) => optional(schema).catch(undefined)
const members = odd(z.array(z.object({ id })).max(1000))

const ENTITY = z.object({
  type: z.literal('mention'),
  mentioned: z.object({ id }),
  text: z.string().max(400),
})

const ACTIVITY = z.object({
  type: z.string().max(60),
  id: optional(id),
  channelId: z.string().max(60),
  serviceUrl,
  from: z.object({ id, aadObjectId: optional(guid), tenantId: odd(guid), role: odd(z.string().max(60)) }),
  recipient: z.object({ id }),
  conversation: z.object({
    id,
    conversationType: optional(z.string().max(60)),
    tenantId: optional(guid),
  }),
  channelData: optional(z.object({ tenant: optional(z.object({ id: guid })), team: odd(z.object({ id })) })),
  action: odd(z.string().max(60)),
  membersAdded: members,
  membersRemoved: members,
  text: optional(z.string()),
  entities: optional(z.array(z.unknown()).max(200)),
  name: optional(z.string().max(200)),
  value: z.unknown().optional(),
  replyToId: optional(id),
})

/** A mention of somebody, with the text that stands for it. */
export type Mention = z.output<typeof ENTITY>

/** One message, click or event as the Connector delivers it; whom it comes from is checked elsewhere. */
export interface Incoming extends Omit<z.output<typeof ACTIVITY>, 'entities'> {
  readonly mentions: readonly Mention[]
}

/** What a body says; undefined when it is no activity. */
export function parseActivity(text: string): Incoming | undefined {
  const { data } = ACTIVITY.safeParse(readJson(text))
  if (data === undefined) return undefined
  const { entities = [], ...activity } = data
  const mentions = entities.flatMap((entity) => {
    const mention = ENTITY.safeParse(entity).data
    return mention === undefined ? [] : [mention]
  })
  return { ...activity, mentions }
}

/** A field that must not be there. */
const absent = z.undefined().optional()
const HEADER = z.object({ alg: z.literal('RS256'), kid: z.string().min(1).max(200) })

/**
 * Claims of the channel's tokens (Bot Framework authentication, "Connector to bot"). Tokens of the emulator and of skills
 * carry `tid`, `ver`, `appid` or `azp`; the SDK would check those against other issuers, or against no audience at all.
 */
const CLAIMS = z.object({
  iss: z.string(),
  aud: z.string(),
  serviceurl: z.string(),
  exp: z.number(),
  tid: absent,
  ver: absent,
  appid: absent,
  azp: absent,
})

export type Claims = z.output<typeof CLAIMS>

/** Header and claims of a token as it says itself, unchecked; undefined when it is not of the one kind we accept. */
export function parseToken(header: string, payload: string): Claims | undefined {
  if (!HEADER.safeParse(readJson(header)).success) return undefined
  return CLAIMS.safeParse(readJson(payload)).data
}

/**
 * The first click asks, `…Sure` does; `show` shows the request as it is, `mapShow` what would be mapped. The name of a form opens
 * it; `submit` sends it off, `back` shows the card it was opened on. `refresh` is sent by clients themselves, for what one
 * person sees.
 */
export type Verb = ActionName | FormName | `${Asked}Sure` | 'show' | 'mapShow' | 'submit' | 'back' | 'refresh'

/** What is asked about before it is done. */
export const ASKED = ['approve', 'map'] as const satisfies readonly ActionName[]
export type Asked = (typeof ASKED)[number]

export function isAsked(verb: string): verb is Asked {
  return ASKED.some((name) => name === verb)
}

/** What a button carries (`render.ts` puts it there), and what was filled in beside it. Nothing of it is trusted. */
export interface Press {
  readonly verb: string
  readonly target: ActionTarget
  /** Name of the form whose button it is. */
  readonly form: string
  /** Of this one form, however often it is sent off. */
  readonly key: string
  /** By the ids of the inputs. */
  readonly values: ReadonlyMap<string, unknown>
}

/** What a button carries beside the values of inputs; no input may be called so. */
export const CARRIED: ReadonlySet<string> = new Set(['id', 'revision', 'form', 'key'])

const carried = z.string().max(64).catch('')
const PRESS = z.object({
  action: z.object({
    type: z.literal('Action.Execute'),
    verb: carried,
    data: z.looseObject({ id: carried, revision: carried, form: carried, key: carried }),
  }),
})

const NO_BUTTON = { verb: '', data: { id: '', revision: '', form: '', key: '' } }

/** Our own joiners come back with what was shown in an input (`text.ts`). */
function readInput([name, value]: readonly [string, unknown]): readonly [string, unknown] {
  return [name, typeof value === 'string' ? value.replaceAll('\u2060', '') : value]
}

/** The button of a click; one that is none of ours has no verb and no target. */
export function parsePress(value: unknown): Press {
  const { data } = PRESS.safeParse(value)
  const { verb, data: button } = data?.action ?? NO_BUTTON
  const { id: about, revision, form, key } = button
  const values = Object.entries(button).filter(([name]) => !CARRIED.has(name))
  return { verb, target: { id: about, revision }, form, key, values: new Map(values.map(readInput)) }
}

const ADDRESS = z.object({ serviceUrl, conversation: id, bot: id, activity: id })

/** Where a card was posted, to find it again. */
export type Address = z.output<typeof ADDRESS>

export function parseAddress(text: string): Address | undefined {
  return ADDRESS.safeParse(readJson(text)).data
}

const PLACE = z.object({
  serviceUrl,
  conversation: id,
  bot: id,
  user: z.string().max(1024),
  person: z.string().max(64),
  replyTo: z.string().max(1024),
  alone: z.boolean(),
})

/** Where something is to be said later; `alone`: to the person, in their own chat with the bot. */
export type LaterPlace = z.output<typeof PLACE>

/** Such a place as it was kept. */
export function parsePlace(text: string): LaterPlace | undefined {
  return PLACE.safeParse(readJson(text)).data
}

const OFFERED = z.object({ run: z.string().max(64), revision: z.string().max(64) })
const UPLOAD = z.object({
  uploadUrl: z.string().max(8000),
  contentUrl: z.string().max(8000),
  uniqueId: z.string().max(400),
  fileType: z.string().max(60),
})
const CONSENT = z.object({ action: z.enum(['accept', 'decline']), context: OFFERED, uploadInfo: odd(UPLOAD) })

/** Where Teams lets an accepted file be put, and how it is shown then. */
export type UploadPlace = z.output<typeof UPLOAD>
/** The answer to an offered file. Nothing of it is trusted. */
export type Consent = z.output<typeof CONSENT>

export function parseConsent(value: unknown): Consent | undefined {
  return CONSENT.safeParse(value).data
}

const SIGN_IN = z.object({
  access_token: z.string().min(1).max(20_000),
  token_type: z.string().regex(/^bearer$/i),
  expires_in: z.number().positive(),
})

/** What the sign-in gave: a token and how long it lasts. */
export function parseSignIn(text: string): { readonly token: string; readonly seconds: number } | undefined {
  const { data } = SIGN_IN.safeParse(readJson(text))
  return data === undefined ? undefined : { token: data.access_token, seconds: data.expires_in }
}

const SIGN_IN_REFUSAL = z.object({ error: z.string().regex(/^[a-z_]{1,60}$/) })

/** Why the sign-in refused, in the word OAuth has for it: "invalid_client". */
export function parseSignInRefusal(text: string): string | undefined {
  return SIGN_IN_REFUSAL.safeParse(readJson(text)).data?.error
}

/** An id of Entra in small letters; undefined for anything else. */
export function parseGuid(text: string): string | undefined {
  return guid.safeParse(text.trim()).data
}
