import { CountersignError } from 'countersign'
import { describe, expect, test, vi } from 'vitest'

describe('CountersignError', () => {
  test('is recognised when another copy of the package made it, both ways', async () => {
    vi.resetModules()
    const { CountersignError: AnotherCopy } = await import('../src/errors.ts')
    expect(AnotherCopy).not.toBe(CountersignError)
    expect(new AnotherCopy('invalid_option', 'Wrong.') instanceof CountersignError).toBe(true)
    expect(new CountersignError('invalid_option', 'Wrong.') instanceof AnotherCopy).toBe(true)
  })

  test('is not just any error, nor any other value', () => {
    const others = [
      new Error('Wrong.'),
      { name: 'CountersignError', code: 'invalid_option' },
      null,
      undefined,
      'text',
      1,
    ]
    expect(others.map((other) => other instanceof CountersignError)).toEqual(others.map(() => false))
  })

  test('can be extended: an instance of the subclass is one that the subclass made', () => {
    class HostError extends CountersignError {}
    expect(new HostError('invalid_option', 'Wrong.') instanceof HostError).toBe(true)
    expect(new HostError('invalid_option', 'Wrong.') instanceof CountersignError).toBe(true)
    expect(new CountersignError('invalid_option', 'Wrong.') instanceof HostError).toBe(false)
  })

  test('shows nothing but its message and code', () => {
    expect(Object.keys(new CountersignError('invalid_option', 'Wrong.')).sort()).toEqual(['code', 'name'])
    expect(JSON.parse(JSON.stringify(new CountersignError('invalid_option', 'Wrong.')))).toEqual({
      code: 'invalid_option',
      name: 'CountersignError',
    })
  })
})
