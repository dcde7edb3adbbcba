import { expect, test } from 'vitest'
import { EVENT_TYPES } from '../../src/engine/events.ts'
import { withOneNotice } from '../../src/engine/one-notice.ts'

const telling = (type: string) => ({ type, notify: true })
const quiet = (type: string) => ({ type, notify: false })
const toldOf = (types: string[]) =>
  withOneNotice(types.map(telling))
    .filter(({ notify }) => notify)
    .map(({ type }) => type)

test('of several events that notify, only the weightiest still does, in whatever order they come', () => {
  const weightiest = ['two-factor.reset', 'two-factor.disabled', 'two-factor.enabled', 'recovery-codes.viewed']
  for (const [index, type] of weightiest.entries()) {
    for (const lighter of weightiest.slice(index + 1)) {
      expect(toldOf([type, lighter])).toEqual([type])
      expect(toldOf([lighter, type])).toEqual([type])
    }
  }
  expect(toldOf(weightiest.toReversed())).toEqual(['two-factor.reset'])
})

test('an event without a place in the list is the lightest', () => {
  expect(toldOf(['something.else', 'device.trusted'])).toEqual(['device.trusted'])
  expect(toldOf(['two-factor.reset', 'something.else'])).toEqual(['two-factor.reset'])
})

test('the events keep their order, and those that do not notify stay as they are', () => {
  const events = [quiet('code.wrong'), telling('device.trusted'), quiet('two-factor.reset'), telling('code.used-again')]
  expect(withOneNotice(events)).toEqual([
    quiet('code.wrong'),
    quiet('device.trusted'),
    quiet('two-factor.reset'),
    telling('code.used-again'),
  ])
})

test('none or one that notifies is left alone, the same list', () => {
  for (const events of [[], [quiet('code.wrong')], [quiet('code.wrong'), telling('device.trusted')]]) {
    expect(withOneNotice(events)).toBe(events)
  }
})

test('every event that notifies by itself has its place', () => {
  const notifying = Object.entries(EVENT_TYPES).filter(([, { notify }]) => notify)
  for (const [type] of notifying) expect(toldOf(['something.else', type])).toEqual([type])
  expect(notifying.length).toBeGreaterThan(10)
})
