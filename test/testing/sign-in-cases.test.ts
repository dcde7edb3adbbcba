import { createHandler } from 'countersign/http'
import { enroll, type SignInCasesOptions, type SignInWay, signInCases } from 'countersign/testing'
import { describe, expect, test } from 'vitest'
import { createWorld } from '../world.ts'

/** An application with users, sessions, and a way of signing in for each mistake. */
function createApplication({ isRequired = false } = {}) {
  const { twoFactor } = createWorld({ isRequired: () => isRequired })
  const sessions: string[] = []
  const openSession = async (userId: string) => {
    sessions.push(userId)
    return { 'Set-Cookie': 'session=1' }
  }
  const handler = createHandler({ twoFactor, authenticate: () => null, openSession: (userId) => openSession(userId) })
  const origin = 'https://app.example.com'
  const request = () => new Request(`${origin}/sign-in`, { method: 'POST', headers: { Origin: origin } })
  const signIns = {
    'through the handler': ({ userId }) => handler.signIn(request(), { userId }),
    'through the engine': async ({ userId }) => {
      const challenge = await twoFactor.challenge(userId)
      if (challenge.passed) await openSession(userId)
      return challenge
    },
    'as an HTTP client returns it': async ({ userId }) => {
      const response = await handler.signIn(request(), { userId })
      return { status: response.status, body: await response.json() }
    },
  } satisfies Record<string, SignInWay>
  const isSignedIn = (userId: string) => sessions.includes(userId)
  return { twoFactor, signIns, isSignedIn, openSession, sessions }
}

/** The message of each case that fails, by its name. */
async function failures(options: SignInCasesOptions): Promise<Record<string, string>> {
  const failed: Record<string, string> = {}
  for (const { name, run } of signInCases(options)) {
    await run().catch((error: Error) => {
      failed[name] = error.message
    })
  }
  return failed
}

const only = (failed: Record<string, string>) => Object.values(failed).join()

