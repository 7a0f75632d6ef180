import { z } from 'zod'

/** Somebody opened the page of the app itself. */
export interface HomeOpened {
  readonly team: string
  readonly user: string
  readonly kind: 'home'
  /** The same when Slack sends it again. */
  readonly eventId: string
}

const HOME = z.object({
  type: z.literal('event_callback'),
  team_id: z.string().regex(/^[TE][A-Z0-9]{1,30}$/),
  event_id: z.string().min(1).max(100),
  event: z.object({
    type: z.literal('app_home_opened'),
    user: z.string().regex(/^[UW][A-Z0-9]{1,30}$/),
    tab: z.string(),
  }),
})

/** The other tabs of the app show messages, which Slack does itself. */
export function homeOf(value: object): HomeOpened | { readonly kind: 'ignored' } | undefined {
  const { data } = HOME.safeParse(value)
  if (data === undefined) return undefined
  const { event, event_id: eventId, team_id: home } = data
  return event.tab === 'home' ? { kind: 'home', eventId, team: home, user: event.user } : { kind: 'ignored' }
}
