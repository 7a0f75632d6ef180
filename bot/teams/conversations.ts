import {
  type Activity,
  CloudAdapter,
  ConfigurationBotFrameworkAuthentication,
  type ConversationAccount,
  type ConversationParameters,
  type ConversationReference,
  type InvokeResponse,
  type TurnContext,
} from 'botbuilder'
import { Problem } from '../../core/problem.js'
import type { FileMessage } from './adaptive.js'
import type { Genuine } from './authenticate.js'
import { guardedClient } from './connector.js'
import { type SignIn, credentialsFactory } from './credentials.js'
import type { TeamsMessage } from './render.js'
import type { Address, Incoming } from './schema.js'
import type { TeamsSettings } from './settings.js'

/** Where somebody wrote or clicked. */
export interface Place {
  readonly serviceUrl: string
  /** In a channel with the message that began the thread, so that answers hang below it. */
  readonly conversation: string
  readonly bot: string
  /** Teams' id of the person in conversations of this bot. */
  readonly user: string
  /** Object id of the person in Entra. */
  readonly person: string
  /** The message that is answered, or whose button was clicked; empty: none. */
  readonly replyTo: string
}

/** What the bot does in Teams. Every method rejects when the Connector refuses or does not answer. */
export interface Conversations {
  post(place: Place, message: TeamsMessage | FileMessage): Promise<Address>
  replace(address: Address, message: TeamsMessage): Promise<void>
  /** Writes to a person alone, in the personal chat with the bot, which is begun if there is none. */
  tell(place: Place, message: TeamsMessage): Promise<Address>
  /** Shows that the bot is at work. */
  type(place: Place): Promise<void>
}

const AUDIENCE = 'https://api.botframework.com'

/** The SDK's authentication, with everything it would guess or leave open said. */
export function createAuthentication(
  settings: TeamsSettings,
  signIn: SignIn,
): ConfigurationBotFrameworkAuthentication {
  const { openIdMetadataUrl, issuer, loginUrl, isAllowed } = settings
  return new ConfigurationBotFrameworkAuthentication(
    {
      ValidateAuthority: true,
      ToChannelFromBotLoginUrl: loginUrl,
      ToChannelFromBotOAuthScope: AUDIENCE,
      ToBotFromChannelTokenIssuer: issuer,
      OAuthUrl: AUDIENCE,
      ToBotFromChannelOpenIdMetadataUrl: openIdMetadataUrl,
      // Tokens of the emulator are refused before; their keys are never asked for elsewhere.
      ToBotFromEmulatorOpenIdMetadataUrl: openIdMetadataUrl,
      CallerId: 'urn:botframework:azure',
    },
    credentialsFactory(settings, signIn),
    { requiredEndorsements: [] },
    undefined,
    { httpClient: guardedClient({ isAllowed, onUnauthorised: signIn.forget }) },
  )
}

/** The SDK's adapter, for turns whose request is authenticated already. */
export class TeamsAdapter extends CloudAdapter {
  async turn(
    genuine: Genuine,
    activity: Incoming,
    logic: (turn: TurnContext) => Promise<void>,
  ): Promise<InvokeResponse | undefined> {
    const { mentions, ...received } = activity
    const entities = mentions.map((mention) => ({ ...mention }))
    return await this.processActivity(genuine, { ...received, entities } as unknown as Activity, logic)
  }
}

export function createConversations(
  adapter: TeamsAdapter,
  { appId, tenantId }: TeamsSettings,
): Conversations {
  return {
    post: async (place, message) => {
      const { serviceUrl, conversation, bot } = place
      let posted: string | undefined
      await adapter.continueConversationAsync(appId, referenceTo(place), async (turn) => {
        answering(turn, place.replyTo)
        posted = (await turn.sendActivity(activityOf(message)))?.id
      })
      return { serviceUrl, conversation, bot, activity: placed(posted) }
    },
    replace: async (address, message) => {
      await adapter.continueConversationAsync(appId, referenceTo(address), async (turn) => {
        answering(turn, '')
        await turn.updateActivity({ ...activityOf(message), id: address.activity })
      })
    },
    tell: async ({ serviceUrl, bot, user }, message) => {
      const parameters = {
        isGroup: false,
        bot: { id: bot },
        members: [{ id: user }],
        tenantId,
        channelData: { tenant: { id: tenantId } },
      } as ConversationParameters
      let begun = ''
      let posted: string | undefined
      const write = async (turn: TurnContext) => {
        answering(turn, '')
        begun = turn.activity.conversation.id
        posted = (await turn.sendActivity(activityOf(message)))?.id
      }
      await adapter.createConversationAsync(appId, 'msteams', serviceUrl, AUDIENCE, parameters, write)
      return { serviceUrl, conversation: begun, bot, activity: placed(posted) }
    },
    type: async (place) => {
      await adapter.continueConversationAsync(appId, referenceTo(place), async (turn) => {
        answering(turn, '')
        await turn.sendActivity({ type: 'typing' })
      })
    },
  }
}

function placed(id: string | undefined): string {
  if (id !== undefined && id !== '') return id
  throw new Problem({ kind: 'unavailable', what: 'Teams did not say where the message stands.' })
}

/** The SDK answers the made-up event it continues a conversation with; this says what is answered instead. */
function answering(turn: TurnContext, activity: string): void {
  turn.activity.id = activity
}

function referenceTo({
  serviceUrl,
  conversation,
  bot,
}: Pick<Address, 'serviceUrl' | 'conversation' | 'bot'>): Partial<ConversationReference> {
  return {
    channelId: 'msteams',
    serviceUrl,
    bot: { id: bot, name: '' },
    conversation: { id: conversation } as ConversationAccount,
  }
}

function activityOf(message: TeamsMessage | FileMessage): Partial<Activity> {
  const { summary } = message
  const attachment =
    'card' in message
      ? { contentType: 'application/vnd.microsoft.card.adaptive', content: message.card }
      : message.attachment
  return { type: 'message', summary, attachments: [attachment] }
}
