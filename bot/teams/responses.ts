import type { InvokeResponse } from 'botbuilder'

// Answers to clicks (Universal Actions for Adaptive Cards): words for the clicker, or a card in place of the clicked.

export function said(value: string): InvokeResponse {
  const type = 'application/vnd.microsoft.activity.message'
  return { status: 200, body: { statusCode: 200, type, value } }
}

export function shown(value: object): InvokeResponse {
  const type = 'application/vnd.microsoft.card.adaptive'
  return { status: 200, body: { statusCode: 200, type, value } }
}

/**
 * To a request of a kind this bot does not take: what the SDK's own handlers answer to what they do not support. Left
 * unanswered it would be the SDK's 501, which looks as if the bot had broken down: clients say so, and ask again.
 */
export function notSupported(): InvokeResponse {
  const value = { code: 'NotSupported', message: 'This bot does not take requests of this kind.' }
  return { status: 400, body: { statusCode: 400, type: 'application/vnd.microsoft.error', value } }
}