describe('signInCases', () => {
  test.each([false, true])(
    'passes ways that end in a challenge; two-factor authentication required: %s',
    async (isRequired) => {
      const { signIns, twoFactor, isSignedIn, sessions } = createApplication({ isRequired })
      expect(await failures({ signIns, twoFactor, isSignedIn })).toEqual({})
      expect(sessions).toHaveLength(isRequired ? 0 : 3)
    },
  )

  test('names each way, and says that no other was tried', () => {
    const { signIns, twoFactor } = createApplication()
    expect(signInCases({ signIns, twoFactor }).map(({ name }) => name)).toEqual([
      'through the handler: ends in a challenge and opens no session',
      'through the engine: ends in a challenge and opens no session',
      'as an HTTP client returns it: ends in a challenge and opens no session',
      'these are the only ways that were tried: through the handler, through the engine, as an HTTP client returns it',
    ])
  })

  test('catches a way that opens a session by itself, by the attempt’s openSession', async () => {
    const { twoFactor } = createApplication()
    const signIns: Record<string, SignInWay> = {
      'magic link': async ({ userId, openSession }) => openSession(userId),
      'OAuth callback': async ({ userId, openSession }) => {
        const challenge = await twoFactor.challenge(userId)
        await openSession(userId)
        return challenge
      },
      password: async ({ userId, openSession }) => {
        const challenge = await twoFactor.challenge(userId)
        return challenge.passed ? openSession(userId) : challenge
      },
    }
    expect(await failures({ signIns, twoFactor })).toEqual({
      'magic link: ends in a challenge and opens no session': expect.stringContaining(
        'without asking for the second step',
      ),
      'OAuth callback: ends in a challenge and opens no session': expect.stringContaining('without asking'),
    })
  })

  test('catches it by the sessions of the application, and by what the answer says', async () => {
    const { twoFactor, openSession, isSignedIn } = createApplication()
    const signIns = {
      'remember me': async ({ userId }: { userId: string }) => {
        await openSession(userId)
        return new Response(null, { status: 204 })
      },
    }
    expect(only(await failures({ signIns, twoFactor, isSignedIn }))).toContain('without asking for the second step')
    const says = { api: async () => ({ data: { signedIn: true } }) }
    expect(only(await failures({ signIns: says }))).toContain('without asking for the second step')
  })

  test('does not pass a way that fails, or whose sessions it cannot see', async () => {
    const { twoFactor, signIns } = createApplication()
    const refused = { password: async () => new Response('{"reason":"wrong-password"}', { status: 401 }) }
    const failed = only(await failures({ signIns: refused, twoFactor }))
    expect(failed).toContain('it did not sign in a user without two-factor authentication (status 401, wrong-password)')
    expect(failed).toContain('would prove nothing')
    const silent = { password: async () => undefined }
    expect(only(await failures({ signIns: silent, twoFactor }))).toContain('two-factor authentication, so this case')
    const client = { password: async () => ({ status: 400, data: { type: 'about:blank' } }) }
    expect(only(await failures({ signIns: client, twoFactor }))).toContain('(status 400, about:blank)')
    const { 'through the handler': unseen } = signIns
    expect(only(await failures({ signIns: { unseen }, twoFactor }))).toContain('did not see a session')
  })

  test('does not pass a way that opens a session and answers with an error', async () => {
    const { twoFactor, isSignedIn, openSession } = createApplication()
    const answering = (status: number) => ({
      password: async ({ userId }: { userId: string }) => {
        const challenge = await twoFactor.challenge(userId)
        if (!challenge.passed) return challenge
        await openSession(userId)
        return new Response(null, { status, headers: { Location: '/' } })
      },
    })
    expect(only(await failures({ signIns: answering(500), twoFactor, isSignedIn }))).toBe(
      'password: a session was opened, but the answer is a refusal (status 500). It must have a 2xx or 3xx status.',
    )
    expect(await failures({ signIns: answering(204), twoFactor, isSignedIn })).toEqual({})
    expect(await failures({ signIns: answering(303), twoFactor, isSignedIn })).toEqual({})
  })

  test('refuses a user of makeUser who already has two-factor authentication on', async () => {
    const { twoFactor, signIns } = createApplication()
    await enroll(twoFactor, 'ann')
    const failed = Object.values(await failures({ signIns, twoFactor, makeUser: () => 'ann' }))
    expect(failed).toHaveLength(3)
    expect(failed[0]).toBe(
      'makeUser returned an id that already has a record: "ann". Is the database left from an earlier run? Return a new id each time.',
    )
  })

  test('does not pass an answer that asks for nothing, unless the host knows better', async () => {
    const { twoFactor } = createApplication()
    const signIns: Record<string, SignInWay> = {
      password: async ({ userId, openSession }) => {
        const challenge = await twoFactor.challenge(userId)
        if (challenge.passed) await openSession(userId)
        return Response.redirect(`https://app.example.com/${challenge.passed ? '' : 'second-step'}`)
      },
    }
    expect(only(await failures({ signIns, twoFactor }))).toContain('asksForSecondStep')
    const asksForSecondStep = (answer: unknown) =>
      answer instanceof Response && answer.headers.get('location')?.endsWith('/second-step') === true
    expect(await failures({ signIns, twoFactor, asksForSecondStep })).toEqual({})
  })

  test('takes users who have two-factor authentication on already, without an instance', async () => {
    const { twoFactor, signIns } = createApplication()
    const makeUser = async () => {
      await twoFactor.admin.importUser('ann', { authenticators: [{ secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP' }] })
      return 'ann'
    }
    expect(await failures({ signIns, makeUser })).toEqual({})
  })

  test('refuses a list that is empty, a way that is no function, and an option that it does not have', () => {
    expect(() => signInCases({ signIns: {} })).toThrow('Nothing is proved about ways that are not listed')
    // @ts-expect-error: a function
    expect(() => signInCases({ signIns: { password: 'x' } })).toThrow('password')
    // @ts-expect-error: it is `makeUser`
    expect(() => signInCases({ signIns: { a: () => null }, makeUsers: () => 'x' })).toThrow('makeUsers')
  })
})
