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
