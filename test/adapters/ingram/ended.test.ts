import { describe, expect, it } from 'vitest'
import { toSubscription } from '../../../adapters/ingram/translate.js'
import { formatLocalDate } from '../../../core/calendar/date.js'
import { product, subscription } from './fake-marketplace.js'

const SUBSCRIPTION = { subject: 'subscription 1000177', where: 'GET api.example.com/subscriptions/1000177' }

describe('a subscription', () => {
  it.each([[[]], [[product()]]])('that has ended says so, whatever products it shows: %j', (products) => {
    const endedOn = (changes: object) => {
      const { ended } = toSubscription(subscription({ products, ...changes }), '1000177', SUBSCRIPTION)
      return (
        ended && [ended.subscriptionId, ended.status, ended.expiresOn && formatLocalDate(ended.expiresOn)]
      )
    }
    expect(endedOn({ status: 'removed', expirationDate: '2026-03-11' })).toEqual([
      '1000177',
      'removed',
      '2026-03-11',
    ])
    expect(endedOn({ status: 'terminated' })?.[1]).toBe('terminated')
    expect(endedOn({ status: 'pending' })).toBeUndefined()
  })
})
