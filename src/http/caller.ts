import { type Confirm, reauthenticated } from '../engine/confirm.ts'
import { refusal } from '../engine/refusal.ts'
import type { ConfirmBody } from './api.ts'
import type { Person } from './options.ts'
import type { Call, Outcome } from './route.ts'

/** What every operation of the engine is told of who calls it. */
export interface Caller {
  device: string | undefined
  context: unknown
}

export function caller({ request, settings, person }: Call<Person>): Caller {
  return { device: settings.cookies.device(request, person.userId), context: settings.context(request) }
}

/** A sensitive operation: what the person gave as proof, else the time of their sign-in, where the host tells it. */
export function withProof<Body extends { confirm?: ConfirmBody | undefined }, Answer>(
  run: (call: Call<Person>, options: Caller & { confirm: Confirm }, body: Body) => Promise<Outcome<Answer>>,
): (call: Call<Person>, body: Body) => Promise<Outcome<Answer>> {
  return async (call, body) => {
    const { signedInAtMs } = call.person
    if (body.confirm !== undefined) return run(call, { ...caller(call), confirm: body.confirm }, body)
    if (signedInAtMs === undefined) return refusal('confirmation-required')
    return run(call, { ...caller(call), confirm: reauthenticated(signedInAtMs) }, body)
  }
}
